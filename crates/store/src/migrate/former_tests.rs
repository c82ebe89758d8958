//! Every statement of the former release (前の版の文) on its own schema and on this version's: the
//! same answer, whether it reads or writes, and rows as it writes them are taken.

use std::collections::BTreeMap;

use rusqlite::Connection;
use tokio_postgres::types::{ToSql, Type};

use crate::db::Options;
use crate::row::Value;
use crate::scratch::former::{Former, House};
use crate::scratch::{self, Empty};
use crate::{migrate, postgres};

const STATEMENTS: &str = include_str!("../../former/statements.sql");
const ROWS: &str = include_str!("../../former/rows.jsonl");

/// A statement of the former release.
struct Sent {
    sql: &'static str,
    only_postgres: bool,
    params: Vec<Option<Value>>,
}

/// How an engine answers a statement: rows read or touched, or the engine's code of an error.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Rows(usize),
    Refused(String),
}

fn sent(former: &Former) -> Vec<Sent> {
    let statement = |text: &'static str| {
        let text = text.trim();
        let (only_postgres, sql) = match text.strip_prefix("-- postgres\n") {
            Some(sql) => (true, sql),
            None => (false, text),
        };
        let params = params(sql, former);
        Sent { sql, only_postgres, params }
    };
    STATEMENTS.split_terminator(";\n").filter(|it| !it.trim().is_empty()).map(statement).collect()
}

/// A value for each place: that of the column it is compared with or goes into, out of one row of
/// the statement's table, so that reads and guards find something.
fn params(sql: &str, former: &Former) -> Vec<Option<Value>> {
    let words: Vec<&str> = sql
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|it| !it.is_empty())
        .collect();
    let tables = words.windows(2).filter_map(|pair| match *pair {
        ["FROM" | "INTO" | "JOIN" | "UPDATE", name] => {
            former.tables.iter().find(|table| table.name == name && !table.rows.is_empty())
        }
        _ => None,
    });
    let mut known: BTreeMap<&str, &Value> = BTreeMap::new();
    for table in tables {
        let row = table
            .rows
            .iter()
            .max_by_key(|row| row.iter().filter(|value| !matches!(value, Value::Null)).count());
        for (column, value) in table.columns.iter().zip(row.unwrap()) {
            known.entry(column).or_insert(value);
        }
    }
    let columns = columns_of_places(sql);
    let most = (1..=20).rev().find(|n| columns.contains_key(n) || holds(sql, *n)).unwrap_or(0);
    (1..=most).map(|n| Some((*known.get(columns.get(&n)?.as_str())?).clone())).collect()
}

fn holds(sql: &str, n: usize) -> bool {
    let place = format!("${n}");
    sql.match_indices(&place)
        .any(|(at, _)| !sql[at + place.len()..].starts_with(|c: char| c.is_ascii_digit()))
}

/// The column that each `$n` is compared with, set to or inserted into.
fn columns_of_places(sql: &str) -> BTreeMap<usize, String> {
    let mut found = BTreeMap::new();
    for (at, _) in sql.match_indices('$') {
        let number: String = sql[at + 1..].chars().take_while(char::is_ascii_digit).collect();
        let before = sql[..at].trim_end();
        let column = before.trim_end_matches(['=', '<', '>', '+', '-']).trim_end();
        let name: String =
            column.chars().rev().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if column.len() < before.len() && !name.is_empty() {
            found.entry(number.parse().unwrap()).or_insert(name.chars().rev().collect());
        }
    }
    if let Some(rest) = sql.strip_prefix("INSERT INTO ") {
        let (columns, values) = rest.split_once('(').unwrap().1.split_once(')').unwrap();
        let values = values.trim().trim_start_matches("VALUES").trim_start_matches("SELECT");
        for (column, value) in columns.split(',').zip(values.split(',')) {
            let place = value.trim().trim_matches(['(', ')', '\n', ' ']).strip_prefix('$');
            if let Some(place) = place.and_then(|place| place.parse().ok()) {
                found.insert(place, column.trim().to_owned());
            }
        }
    }
    found
}

fn on_sqlite(connection: &Connection, sent: &Sent) -> Answer {
    connection.execute_batch("BEGIN").unwrap();
    let answer = || {
        let mut statement = connection.prepare(sent.sql)?;
        for place in 1..=statement.parameter_count() {
            let name = statement.parameter_name(place).unwrap()[1..].parse::<usize>().unwrap();
            let value = sent.params.get(name - 1).cloned().flatten();
            statement.raw_bind_parameter(place, value.unwrap_or(Value::Int(5)))?;
        }
        if statement.readonly() {
            let (mut rows, mut count) = (statement.raw_query(), 0);
            while rows.next()?.is_some() {
                count += 1;
            }
            return Ok(count);
        }
        statement.raw_execute()
    };
    let answer = answer().map_or_else(|error| Answer::Refused(code(&error)), Answer::Rows);
    connection.execute_batch("ROLLBACK").unwrap();
    answer
}

fn code(error: &rusqlite::Error) -> String {
    match error.sqlite_error() {
        // The text names what is missing, never a value.
        Some(code) if code.extended_code == 1 => error.to_string(),
        Some(code) => code.extended_code.to_string(),
        None => error.to_string(),
    }
}

