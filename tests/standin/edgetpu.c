// A stand-in for libedgetpu.so.1 without Edge TPUs: what lists devices, and a delegate that takes no operation, so that a
// model which was not compiled runs on the interpreter's own kernels.
//
// STANDIN_EDGE_TPUS names the types of the devices to be found, such as "pci,usb,usb"; none if it is not set. With
// STANDIN_HANG a device never opens; Python's callers hold its lock then.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Of edgetpu_c.h.
struct edgetpu_device {
  int type;
  const char *path;
};

// Of tensorflow/lite/core/c/common.h, as far as a delegate without buffers and kernels of its own fills it in.
struct TfLiteDelegate {
  void *data;
  int (*Prepare)(void *context, struct TfLiteDelegate *delegate);
  void *functions[3];
  int64_t flags;
  void *builder;
};

enum { PCI, USB, TYPES, MOST = 64, ALLOWS_DYNAMIC_TENSORS = 1 };
static const char *const NAMES[TYPES] = {"pci", "usb"};
static char taken[TYPES][MOST];

struct edgetpu_device *edgetpu_list_devices(size_t *count) {
  static struct edgetpu_device found[MOST];
  const char *types = getenv("STANDIN_EDGE_TPUS");
  *count = 0;
  for (; types && *types && *count < MOST; types += strcspn(types, ","), types += *types == ',') {
    found[*count].type = strncmp(types, "usb", 3) == 0 ? USB : PCI;
    found[(*count)++].path = "/sys/bus/somewhere";
  }
  return *count ? found : NULL;
}

void edgetpu_free_devices(struct edgetpu_device *devices) { (void)devices; }

static int prepare(void *context, struct TfLiteDelegate *delegate) {
  (void)context, (void)delegate;
  return 0;
}

struct TfLiteDelegate *tflite_plugin_create_delegate(char **keys, char **values, size_t count,
                                                     void (*report)(const char *)) {
  size_t devices, of_type[TYPES] = {0};
  struct edgetpu_device *found = edgetpu_list_devices(&devices);
  for (size_t i = 0; i < devices; i++) of_type[found[i].type]++;
  for (int type = 0; count == 1 && strcmp(keys[0], "device") == 0 && type < TYPES; type++) {
    unsigned number;
    if (strncmp(values[0], NAMES[type], 3) != 0 || sscanf(values[0] + 3, ":%u", &number) != 1) continue;
    if (number >= of_type[type] || taken[type][number]) break;
    puts("INFO: a device opens");
    fflush(stdout);
    while (getenv("STANDIN_HANG")) pause();
    struct TfLiteDelegate *delegate = calloc(1, sizeof *delegate);
    delegate->data = &taken[type][number];
    delegate->Prepare = prepare;
    delegate->flags = ALLOWS_DYNAMIC_TENSORS;
    taken[type][number] = 1;
    return delegate;
  }
  report("no such device, or it is in use");
  return NULL;
}

void tflite_plugin_destroy_delegate(struct TfLiteDelegate *delegate) {
  *(char *)delegate->data = 0;
  free(delegate);
}
