//! The commands of `docs/how-to/install.md`, in its order.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// An empty folder with the settings of the how-to, and the executable that is installed there.
pub(crate) struct Place(TempDir, OsString);

const SETTINGS: &str = include_str!("../../../../docs/how-to/tasuki.toml");

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("keys")).unwrap();
        std::fs::write(folder.path().join("tasuki.toml"), SETTINGS).unwrap();
        for (name, digit) in [("master", "1"), ("log_head", "2")] {
            let key = folder.path().join("keys").join(name);
            std::fs::write(&key, digit.repeat(64)).unwrap();
            owner_only(&key);
        }
        Self(folder, env!("CARGO_BIN_EXE_tasuki").into())
    }

    /// The folder of the settings.
    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    /// The database that the settings name.
    pub(crate) fn options(&self) -> tasuki_store::Options {
        let settings = std::fs::read_to_string(self.folder().join("tasuki.toml")).unwrap();
        let line = settings.lines().find_map(|line| line.strip_prefix("database = ")).unwrap();
        match line.trim_matches('"').split_once(':').unwrap() {
            ("sqlite", path) => tasuki_store::Options::Sqlite { path: self.folder().join(path) },
            (scheme, rest) => {
                tasuki_store::Options::Postgres { url: format!("{scheme}:{rest}"), connections: 4 }
            }
        }
    }

    /// Changes the settings.
    pub(crate) fn set(&self, from: &str, to: &str) {
        let file = self.folder().join("tasuki.toml");
        let settings = std::fs::read_to_string(&file).unwrap();
        assert!(settings.contains(from), "{from}");
        std::fs::write(file, settings.replace(from, to)).unwrap();
    }

    fn output(&self, words: &str) -> Output {
        let mut command = Command::new(&self.1);
        command.args(words.split(' ')).current_dir(self.0.path()).env_remove("TASUKI_CONFIG");
        command.output().unwrap()
    }

    /// Runs a command that must succeed; what it printed.
    #[track_caller]
    pub(crate) fn run(&self, words: &str) -> String {
        let output = self.output(words);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command that must fail; what it complained about.
    #[track_caller]
    pub(crate) fn fail(&self, words: &str) -> String {
        let output = self.output(words);
        assert!(!output.status.success(), "{words}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// An installation with authority, server certificate and schema.
    fn installed() -> Self {
        Self::installed_on("sqlite:tasuki.db")
    }

    /// The same on `database`, and on whichever ports are free.
    pub(crate) fn installed_on(database: &str) -> Self {
        let place = Self::prepared_on(database);
        place.run("migrate");
        place
    }

    /// The same with another executable.
    pub(crate) fn installed_by(tasuki: OsString, database: &str) -> Self {
        let mut place = Self::prepared_on(database);
        place.1 = tasuki;
        // A setting that not every release knows.
        place.set("slow_statement_ms = 500", "");
        place.run("migrate");
        place
    }

    /// The same without a schema.
    pub(crate) fn prepared_on(database: &str) -> Self {
        let place = Self::new();
        place.set("\"sqlite:tasuki.db\"", &format!("\"{database}\""));
        for listener in ["0.0.0.0:8443", "0.0.0.0:8444", "127.0.0.1:8445"] {
            place.set(listener, "127.0.0.1:0");
        }
        place.run("ca init");
        place.run("ca server --host localhost");
        place
    }
}

#[cfg(unix)]
fn owner_only(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
fn owner_only(_: &Path) {}

/// The lines of a check that are not good, by what they are about.
fn bad(checked: &str) -> Vec<&str> {
    let lines = checked.lines().filter(|line| line.starts_with("BAD"));
    lines.filter_map(|line| line.split_whitespace().nth(1)).collect()
}

#[test]
fn what_an_installation_lacks_is_told_until_it_is_there() {
    let place = Place::new();
    let checked = String::from_utf8(place.output("check").stdout).unwrap();
    assert_eq!(bad(&checked), ["authority", "server", "schema", "log"], "{checked}");
    place.run("ca init");
    place.run("ca server --host localhost");
    place.run("migrate");
    assert_eq!(bad(&place.run("check")), [""; 0]);
    place.run("maintenance begin --why 点検");
    let closed = String::from_utf8(place.output("check").stdout).unwrap();
    assert_eq!(bad(&closed), ["house"], "{closed}");
    place.run("maintenance end");
    assert!(place.fail("ca init").contains("holds an authority already"));
}

#[test]
fn the_first_operator_gets_a_password_and_a_device() {
    let place = Place::installed();
    let made = place.run("account create-operator --login op-first --name 運営花");
    assert!(made.contains("password  "), "{made}");
    let again = place.fail("account create-operator --login op-first --name 運営花");
    assert!(again.contains("login"), "{again}");
    let reset = place.run("account reset --login op-first --organisation operator");
    assert!(reset.contains("password  ") && reset != made);
    place.run("ca issue --organisation operator --name 端末1 --out devices");
    let files = std::fs::read_dir(place.0.path().join("devices")).unwrap().count();
    assert_eq!(files, 3);
    assert!(place.run("ca list --organisation operator").contains("good  operator  端末1"));
}

#[test]
fn a_certificate_is_revoked_once_and_stands_in_the_list() {
    let place = Place::installed();
    let issued = place.run("ca issue --organisation operator --name x --out devices");
    let sha256 = issued.lines().find_map(|line| line.strip_prefix("SHA-256     ")).unwrap();
    let early = place.fail(&format!("ca renew --out devices --certificate {sha256}"));
    assert!(early.contains("90"), "{early}");
    place.run(&format!("ca revoke --certificate {sha256} --why lost"));
    let again = place.fail(&format!("ca revoke --certificate {sha256} --why lost"));
    assert!(again.contains("already"), "{again}");
    place.run("ca crl --out crl.pem");
    let list = std::fs::read_to_string(place.0.path().join("crl.pem")).unwrap();
    assert!(list.starts_with("-----BEGIN X509 CRL-----"));
    assert!(place.run("ca list --organisation operator").contains("revoked (lost)"));
    assert!(
        place
            .fail("ca issue --organisation provider:9970000015 --name x --out d")
            .contains("no such")
    );
}

/// The town's first office of care managers, and a care manager.
const MIDORI: &str = "provider:9970000015";
const KEIKO: &str = "--login kei-demo --name 架空恵子";

#[test]
fn the_gates_are_explained_and_the_question_is_recorded() {
    let place = Place::installed();
    place.run("town --persons 20 --today 2026-11-20 --out town");
    place.run("providers import town/jigyosho_town.csv");
    place.run("ingest --register あおば市 town/transfer");
    place.run(&format!(
        "account create --organisation {MIDORI} --level general --job care_manager {KEIKO}"
    ));
    let ask = format!("explain --organisation {MIDORI} --account kei-demo --insurer 990010");
    let explained = place.run(&format!("{ask} --insured 9999999990"));
    assert!(explained.contains("この方のページは開けません"), "{explained}");
    assert!(explained.contains("担当として登録されていません"), "{explained}");
    place.run("audit verify");
    place.run("audit export --out log.jsonl");
    let log = std::fs::read_to_string(place.0.path().join("log.jsonl")).unwrap();
    assert!(log.lines().last().unwrap().contains("explain "));
    assert!(place.fail(&format!("{ask} --insured 123")).contains("10 characters"));
}