async fn on_postgres(client: &mut tokio_postgres::Client, sent: &Sent) -> Answer {
    let transaction = client.transaction().await.unwrap();
    let refused = |error: tokio_postgres::Error| {
        Answer::Refused(error.code().map_or_else(|| error.to_string(), |it| it.code().to_owned()))
    };
    let statement = match transaction.prepare(sent.sql).await {
        Ok(statement) => statement,
        Err(error) => return refused(error),
    };
    let values = statement.params().iter().enumerate().map(|(place, kind)| {
        let known = sent.params.get(place).cloned().flatten();
        match (known, kind) {
            (Some(Value::Null), _) => Value::Null,
            (Some(value @ Value::Int(_)), &(Type::INT8 | Type::INT4)) => value,
            (Some(value @ Value::Bytes(_)), &Type::BYTEA) => value,
            (Some(value @ Value::Text(_)), &(Type::TEXT | Type::VARCHAR)) => value,
            (_, &(Type::INT8 | Type::INT4)) => Value::Int(5),
            (_, &Type::BYTEA) => Value::Bytes(vec![]),
            _ => Value::from("5"),
        }
    });
    let values: Vec<Value> = values.collect();
    let places: Vec<&(dyn ToSql + Sync)> =
        values.iter().map(|value| -> &(dyn ToSql + Sync) { value }).collect();
    match transaction.execute(&statement, &places).await {
        Ok(rows) => Answer::Rows(usize::try_from(rows).unwrap()),
        Err(error) => refused(error),
    }
}

/// What a database answers to each statement of the former release.
async fn answers(options: &Options, sent: &[Sent]) -> Vec<Answer> {
    let mut answers = Vec::new();
    match options {
        Options::Sqlite { path } => {
            let connection = Connection::open(path).unwrap();
            let sent = sent.iter().filter(|it| !it.only_postgres);
            answers.extend(sent.map(|sent| on_sqlite(&connection, sent)));
        }
        Options::Postgres { url, .. } => {
            let mut client = postgres::pool(url, 1).unwrap().get().await.unwrap();
            for sent in sent {
                answers.push(on_postgres(&mut client, sent).await);
            }
        }
    }
    answers
}

/// Runs `check` on each engine with a maker of empty databases.
async fn each_engine(check: impl AsyncFn(&[Options; 2])) {
    let folder = tempfile::tempdir().unwrap();
    let file = |name| Options::Sqlite { path: folder.path().join(name) };
    check(&[file("former.db"), file("new.db")]).await;
    if let Ok(url) = std::env::var("PG_URL") {
        let empty = async || scratch::empty_postgres(&url).await.unwrap();
        let both: [Empty; 2] = [empty().await, empty().await];
        check(&[both[0].options.clone(), both[1].options.clone()]).await;
        for empty in both {
            empty.discard().await.unwrap();
        }
    }
}

/// Runs a statement that an operator would never run.
async fn spoil(options: &Options, sql: &str) {
    match options {
        Options::Sqlite { path } => Connection::open(path).unwrap().execute_batch(sql).unwrap(),
        Options::Postgres { url, .. } => {
            let client = postgres::pool(url, 1).unwrap().get().await.unwrap();
            client.batch_execute(sql).await.unwrap();
        }
    }
}

#[tokio::test]
async fn every_statement_of_the_former_release_is_answered_as_on_its_own_schema() {
    let former = Former::read(ROWS).unwrap();
    let sent = sent(&former);
    assert!(sent.len() > 150, "{}", sent.len());
    each_engine(async |[then, now]| {
        former.put_back(then, House::Former).await.unwrap();
        former.put_back(now, House::New).await.unwrap();
        let (then, now) = (answers(then, &sent).await, answers(now, &sent).await);
        let whole = sent.iter().filter(|it| then.len() == sent.len() || !it.only_postgres);
        for (sent, (then, now)) in whole.clone().zip(then.iter().zip(&now)) {
            assert_eq!(now, then, "{}", sent.sql);
        }
        // What is frozen is sound: many statements find or touch something, and no name is unknown.
        for (sent, then) in whole.zip(&then) {
            let unknown = matches!(then, Answer::Refused(code) if code.starts_with("42"));
            assert!(!unknown, "{} {then:?}", sent.sql);
        }
        let hits = then.iter().filter(|it| matches!(it, Answer::Rows(1..))).count();
        assert!(hits * 3 > then.len(), "{hits} of {}", then.len());
    })
    .await;
}

#[tokio::test]
async fn a_migration_that_takes_something_from_the_former_release_is_seen() {
    let former = Former::read(ROWS).unwrap();
    let sent = sent(&former);
    each_engine(async |[then, now]| {
        former.put_back(then, House::Former).await.unwrap();
        former.put_back(now, House::New).await.unwrap();
        let mut told = answers(then, &sent).await;
        for sql in [
            "ALTER TABLE account RENAME COLUMN login TO sign_in_name",
            "ALTER TABLE notice RENAME TO announcement",
        ] {
            spoil(now, sql).await;
            let after = answers(now, &sent).await;
            assert_ne!(after, told, "{sql}");
            told = after;
        }
    })
    .await;
}

#[test]
fn the_former_releases_migrations_are_those_of_this_version() {
    // refinery refuses a database whose migrations have other texts: they only grow.
    assert!(Former::read(ROWS).unwrap().schema <= migrate::known());
}
