//! The list against the code, the page, the dashboard and the alerts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use serde_json::Value;

use super::catalogue::{FIGURES, Figure, Kind};

const DASHBOARD: &str = include_str!("../../../../docs/operations/grafana-dashboard.json");
const ALERTS: &str = include_str!("../../../../docs/operations/alerts.yaml");

/// Labels that Prometheus itself adds.
const OUTER: [&str; 3] = ["job", "instance", "le"];

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Histogram(_) => "histogram",
    }
}

/// Figures that the text counts: kind and name of each `counter!("name"` and its like.
fn counted(text: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for kind in ["counter", "gauge", "histogram"] {
        let call = format!("{kind}!(");
        for (at, _) in text.match_indices(&call) {
            let (before, after) = (&text[..at], text[at + call.len()..].trim_start());
            // Descriptions, and the loop over the list itself, count nothing new.
            if before.ends_with("describe_") || after.starts_with("figure.name") {
                continue;
            }
            let name = after.strip_prefix('"').and_then(|rest| rest.split_once('"'));
            found.push((kind, name.expect("a figure's name is a literal").0.to_owned()));
        }
    }
    found
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|it| it == "rs")
            && !path.ends_with("figures/tests.rs")
        {
            into.push(path);
        }
    }
}

#[test]
fn the_list_names_what_the_code_counts_and_nothing_else() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for entry in std::fs::read_dir(crates).unwrap() {
        sources(&entry.unwrap().path().join("src"), &mut files);
    }
    let texts = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
    let code: BTreeSet<_> = texts.flat_map(|text| counted(&text)).collect();
    let list: BTreeSet<_> = FIGURES.iter().map(|it| (word(it.kind), it.name.to_owned())).collect();
    let missing: Vec<_> = code.difference(&list).collect();
    assert!(missing.is_empty(), "give it a row in figures/catalogue.rs: {missing:?}");
    let gone: Vec<_> = list.difference(&code).collect();
    assert!(gone.is_empty(), "no code counts it any more: {gone:?}");
}

#[test]
fn names_say_their_unit_as_prometheus_wants_it() {
    for Figure { name, kind, unit, .. } in FIGURES {
        assert_eq!(name.ends_with("_total"), *kind == Kind::Counter, "{name}");
        let bare = name.strip_suffix("_total").unwrap_or(name);
        for unit_word in ["seconds", "bytes"] {
            assert_eq!(unit.starts_with(unit_word), bare.ends_with(unit_word), "{name}: {unit}");
        }
    }
}

/// The page: what each figure is, from the list.
fn page() -> String {
    let mut page = String::from(
        "# Metrics\n\nWhat `http://127.0.0.1:8445/metrics` tells, in the text format of Prometheus. \
         Generated from\n`crates/tasuki/src/figures/catalogue.rs` by its test (`UPDATE_EXPECT=1 \
         cargo test -p tasuki figures`).\n\nNo figure and no label names a person, an office or an \
         account. A histogram `x` comes as `x_bucket`, `x_sum` and `x_count`.\n\n| metric | kind | \
         unit | labels | meaning |\n| --- | --- | --- | --- | --- |\n",
    );
    for Figure { name, kind, unit, labels, meaning } in FIGURES {
        let labels: Vec<_> = labels.iter().map(|label| format!("`{label}`")).collect();
        let (kind, labels) = (word(*kind), labels.join(", "));
        page.push_str(&format!("| `{name}` | {kind} | {unit} | {labels} | {meaning} |\n"));
    }
    page
}

#[test]
fn the_page_lists_every_figure() {
    expect_file!["../../../../docs/reference/metrics.md"].assert_eq(&page());
}

/// Words of an expression that can be names.
fn names(expression: &str) -> impl Iterator<Item = &str> {
    expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|it| !it.is_empty())
}

fn is_metric(name: &str) -> bool {
    ["tasuki_", "process_"].iter().any(|prefix| name.starts_with(prefix))
}

