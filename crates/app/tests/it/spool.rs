//! Uploads that nobody goes on with go after two weeks.

use std::time::Duration;

use tasuki_app::AppError;
use tasuki_app::ingestion::spool::Spool;
use tasuki_core::insurer::InsurerNumber;
use tasuki_formats::municipal::{Manifest, ManifestFile, Scope};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn manifest(insurer: &InsurerNumber) -> Manifest {
    let name = format!("TASUKI_{insurer}_service_use_diff_000001.csv");
    let file = ManifestFile { name, sha256: "0".repeat(64), bytes: 100, lines: 2 };
    Manifest {
        protocol: 1,
        insurer: insurer.clone(),
        sequence: 1,
        scope: Scope::Diff,
        files: vec![file],
    }
}

#[test]
fn an_upload_stays_two_weeks_after_its_last_byte_and_goes_then() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::new(folder.path().join("transfers"));
    let insurer = InsurerNumber::with_check_digit("99001").unwrap();
    let upload = spool.begin(&insurer, &manifest(&insurer)).unwrap();
    let name = upload.manifest().files[0].name.clone();
    upload.append(&name, 0, b"op,insurer").unwrap();
    let newest = folder.path().join(format!("transfers/{insurer}_000001/{name}"));
    let newest = std::fs::metadata(newest).unwrap().modified().unwrap();
    assert_eq!(spool.sweep(newest + 14 * DAY).unwrap(), 0);
    assert_eq!(upload.arrived().unwrap()[0].bytes, 10);
    assert_eq!(spool.sweep(newest + 14 * DAY + Duration::from_secs(1)).unwrap(), 1);
    assert!(matches!(spool.get(&insurer, 1), Err(AppError::NotFound)));
}

#[cfg(unix)]
#[test]
fn only_the_servers_own_user_enters_the_spool() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::new(folder.path().join("transfers"));
    let mode = std::fs::metadata(spool.root().unwrap()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}
