//! A folder that appears whole or not at all.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
use tempfile::TempDir;

use super::hint::{Hint, Hinted};

/// A kind of folder that this program writes, and replaces if the user asks for it.
pub(crate) struct Kind {
    /// The name of such a folder, with its article.
    pub what: &'static str,
    /// Returns what an earlier run wrote into a folder; none if the folder is not of this kind.
    pub written: fn(&Path) -> Option<Written>,
}

/// Says of the name of a file whether an earlier run, or a program that works on its files, wrote it.
pub(crate) type Written = Box<dyn Fn(&str) -> bool>;

/// A folder under construction, beside the place where it will appear.
pub(crate) struct NewFolder {
    building: TempDir,
    target: PathBuf,
    /// The kind of folder that may be replaced; none if nothing may.
    replaced: Option<&'static Kind>,
    /// The folders above `target` that this run made. They are the last field, so that they are dropped last.
    _parents: NewParents,
}

/// The folders that this run made, the deepest first. Those that stay empty are removed again.
struct NewParents(Vec<PathBuf>);

impl NewParents {
    fn create(folder: &Path) -> Result<NewParents, OutputError> {
        let mut made = NewParents(Vec::new());
        let above: Vec<&Path> = folder.ancestors().filter(|path| !path.as_os_str().is_empty()).collect();
        for path in above.into_iter().rev() {
            match fs::create_dir(path) {
                Ok(()) => made.0.insert(0, path.into()),
                Err(_) if path.is_dir() => {}
                Err(cause) => return Err(at(folder)(cause)),
            }
        }
        Ok(made)
    }
}

impl Drop for NewParents {
    fn drop(&mut self) {
        for folder in &self.0 {
            // One that is in use is not empty, and stays.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// The reason why a folder can't be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// A file or folder is in the way.
    #[error("{} exists", .0.display())]
    Exists(PathBuf),
    /// A file or folder is in the way that is not a folder of this kind.
    #[error("{} exists and is not {what}", .path.display())]
    NotOurs {
        /// The path of the file or folder.
        path: PathBuf,
        /// The kind of folder that would be replaced.
        what: &'static str,
    },
    /// The file system refused an operation.
    #[error("{}", .path.display())]
    Io {
        /// The path of the file or folder.
        path: PathBuf,
        /// The system's reason.
        #[source]
        cause: io::Error,
    },
}

impl Hinted for OutputError {
    fn hint(&self) -> Option<Hint> {
        match self {
            OutputError::Exists(_) => Some(Hint::OtherFolderOrReplace),
            OutputError::NotOurs { .. } => Some(Hint::OtherFolder),
            OutputError::Io { .. } => None,
        }
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> OutputError + '_ {
    |cause| OutputError::Io { path: path.into(), cause }
}

impl NewFolder {
    /// Starts a folder that will be `target`. An existing `target` must be empty, or of the kind that may be `replaced`.
    ///
    /// # Errors
    /// Returns an error if something else is in the way, or if the parent folder can't be written to.
    pub(crate) fn create(target: &Path, replaced: Option<&'static Kind>) -> Result<NewFolder, OutputError> {
        let is_empty = || fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_none());
        if target.symlink_metadata().is_ok() && !is_empty() {
            let Some(kind) = replaced else { return Err(OutputError::Exists(target.into())) };
            if (kind.written)(target).is_none() {
                return Err(OutputError::NotOurs { path: target.into(), what: kind.what });
            }
        }
        let parent = parent(target);
        let parents = NewParents::create(parent)?;
        let building = tempfile::Builder::new()
            .prefix(".respect-")
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .tempdir_in(parent)
            .map_err(at(parent))?;
        Ok(NewFolder { building, target: target.into(), replaced, _parents: parents })
    }

    /// Returns the path of the folder under construction, into which files are put.
    pub(crate) fn path(&self) -> &Path {
        self.building.path()
    }

    /// Makes the folder appear. Files of an earlier folder of its kind are replaced, and other files in it are kept.
    ///
    /// The two folders change places in one step, so whoever looks, even after a `kill -9`, sees one or the other.
    ///
    /// # Errors
    /// Returns the error that the file system reports; the earlier folder is then as it was.
    pub(crate) fn finish(mut self) -> Result<(), OutputError> {
        let target = &self.target;
        let Some((kind, written)) = self.replaced.and_then(|kind| Some((kind, (kind.written)(target)?)))
        else {
            fs::rename(self.building.path(), target).map_err(|cause| match cause.kind() {
                // Another run was faster.
                ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists => OutputError::Exists(target.into()),
                _ => at(target)(cause),
            })?;
            // It has moved: nothing is left to remove.
            let _ = self.building.keep();
            return Ok(());
        };
        self.keep_foreign_files(kind, &written)?;
        match exchange(self.building.path(), target) {
            Ok(()) => {
                let rescued = self.rescue_late_files(&written);
                // What could not be moved is not ours to remove.
                self.building.disable_cleanup(rescued.is_err());
                rescued
            }
            Err(Errno::EINVAL | Errno::ENOSYS | Errno::EOPNOTSUPP) => self.replace_in_two_steps(),
            Err(errno) => Err(at(target)(errno.into())),
        }
    }

    /// Replaces the old folder on file systems that can't exchange two folders. If the program is killed between the
    /// steps, the old folder lies aside, whole.
    fn replace_in_two_steps(self) -> Result<(), OutputError> {
        let target = &self.target;
        let old = tempfile::Builder::new().prefix(".respect-old-").tempdir_in(parent(target));
        let old = old.map_err(at(target))?;
        let aside = old.path().join("folder");
        fs::rename(target, &aside).map_err(at(target))?;
        if let Err(error) = fs::rename(self.building.path(), target) {
            let _ = fs::rename(&aside, target);
            return Err(at(target)(error));
        }
        let _ = self.building.keep();
        Ok(())
    }

    /// Moves files that came into the old folder since its files were counted. After the exchange, the old folder is
    /// the one that is about to be removed.
    fn rescue_late_files(&self, written: &Written) -> Result<(), OutputError> {
        let old = self.building.path();
        for entry in fs::read_dir(old).map_err(at(old))? {
            let name = entry.map_err(at(old))?.file_name();
            let new = self.target.join(&name);
            if !written(&name.to_string_lossy()) && new.symlink_metadata().is_err() {
                fs::rename(old.join(&name), &new).map_err(at(&new))?;
            }
        }
        Ok(())
    }

    /// Copies the files that the earlier folder of this kind holds beside what was written.
    fn keep_foreign_files(&self, kind: &Kind, written: &Written) -> Result<(), OutputError> {
        for entry in fs::read_dir(&self.target).map_err(at(&self.target))? {
            let entry = entry.map_err(at(&self.target))?;
            let name = entry.file_name();
            let new = self.path().join(&name);
            if !written(&name.to_string_lossy()) && !new.exists() {
                let path = entry.path();
                let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
                // A hard link costs nothing; across odd file systems a copy does it. Folders are not ours to move.
                if !is_file {
                    return Err(OutputError::NotOurs { path, what: kind.what });
                }
                fs::hard_link(&path, &new)
                    .or_else(|_| fs::copy(&path, &new).map(|_| ()))
                    .map_err(at(&path))?;
            }
        }
        Ok(())
    }
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Lets two folders change places in one step.
fn exchange(one: &Path, other: &Path) -> Result<(), Errno> {
    renameat2(AT_FDCWD, one, AT_FDCWD, other, RenameFlags::RENAME_EXCHANGE)
}
