//! Growth curves: measured by `cargo xtask measure`, kept as JSON lines, drawn as SVG.

mod chart;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::cargo::{cargo, run};
use crate::workspace::Workspace;
use chart::{Chart, Series};

/// Where lines and drawings lie.
const FOLDER: &str = "docs/performance";

/// Persons in the database, one run each.
const PERSONS: [u64; 4] = [10_000, 100_000, 500_000, 2_000_000];

/// Connections that ask at the same time, one after the other within a run.
const CONNECTIONS: &str = "16,64,128";

/// Seconds for each target of each number of connections.
const SECONDS: &str = "9";

/// Takes what is drawn from a line.
type Value = fn(&Figures) -> f64;

/// What is drawn of each line: its name in the file's, in the title, and the value.
const DRAWN: [(&str, &str, Value); 4] = [
    ("per_s", "looks a second", |it| it.per_s),
    ("p99", "ms within which 99 of 100 looks are answered", |it| it.p99_ms),
    ("cpu", "ms of processor time a look", |it| it.cpu_ms_per_op),
    ("ratio", "of the looks a second of the reference", |it| it.ratio),
];

/// The figures of a line that are drawn; the line keeps the others, too.
#[derive(Debug, Clone, Deserialize, Serialize)]
struct Figures {
    persons: u64,
    connections: u32,
    per_s: f64,
    p99_ms: f64,
    cpu_ms_per_op: f64,
    ratio: f64,
}

