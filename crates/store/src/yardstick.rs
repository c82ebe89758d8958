//! The yardstick of the look benchmark: one indexed read, and nothing around it.
//!
//! The rows are a finished answer each, the same for every person, in a table that only a
//! benchmark makes: no migration knows it.

use tasuki_core::insured::{InsuredNumber, PersonKey};
use tasuki_core::insurer::InsurerNumber;

use crate::dialect::{Column, Conflict, Table};
use crate::error::StoreError;
use crate::{Change, Db, params};

static ANSWER: Table = Table::new(
    "yardstick",
    Conflict::Fail,
    &[("insurer_number", Column::Text), ("insured_number", Column::Text), ("body", Column::Text)],
);

/// Rows that are written together.
const CHUNK: usize = 500;

/// Makes the table in a scratch database and gives `answer` to each of `persons`.
///
/// # Errors
///
/// [`StoreError`] when the database fails or has such a table.
pub async fn fill(
    db: &Db,
    insurer: &InsurerNumber,
    persons: &[InsuredNumber],
    answer: &str,
) -> Result<(), StoreError> {
    let table = Change::new().with(
        "CREATE TABLE yardstick (
             insurer_number  TEXT NOT NULL,
             insured_number  TEXT NOT NULL,
             body            TEXT NOT NULL,
             PRIMARY KEY (insurer_number, insured_number)
         )",
        vec![],
    );
    db.commit(table).await?;
    for chunk in persons.chunks(CHUNK) {
        let row = |insured: &InsuredNumber| params![insurer, insured, answer];
        db.insert_many(&ANSWER, chunk.iter().map(row).collect()).await?;
    }
    Ok(())
}

/// The answer of a person, by its key.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn read(db: &Db, person: &PersonKey) -> Result<Option<String>, StoreError> {
    let sql = "SELECT body
                 FROM yardstick
                WHERE insurer_number = $1 AND insured_number = $2
                LIMIT 1";
    let row = db.row(sql, params![&person.insurer, &person.insured]).await?;
    row.map(|row| row.of("yardstick").text("body")).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch;

    #[tokio::test]
    async fn the_answer_of_a_person_is_found() {
        scratch::for_each_database(async |db| {
            let insurer = InsurerNumber::with_check_digit("99001").unwrap();
            let insured = InsuredNumber::parse("0000000001").unwrap();
            fill(db, &insurer, std::slice::from_ref(&insured), "{}").await.unwrap();
            let mut person = PersonKey { insurer, insured };
            assert_eq!(read(db, &person).await.unwrap().as_deref(), Some("{}"));
            person.insured = InsuredNumber::parse("0000000002").unwrap();
            assert_eq!(read(db, &person).await.unwrap(), None);
        })
        .await;
    }
}
