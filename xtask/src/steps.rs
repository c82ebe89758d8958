//! The steps of `cargo xtask ci`, in order: the cheap and the common failures first.

use std::time::Instant;

use anyhow::{Context, Result};

use crate::cargo::{cargo, run};
use crate::workspace::Workspace;
use crate::{curves, e2e, edges, glossary, install, openapi, supply, tidy};
use tasuki_cluster::{Cluster, Durability};

/// One check; each can be called alone by its name.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    run: fn(&Workspace) -> Result<()>,
}

/// All steps in the order of `ci`.
pub(crate) const STEPS: &[Step] = &[
    Step { name: "install", title: "installs what is missing", run: install::run },
    Step { name: "fmt", title: "rustfmt", run: fmt },
    Step { name: "clippy", title: "clippy, no warning allowed", run: clippy },
    Step { name: "tidy", title: "house rules on the text of the repository", run: tidy::run },
    Step { name: "glossary", title: "GLOSSARY.md agrees with the code", run: glossary::run },
    Step { name: "edges", title: "crates depend downwards only", run: edges::run },
    Step { name: "supply", title: "licences, banned crates, sources", run: supply::run },
    Step { name: "curves", title: "drawings are of the lines kept", run: curves::check },
    Step { name: "test", title: "tests on SQLite and PostgreSQL", run: test },
    Step { name: "traces", title: "the feature opentelemetry", run: traces },
    Step { name: "doc", title: "rustdoc with private items", run: doc },
    Step { name: "openapi", title: "docs/openapi.json is up to date", run: openapi::run },
    Step { name: "e2e", title: "browser tests", run: e2e::run },
];

/// Runs every step, stops at the first failure, and sums up the time at the end.
pub(crate) fn run_all(workspace: &Workspace) -> Result<()> {
    let begin = Instant::now();
    let mut summary = String::new();
    for step in STEPS {
        let seconds = timed(workspace, step)?;
        summary.push_str(&format!("  {:<9} {seconds:>7.1} s  {}\n", step.name, step.title));
    }
    print!("\n{summary}");
    println!("ci: every step passed in {:.1} s", begin.elapsed().as_secs_f64());
    Ok(())
}

/// Runs the step of this name.
pub(crate) fn run_one(workspace: &Workspace, name: &str) -> Result<()> {
    let step = STEPS.iter().find(|step| step.name == name).context("no such step")?;
    timed(workspace, step)?;
    Ok(())
}

fn timed(workspace: &Workspace, step: &Step) -> Result<f64> {
    println!("── {}: {}", step.name, step.title);
    let begin = Instant::now();
    let outcome = (step.run)(workspace);
    let seconds = begin.elapsed().as_secs_f64();
    let word = if outcome.is_ok() { "passed" } else { "FAILED" };
    println!("── {}: {word} in {seconds:.1} s", step.name);
    outcome.with_context(|| format!("step {}", step.name))?;
    Ok(seconds)
}

fn fmt(workspace: &Workspace) -> Result<()> {
    run(&mut cargo(workspace, &["fmt", "--all", "--check"]))
}

// `--workspace` everywhere: with `-p` cargo would unify features anew and build half the tree
// again.
fn clippy(workspace: &Workspace) -> Result<()> {
    let words = ["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"];
    run(&mut cargo(workspace, &words))
}

fn test(workspace: &Workspace) -> Result<()> {
    let cluster = Cluster::start(Durability::None)?;
    let mut command = cargo(workspace, &["test", "--locked", "--workspace"]);
    run(command.env("PG_URL", cluster.url()))
}

/// What the usual build leaves out: clippy of it, and its own test.
fn traces(workspace: &Workspace) -> Result<()> {
    let feature = ["--locked", "--workspace", "--features", "tasuki/opentelemetry"];
    let clippy =
        ["clippy"].iter().chain(&feature).chain(&["--all-targets", "--", "-D", "warnings"]);
    run(&mut cargo(workspace, &clippy.copied().collect::<Vec<_>>()))?;
    let test = ["test"].iter().chain(&feature).chain(&["--bin", "tasuki", "traced"]);
    run(&mut cargo(workspace, &test.copied().collect::<Vec<_>>()))
}

fn doc(workspace: &Workspace) -> Result<()> {
    let words = ["doc", "--locked", "--workspace", "--no-deps", "--document-private-items"];
    run(cargo(workspace, &words).env("RUSTDOCFLAGS", "-D warnings"))
}
