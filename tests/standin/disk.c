// A disk that is full or can only be read, for one program: loaded before the C library (LD_PRELOAD), it has calls that
// change files below a folder fail as such a disk has them fail. Unlike a file system of its own it needs no right to mount.
// As it sees every change, it can also send the program a signal before any one of them.
//
//   DISK_FOLDER  the folder, as an absolute path without links
//   DISK_BYTES   how many bytes the files below it hold at most; a write that is longer than the room stops short
//   DISK_RDONLY  set: nothing below it can be changed
//   DISK_SIGNAL  a signal that the program, but none that it starts, gets before a change below it
//   DISK_AFTER   how many changes are made before that one
//
// The room is measured anew at each write, so it is the same for all processes, and what is deleted makes room. A write
// counts as if it were at the end of its file.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

// The function of the C library that has this name.
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int is_below(const char *path) {
    const char *folder = getenv("DISK_FOLDER");
    size_t length = folder ? strlen(folder) : 0;
    return length && !strncmp(path, folder, length) && (path[length] == '/' || !path[length]);
}

// Finds where an open file or folder is.
static int place_of(int fd, char place[PATH_MAX]) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, place, PATH_MAX - 1);
    place[length < 0 ? 0 : length] = 0;
    return length > 0;
}

static int is_on_disk(int folder, const char *path) {
    char place[PATH_MAX];
    if (path[0] == '/')
        return is_below(path);
    return (folder == AT_FDCWD ? getcwd(place, sizeof place) != NULL : place_of(folder, place)) && is_below(place);
}

static int signal_to_come;
static atomic_long changes_left;

__attribute__((constructor)) static void start(void) {
    const char *signal = getenv("DISK_SIGNAL"), *changes = getenv("DISK_AFTER");
    signal_to_come = signal ? atoi(signal) : 0;
    changes_left = changes ? atol(changes) : 0;
    unsetenv("DISK_SIGNAL");
}

static void change(void) {
    if (signal_to_come && atomic_fetch_sub(&changes_left, 1) == 0)
        kill(getpid(), signal_to_come);
}

static int is_refused(int folder, const char *path) {
    if (!is_on_disk(folder, path))
        return 0;
    change();
    return getenv("DISK_RDONLY") != NULL;
}

static __thread size_t used;

static int add(const char *path, const struct stat *file, int kind, struct FTW *place) {
    (void)path, (void)place;
    used += kind == FTW_F ? (size_t)file->st_size : 0;
    return 0;
}

// Returns how many of `wanted` bytes there is room for in the file.
static size_t room(int fd, size_t wanted) {
    char place[PATH_MAX];
    struct stat file;
    const char *bytes = getenv("DISK_BYTES");
    if (!place_of(fd, place) || !is_below(place) || fstat(fd, &file) || !S_ISREG(file.st_mode))
        return wanted;
    change();
    if (!bytes)
        return wanted;
    used = 0;
    nftw(getenv("DISK_FOLDER"), add, 16, FTW_PHYS);
    size_t most = strtoull(bytes, NULL, 10), left = most > used ? most - used : 0;
    return wanted < left ? wanted : left;
}

static int is_full(size_t wanted, size_t room) {
    if (wanted && !room)
        errno = ENOSPC;
    return wanted && !room;
}

#define WRITING(name, parameters, fd, length, ...)             \
    ssize_t name parameters {                                  \
        size_t wanted = length;                                \
        length = room(fd, wanted);                             \
        return is_full(wanted, length) ? -1 : NEXT(name)(__VA_ARGS__); \
    }
WRITING(write, (int fd, const void *from, size_t length), fd, length, fd, from, length)
WRITING(pwrite, (int fd, const void *from, size_t length, off_t at), fd, length, fd, from, length, at)
WRITING(pwrite64, (int fd, const void *from, size_t length, off64_t at), fd, length, fd, from, length, at)
WRITING(copy_file_range, (int in, off64_t *from, int out, off64_t *to, size_t length, unsigned flags), out, length, in,
        from, out, to, length, flags)

// One part after the other, so that what there is room for is written.
ssize_t writev(int fd, const struct iovec *parts, int count) {
    ssize_t done = 0;
    for (int part = 0; part < count; part++) {
        ssize_t more = write(fd, parts[part].iov_base, parts[part].iov_len);
        if (more < 0)
            return done ? done : -1;
        done += more;
        if ((size_t)more < parts[part].iov_len)
            break;
    }
    return done;
}

#define CHANGING(name, parameters, folder, path, ...) \
    int name parameters {                             \
        if (is_refused(folder, path)) {              \
            errno = EROFS;                            \
            return -1;                                \
        }                                             \
        return NEXT(name)(__VA_ARGS__);               \
    }
CHANGING(mkdir, (const char *path, mode_t mode), AT_FDCWD, path, path, mode)
CHANGING(mkdirat, (int folder, const char *path, mode_t mode), folder, path, folder, path, mode)
CHANGING(rmdir, (const char *path), AT_FDCWD, path, path)
CHANGING(unlink, (const char *path), AT_FDCWD, path, path)
CHANGING(unlinkat, (int folder, const char *path, int flags), folder, path, folder, path, flags)
CHANGING(rename, (const char *from, const char *to), AT_FDCWD, to, from, to)
CHANGING(renameat, (int old, const char *from, int new, const char *to), new, to, old, from, new, to)
CHANGING(renameat2, (int old, const char *from, int new, const char *to, unsigned flags), new, to, old, from, new, to,
         flags)
CHANGING(link, (const char *from, const char *to), AT_FDCWD, to, from, to)
CHANGING(linkat, (int old, const char *from, int new, const char *to, int flags), new, to, old, from, new, to, flags)
CHANGING(symlink, (const char *to, const char *path), AT_FDCWD, path, to, path)
CHANGING(symlinkat, (const char *to, int folder, const char *path), folder, path, to, folder, path)

#define OPENING(name, parameters, folder, ...)                                                              \
    int name parameters {                                                                                   \
        va_list rest;                                                                                       \
        va_start(rest, flags);                                                                              \
        mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;                           \
        va_end(rest);                                                                                       \
        if (((flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC)) && is_refused(folder, path)) { \
            errno = EROFS;                                                                                  \
            return -1;                                                                                      \
        }                                                                                                   \
        return NEXT(name)(__VA_ARGS__, mode);                                                               \
    }
OPENING(open, (const char *path, int flags, ...), AT_FDCWD, path, flags)
OPENING(open64, (const char *path, int flags, ...), AT_FDCWD, path, flags)
OPENING(openat, (int folder, const char *path, int flags, ...), folder, folder, path, flags)
OPENING(openat64, (int folder, const char *path, int flags, ...), folder, folder, path, flags)
