//! The promise: on a disk that is full or can only be read, a run changes nothing, and says what to do.
//!
//! The disk is a folder that `tests/standin/disk.c`, loaded into the tool and what it starts, makes full or read-only: that
//! works for everybody everywhere, while a small file system of its own would need the right to mount.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::common::{contents, disk, listing, model, respect, standin};

/// What is wrong with a disk.
#[derive(Clone, Copy, Debug)]
enum Disk {
    /// It has room for so many more bytes.
    Room(u64),
    ReadOnly,
}

/// Runs `arguments` of the tool on a disk that holds the files of `before`, and returns that disk as well.
fn on_disk(disk: Disk, before: &Path, arguments: &[&str]) -> (Output, tempfile::TempDir) {
    let after = tempfile::tempdir().unwrap();
    let folder = after.path();
    let mut held = 0;
    for (path, bytes) in contents(before) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        held += bytes.len() as u64;
        fs::write(path, bytes).unwrap();
    }
    let mut command = disk::tool_on(folder);
    command.args(arguments).current_dir(folder);
    match disk {
        Disk::Room(room) => command.env("DISK_BYTES", (held + room).to_string()),
        Disk::ReadOnly => command.env("DISK_RDONLY", "1"),
    };
    (command.output().unwrap(), after)
}

/// A folder that holds stages, and a file that is not ours.
fn stages() -> tempfile::TempDir {
    let before = tempfile::tempdir().unwrap();
    let mut command = respect();
    command.current_dir(before.path()).arg("compile").arg(model("residual"));
    command.args(["-n", "3", "-o", "out"]).arg("--edgetpu-compiler").arg(standin()).assert().success();
    fs::write(before.path().join("out/notes.txt"), "mine").unwrap();
    before
}

/// Runs on disks of all these sizes. Fails unless each run either succeeds, or changes nothing and says that there is
/// no room; returns how many failed.
fn with_little_room(rooms: impl Iterator<Item = u64>, arguments: &[&str]) -> u32 {
    let before = stages();
    let mut failed = 0;
    for room in rooms {
        let (output, after) = on_disk(Disk::Room(room), before.path(), arguments);
        let complaint = String::from_utf8_lossy(&output.stderr);
        if output.status.success() {
            continue;
        }
        failed += 1;
        assert_eq!(output.status.code(), Some(1), "{room}: {complaint}");
        assert!(output.stdout.is_empty() && complaint.starts_with("error: "), "{room}: {complaint}");
        let is_told =
            ["No space left on device", "the disk is full"].iter().any(|part| complaint.contains(part));
        assert!(is_told && complaint.contains("free space on"), "{room}: {complaint}");
        assert!(contents(after.path()) == contents(before.path()), "{room}: {complaint}");
        assert_eq!(listing(after.path()), ["out"], "{room}: {complaint}");
    }
    failed
}

#[test]
fn a_full_disk_changes_no_stages() {
    let (model, compiler) = (model("residual"), standin());
    let (model, compiler) = (model.to_str().unwrap(), compiler.to_str().unwrap());
    let plain = ["compile", model, "-n", "2", "-o", "out", "--force", "--no-compile"];
    let compiled = ["compile", model, "-n", "2", "-o", "out", "--force", "--edgetpu-compiler", compiler];
    let rooms = || (0..160_000).step_by(12_000).chain([1 << 20]);
    for arguments in [&plain[..], &compiled] {
        let failed = with_little_room(rooms(), arguments);
        assert!((5..15).contains(&failed), "{failed} of 15 disks were too small for {arguments:?}");
    }
}

#[test]
fn a_full_disk_gets_no_part_of_a_file() {
    let model = model("residual");
    let model = model.to_str().unwrap();
    let commands = [
        &["graph", model, "-o", "new"][..],
        &["import", model, "-o", "new"],
        &["label", "--count", "40", "--nodes", "30", "-n", "2", "--max-ideals", "100", "-o", "new"],
    ];
    let is_built = |arguments: &&[&str]| arguments[0] != "import" || cfg!(feature = "mlir");
    for arguments in commands.into_iter().filter(is_built) {
        let before = tempfile::tempdir().unwrap();
        let (output, after) = on_disk(Disk::Room(4096), before.path(), arguments);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {complaint}");
        assert!(complaint.contains("No space left on device"), "{arguments:?}: {complaint}");
        assert!(complaint.contains("free space on that disk"), "{arguments:?}: {complaint}");
        assert!(!after.path().join("new").exists(), "{arguments:?}");
        // Labels can be gone on with.
        let is_kept = |name: &String| arguments[0] == "label" && name.starts_with("new.");
        assert!(listing(after.path()).iter().all(is_kept), "{arguments:?}: {:?}", listing(after.path()));
    }
}

#[test]
fn a_disk_that_can_only_be_read_is_told() {
    let before = stages();
    let model = model("residual");
    let model = model.to_str().unwrap();
    for arguments in [
        &["compile", model, "-n", "2", "-o", "out", "--force", "--no-compile"][..],
        &["compile", model, "-n", "2", "-o", "new/out", "--no-compile"],
        &["graph", model, "-o", "new"],
    ] {
        let (output, after) = on_disk(Disk::ReadOnly, before.path(), arguments);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {complaint}");
        assert!(complaint.contains("Read-only file system"), "{arguments:?}: {complaint}");
        assert!(complaint.contains("write to a folder on another file system"), "{arguments:?}: {complaint}");
        assert!(contents(after.path()) == contents(before.path()), "{arguments:?}");
    }
}
