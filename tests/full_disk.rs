//! The promise: on a disk that is full or can only be read, a run changes nothing, and says what to do.
//!
//! The disk is a small tmpfs, mounted where this test alone sees it: by root, or by anybody in a user namespace. Where
//! neither is permitted, that is said, and `tests/output.rs` alone has writing fail, by limits on the size of files.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

use crate::common::{contents, listing, model, respect, standin};

/// How to come to a place where mounts are permitted: the start of a command line.
fn mounting() -> Option<&'static [&'static str]> {
    let ways: [&[&str]; 2] = [&["unshare", "--mount"], &["unshare", "--user", "--map-root-user", "--mount"]];
    let scratch = tempfile::tempdir().unwrap();
    let is_permitted = |way: &&&[&str]| {
        let mut command = Command::new(way[0]);
        command.args(&way[1..]).args(["mount", "-t", "tmpfs", "tmpfs"]).arg(scratch.path());
        command.output().is_ok_and(|output| output.status.success())
    };
    let way = ways.iter().find(is_permitted).copied();
    if way.is_none() {
        // Past the test harness, which shows nothing of tests that pass.
        let _ = writeln!(std::io::stderr(), "no mount is permitted here: tests/output.rs alone fills disks");
    }
    way
}

/// Runs `arguments` of the tool on a disk with what `before` holds on it, and so much room; what is on the disk
/// afterwards goes to `after`.
fn on_disk(way: &[&str], disk: &str, before: &Path, after: &Path, arguments: &[&str]) -> Output {
    let script = r#"
        before=$1 after=$2 disk=$3; shift 3
        mount -t tmpfs -o size=16m tmpfs /mnt && cp -a "$before"/. /mnt && cd /mnt || exit 99
        case $disk in
            readonly) mount -o remount,ro /mnt || exit 99;;
            *) head -c "$(($(stat -f -c '%a * %S' .) - disk))" /dev/zero > /mnt/filler || exit 99;;
        esac
        "$@"
        status=$?
        rm -f /mnt/filler
        cp -a . "$after" || exit 99
        exit $status"#;
    let mut command = Command::new(way[0]);
    command.args(&way[1..]).args(["sh", "-c", script, "sh"]).args([before, after]).arg(disk);
    let output = command.arg(respect().get_program()).args(arguments).output().unwrap();
    assert_ne!(output.status.code(), Some(99), "{}", String::from_utf8_lossy(&output.stderr));
    output
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
fn with_little_room(way: &[&str], rooms: impl Iterator<Item = u32>, arguments: &[&str]) -> u32 {
    let before = stages();
    let mut failed = 0;
    for room in rooms {
        let after = tempfile::tempdir().unwrap();
        let output = on_disk(way, &room.to_string(), before.path(), after.path(), arguments);
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
    let Some(way) = mounting() else { return };
    let (model, compiler) = (model("residual"), standin());
    let (model, compiler) = (model.to_str().unwrap(), compiler.to_str().unwrap());
    let plain = ["compile", model, "-n", "2", "-o", "out", "--force", "--no-compile"];
    let compiled = ["compile", model, "-n", "2", "-o", "out", "--force", "--edgetpu-compiler", compiler];
    let rooms = || (0..160_000).step_by(12_000).chain([1 << 20]);
    for arguments in [&plain[..], &compiled] {
        let failed = with_little_room(way, rooms(), arguments);
        assert!((5..15).contains(&failed), "{failed} of 15 disks were too small for {arguments:?}");
    }
}

#[test]
fn a_full_disk_gets_no_part_of_a_file() {
    let Some(way) = mounting() else { return };
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
        let after = tempfile::tempdir().unwrap();
        let output = on_disk(way, "4096", before.path(), after.path(), arguments);
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
    let Some(way) = mounting() else { return };
    let before = stages();
    let model = model("residual");
    let model = model.to_str().unwrap();
    for arguments in [
        &["compile", model, "-n", "2", "-o", "out", "--force", "--no-compile"][..],
        &["compile", model, "-n", "2", "-o", "new/out", "--no-compile"],
        &["graph", model, "-o", "new"],
    ] {
        let after = tempfile::tempdir().unwrap();
        let output = on_disk(way, "readonly", before.path(), after.path(), arguments);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {complaint}");
        assert!(complaint.contains("Read-only file system"), "{arguments:?}: {complaint}");
        assert!(complaint.contains("write to a folder on another file system"), "{arguments:?}: {complaint}");
        assert!(contents(after.path()) == contents(before.path()), "{arguments:?}");
    }
}
