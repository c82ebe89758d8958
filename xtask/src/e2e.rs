//! Browser tests: builds the server, then lets node run every `*.test.mjs`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cargo::{self, cargo};
use crate::workspace::Workspace;

const FOLDER: &str = "tests/e2e";
const BROWSERS: [&str; 4] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/snap/bin/chromium",
    "/usr/bin/google-chrome",
];

/// Runs the browser tests.
///
/// # Errors
///
/// When Chromium is missing, when there is no test, or when one fails.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let chromium = chromium().context("Chromium is missing: run `cargo xtask install`")?;
    let server = build(workspace)?;
    let tests = tests(workspace)?;
    if tests.is_empty() {
        bail!("no browser test in {FOLDER}");
    }
    let mut command = Command::new("node");
    command.args(["--test", "--test-reporter=spec"]).args(tests).current_dir(&workspace.root);
    command.env("TASUKI", server).env("CHROMIUM", chromium);
    cargo::run(&mut command)
}

/// The browser: what `CHROMIUM` names, or the first of the usual places.
pub(crate) fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    named.into_iter().chain(BROWSERS.map(PathBuf::from)).find(|path| path.exists())
}

/// Builds the executable and says where it is.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    cargo::run(&mut cargo(workspace, &["build", "--locked", "--workspace", "--bins"]))?;
    let target = cargo::metadata(workspace)?.target_directory;
    Ok(target.into_std_path_buf().join("debug/tasuki"))
}

// Named one by one: what `node --test FOLDER` looks for differs between versions of node.
fn tests(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let mut tests: Vec<PathBuf> = fs::read_dir(workspace.root.join(FOLDER))?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    tests.sort();
    Ok(tests)
}