/// The figure that a name in an expression means.
fn figure(name: &str) -> &'static Figure {
    let series = |figure: &&Figure| match figure.kind {
        Kind::Histogram(_) => name
            .strip_prefix(figure.name)
            .is_some_and(|suffix| ["_bucket", "_sum", "_count"].contains(&suffix)),
        _ => figure.name == name,
    };
    FIGURES.iter().find(series).unwrap_or_else(|| panic!("no figure is called {name}"))
}

/// Labels of an expression: those it selects by, and those it groups by.
fn labels(expression: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for inside in expression.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
        let selectors = inside.split(',').filter_map(|one| names(one).next());
        found.extend(selectors);
    }
    for inside in expression.split("by (").skip(1).filter_map(|rest| rest.split(')').next()) {
        found.extend(names(inside));
    }
    found
}

/// Checks an expression; the figures that it names.
fn checked(expression: &str) -> BTreeSet<&'static str> {
    let figures: Vec<_> = names(expression).filter(|it| is_metric(it)).map(figure).collect();
    let known = |label: &&str| {
        OUTER.contains(label) || figures.iter().any(|figure| figure.labels.contains(label))
    };
    let strange: Vec<_> = labels(expression).into_iter().filter(|label| !known(label)).collect();
    assert!(strange.is_empty(), "{expression} has no labels {strange:?}");
    figures.into_iter().map(|figure| figure.name).collect()
}

/// Every text under a key, at any depth.
fn texts<'a>(value: &'a Value, key: &str, into: &mut Vec<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| texts(item, key, into)),
        Value::Object(fields) => {
            into.extend(fields.get(key).and_then(Value::as_str));
            fields.values().for_each(|field| texts(field, key, into));
        }
        _ => {}
    }
}

#[test]
fn the_dashboard_shows_every_figure_and_invents_none() {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let mut expressions = Vec::new();
    texts(&dashboard, "expr", &mut expressions);
    let shown: BTreeSet<_> = expressions.into_iter().flat_map(checked).collect();
    let all: BTreeSet<_> = FIGURES.iter().map(|figure| figure.name).collect();
    assert_eq!(shown, all);
}

#[test]
fn panels_of_the_dashboard_have_a_title_and_a_place_of_their_own() {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let (mut ids, mut cells) = (BTreeSet::new(), BTreeSet::new());
    for panel in panels {
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{}", panel["id"]);
        assert!(panel["title"].as_str().is_some_and(|title| !title.is_empty()));
        assert!(panel["type"] == "row" || panel["description"].is_string(), "{}", panel["title"]);
        let place = |side: &str| panel["gridPos"][side].as_u64().unwrap();
        assert!(place("x") + place("w") <= 24, "{}", panel["title"]);
        for x in place("x")..place("x") + place("w") {
            for y in place("y")..place("y") + place("h") {
                assert!(cells.insert((x, y)), "{} lies over another panel", panel["title"]);
            }
        }
    }
}

#[test]
fn each_alert_asks_for_figures_that_exist_and_says_what_to_do() {
    let alerts: Vec<&str> = ALERTS.split("- alert: ").skip(1).collect();
    assert!(alerts.len() > 10);
    let mut seen = BTreeSet::new();
    for alert in alerts {
        let name = alert.lines().next().unwrap();
        assert!(seen.insert(name), "{name} stands twice");
        let field = |key: &str| {
            let line = alert.lines().find_map(|line| line.trim_start().strip_prefix(key));
            line.unwrap_or_else(|| panic!("{name} has no {key}"))
        };
        let figures = checked(field("expr: "));
        assert!(!figures.is_empty() || name == "TasukiDown", "{name}");
        assert!(["{ severity: page }", "{ severity: ticket }"].contains(&field("labels: ")));
        assert!(field("description: ").len() > 20, "{name}");
        assert!(!field("summary: ").is_empty(), "{name}");
    }
}