/// `cargo xtask measure ENGINE [PERSONS…]`: runs `tasuki bench look` at each number of persons,
/// keeps its lines in place of the former ones with the same numbers, and draws.
pub(crate) fn measure(workspace: &Workspace, engine: &str, persons: &[&str]) -> Result<()> {
    let all = PERSONS.map(|count| count.to_string());
    let counts = match persons {
        [] => all.iter().map(String::as_str).collect(),
        some => some.to_vec(),
    };
    run(&mut cargo(workspace, &["build", "--locked", "--release", "--package", "tasuki"]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map(std::path::PathBuf::from);
    let target = target.unwrap_or_else(|| workspace.root.join("target"));
    for count in counts {
        let count = count.replace('_', "");
        println!("{count} persons");
        let words = ["bench", "look", "--engine", engine, "--connections", CONNECTIONS];
        let mut bench = Command::new(target.join("release/tasuki"));
        bench.args(words).args(["--seconds", SECONDS, "--persons", &count, "--json"]);
        let output = bench.stderr(Stdio::inherit()).output().context("tasuki bench")?;
        if !output.status.success() {
            bail!("tasuki bench: {}", output.status);
        }
        keep(workspace, engine, &String::from_utf8(output.stdout)?)?;
    }
    draw(workspace)
}

/// Puts new lines in the place of those with the same numbers.
fn keep(workspace: &Workspace, engine: &str, lines: &str) -> Result<()> {
    let path = workspace.root.join(FOLDER).join(format!("look_{engine}.jsonl"));
    let former = std::fs::read_to_string(&path).unwrap_or_default();
    let mut kept = BTreeMap::new();
    for line in former.lines().chain(lines.lines()) {
        let figures: Figures = serde_json::from_str(line)?;
        kept.insert((figures.persons, figures.connections), line);
    }
    let text: String = kept.values().map(|line| format!("{line}\n")).collect();
    std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// `cargo xtask draw`: draws every file of lines anew.
pub(crate) fn draw(workspace: &Workspace) -> Result<()> {
    for (path, svg) in drawings(workspace)? {
        std::fs::write(workspace.root.join(&path), svg)?;
        println!("{path}");
    }
    Ok(())
}

/// The drawings are those of the lines that are kept.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let drawings = drawings(workspace)?;
    let stale =
        drawings.iter().filter(|(path, svg)| !workspace.read(path).is_ok_and(|it| it == *svg));
    let stale: Vec<_> = stale.map(|(path, _)| path.as_str()).collect();
    let page = workspace.read("docs/performance.md")?;
    let name = |path: &str| path.trim_start_matches("docs/").to_owned();
    let unseen: Vec<_> =
        drawings.iter().map(|(path, _)| name(path)).filter(|path| !page.contains(path)).collect();
    if !stale.is_empty() {
        bail!("not drawn from their lines, run `cargo xtask draw`: {}", stale.join(", "));
    }
    if !unseen.is_empty() {
        bail!("docs/performance.md does not show {}", unseen.join(", "));
    }
    println!("{} drawings", drawings.len());
    Ok(())
}

/// Path and text of each drawing.
fn drawings(workspace: &Workspace) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    let paths = workspace.paths()?;
    let lines = paths.iter().filter(|path| path.starts_with(FOLDER) && path.ends_with(".jsonl"));
    for path in lines {
        let text = workspace.read(path)?;
        let figures = text.lines().map(serde_json::from_str).collect::<Result<Vec<Figures>, _>>();
        let figures = figures.with_context(|| path.clone())?;
        let stem = Path::new(path).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let engine = if stem.ends_with("sqlite") { "SQLite" } else { "PostgreSQL" };
        for (name, what, value) in DRAWN {
            let chart =
                Chart { title: format!("{engine}: {what}"), series: series(&figures, value) };
            found.push((format!("{FOLDER}/{stem}_{name}.svg"), chart.svg()));
        }
    }
    Ok(found)
}

/// One line of the drawing for each number of connections.
fn series(figures: &[Figures], value: Value) -> Vec<Series> {
    let mut found: BTreeMap<u32, Vec<(f64, f64)>> = BTreeMap::new();
    for line in figures {
        let points = found.entry(line.connections).or_default();
        points.push((chart::number(line.persons), value(line)));
    }
    let named =
        |(connections, points)| Series { name: format!("{connections} connections"), points };
    found.into_iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace() -> (tempfile::TempDir, Workspace) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join(FOLDER)).unwrap();
        let root = folder.path().to_owned();
        (folder, Workspace { root })
    }

    fn line(persons: u64, per_s: f64) -> String {
        let (connections, p99_ms, cpu_ms_per_op, ratio) = (16, 2.0, 0.1, 0.5);
        let figures = Figures { persons, connections, per_s, p99_ms, cpu_ms_per_op, ratio };
        serde_json::to_string(&figures).unwrap()
    }

    #[test]
    fn a_new_line_takes_the_place_of_the_former_one_with_its_numbers() {
        let (_folder, workspace) = workspace();
        keep(&workspace, "sqlite", &format!("{}\n{}\n", line(100, 1.0), line(10, 2.0))).unwrap();
        keep(&workspace, "sqlite", &line(100, 3.0)).unwrap();
        let kept = workspace.read("docs/performance/look_sqlite.jsonl").unwrap();
        assert_eq!(kept, format!("{}\n{}\n", line(10, 2.0), line(100, 3.0)));
    }

    #[test]
    fn a_drawing_of_other_lines_is_told() {
        let (_folder, workspace) = workspace();
        keep(&workspace, "sqlite", &line(100, 1.0)).unwrap();
        draw(&workspace).unwrap();
        let shown: Vec<_> = drawings(&workspace).unwrap().into_iter().map(|it| it.0).collect();
        let page = workspace.root.join("docs/performance.md");
        std::fs::write(&page, shown.join(" ")).unwrap();
        check(&workspace).unwrap();
        keep(&workspace, "sqlite", &line(100, 2.0)).unwrap();
        assert!(check(&workspace).unwrap_err().to_string().contains("look_sqlite_per_s.svg"));
        draw(&workspace).unwrap();
        std::fs::write(&page, "").unwrap();
        assert!(check(&workspace).unwrap_err().to_string().contains("does not show"));
    }
}
