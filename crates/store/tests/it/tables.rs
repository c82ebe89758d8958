//! The list of tables against the catalogues of both engines, and the keys of persons.

use std::collections::{BTreeMap, BTreeSet};

use tasuki_store::scratch::{self, Scratch};
use tasuki_store::tables::{Home, TABLES};
use tasuki_store::{Db, Options};

/// What a catalogue says of one table.
#[derive(Debug, Default)]
struct Found {
    columns: BTreeSet<String>,
    /// First column of the primary key and of each other unique index.
    keys: Vec<String>,
    foreign_keys: i64,
}

const SQLITE_COLUMNS: &str = "SELECT t.name, c.name
       FROM sqlite_master t, pragma_table_info(t.name) c
      WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'
      LIMIT 10000";
const SQLITE_KEYS: &str = "SELECT t.name, c.name
       FROM sqlite_master t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
      WHERE t.type = 'table' AND i.\"unique\" = 1 AND c.seqno = 0
      LIMIT 10000";
const SQLITE_FOREIGN: &str = "SELECT t.name, f.\"table\"
       FROM sqlite_master t, pragma_foreign_key_list(t.name) f
      LIMIT 10000";
const POSTGRES_COLUMNS: &str = "SELECT table_name::TEXT, column_name::TEXT
       FROM information_schema.columns
      WHERE table_schema = 'public'
      LIMIT 10000";
const POSTGRES_KEYS: &str = "SELECT t.relname::TEXT, a.attname::TEXT
       FROM pg_index x
       JOIN pg_class t ON t.oid = x.indrelid
       JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
      WHERE x.indisunique AND t.relnamespace = 'public'::regnamespace
      LIMIT 10000";
const POSTGRES_FOREIGN: &str = "SELECT t.relname::TEXT, c.conname::TEXT
       FROM pg_constraint c
       JOIN pg_class t ON t.oid = c.conrelid
      WHERE c.contype = 'f'
      LIMIT 10000";

async fn pairs(db: &Db, sql: &'static str) -> Vec<(String, String)> {
    let rows = db.rows(sql, vec![]).await.unwrap();
    rows.into_iter().map(|mut row| (row.text("a").unwrap(), row.text("b").unwrap())).collect()
}

async fn catalogue(scratch: &Scratch) -> BTreeMap<String, Found> {
    let [columns, keys, foreign] = match scratch.options {
        Options::Sqlite { .. } => [SQLITE_COLUMNS, SQLITE_KEYS, SQLITE_FOREIGN],
        Options::Postgres { .. } => [POSTGRES_COLUMNS, POSTGRES_KEYS, POSTGRES_FOREIGN],
    };
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for (table, column) in pairs(&scratch.db, columns).await {
        found.entry(table).or_default().columns.insert(column);
    }
    for (table, column) in pairs(&scratch.db, keys).await {
        found.entry(table).or_default().keys.push(column);
    }
    for (table, _) in pairs(&scratch.db, foreign).await {
        found.entry(table).or_default().foreign_keys += 1;
    }
    found.remove("refinery_schema_history");
    found
}

#[tokio::test]
async fn every_table_is_listed_with_where_its_rows_live() {
    scratch::for_each(async |scratch| {
        let found = catalogue(scratch).await;
        let found: BTreeSet<&str> = found.keys().map(String::as_str).collect();
        let listed: BTreeSet<&str> = TABLES.iter().map(|table| table.name).collect();
        let unlisted: Vec<_> = found.symmetric_difference(&listed).collect();
        assert!(unlisted.is_empty(), "say in crates/store/src/tables.rs of {unlisted:?}");
    })
    .await;
}

#[tokio::test]
async fn every_key_of_persons_begins_with_the_insurer() {
    scratch::for_each(async |scratch| {
        let found = catalogue(scratch).await;
        for table in TABLES {
            let Found { columns, keys, .. } = &found[table.name];
            if table.home == Home::Insurer {
                assert!(!keys.is_empty(), "{} has no key", table.name);
                assert!(keys.iter().all(|first| first == "insurer_number"), "{table:?}: {keys:?}");
            } else {
                // Whoever names a person in a row keeps it with the insurer.
                assert!(!columns.contains("insured_number"), "{table:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn no_key_points_from_one_table_to_another() {
    scratch::for_each(async |scratch| {
        for (table, found) in catalogue(scratch).await {
            assert_eq!(found.foreign_keys, 0, "{table}: its row may lie on another machine");
        }
    })
    .await;
}
