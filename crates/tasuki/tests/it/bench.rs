//! Benches with tiny numbers: that they run to their end on both engines and say what they must.

use std::process::Command;

use serde_json::Value;

/// Engines that this machine has.
fn engines() -> Vec<&'static str> {
    let postgres = tasuki_cluster::find().map(|_| "postgres");
    std::iter::once("sqlite").chain(postgres).collect()
}

/// What `tasuki bench WORDS --engine ENGINE --json` prints.
fn bench(engine: &str, words: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tasuki"));
    command.arg("bench").args(words).args(["--engine", engine, "--json"]);
    // The allocator gives back at once what is free, so that what is resident is what is held.
    command.env("MIMALLOC_PURGE_DELAY", "0");
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{engine}: {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn number(figures: &Value, place: &str) -> f64 {
    figures.pointer(place).and_then(Value::as_f64).unwrap_or_else(|| panic!("{place}: {figures}"))
}

#[test]
fn the_hour_of_a_hamlet_says_what_the_country_needs() {
    for engine in engines() {
        let words = ["country", "--persons", "1000", "--seconds", "1", "--connections", "4"];
        let figures = bench(engine, &words);
        assert_eq!((&figures["engine"], &figures["errors"]), (&engine.into(), &0.into()));
        assert_eq!(figures["hour"]["looks"], 150, "{figures}");
        assert_eq!(figures["hour"]["uploads"], 1, "{figures}");
        let needs = figures["needs"].as_object().unwrap();
        assert_eq!(needs["arithmetic"].as_array().unwrap().len(), 4, "{figures}");
        for name in needs.keys().filter(|name| *name != "arithmetic") {
            assert!(0.0 < number(&figures, &format!("/needs/{name}")), "{name}: {figures}");
        }
        // An event and a paper are stored for each look and each person.
        assert!(100.0 < number(&figures, "/costs/look_stored_bytes"), "{figures}");
        assert!(1_000.0 < number(&figures, "/costs/person_stored_bytes"), "{figures}");
    }
}

#[test]
fn looks_beside_a_transfer_are_measured_against_looks_alone() {
    for engine in engines() {
        let words = ["beside", "--persons", "500", "--looked-at", "20", "--looks", "50"];
        let words = [&words[..], &["--seconds", "1", "--connections", "4"]].concat();
        let figures = bench(engine, &words);
        assert_eq!(figures["errors"], 0, "{figures}");
        assert!(500.0 < number(&figures, "/lines"), "{figures}");
        let ratio = number(&figures, "/p99_ms") / number(&figures, "/idle_p99_ms");
        assert!((ratio - number(&figures, "/p99_ratio")).abs() < 1e-6, "{figures}");
        assert!(0.0 < ratio && 0.0 < number(&figures, "/looks"), "{figures}");
    }
}

/// On PostgreSQL, because SQLite keeps pages in this process until its caches are full.
#[test]
fn four_times_the_file_takes_no_more_memory() {
    if tasuki_cluster::find().is_none() {
        return;
    }
    let taken = |persons| {
        let figures = bench("postgres", &["ingest", "--difference", "0", "--persons", persons]);
        (number(&figures, "/bytes") / 1e6, number(&figures, "/rss_mb"))
    };
    let ((bytes, held), (more_bytes, more_held)) = (taken("3000"), taken("12000"));
    // Whoever kept the lines would hold more than their bytes.
    let most = more_bytes - bytes;
    let said = format!("{held} MB for {bytes} MB, {more_held} MB for {more_bytes} MB");
    assert!(more_held - held < most, "{said}");
}
