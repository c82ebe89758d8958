//! Distribution over many machines by Citus (分散): the tables of persons by insurer.
//!
//! Citus is not part of the distributions that Tasuki is tested on: the statements below follow
//! its documentation and have not run against it. What is tested is that nothing happens without
//! it, and that every table is named in exactly one statement.

use crate::db::Options;
use crate::error::StoreError;
use crate::postgres;
use crate::tables::{Home, Listed, TABLES};

/// Why nothing was distributed.
#[derive(Debug, thiserror::Error)]
pub enum DistributeError {
    /// SQLite is one file.
    #[error("only PostgreSQL with the extension citus is distributed")]
    NotPostgres,
    /// The extension is not there.
    #[error("this database has no extension citus: install it, then CREATE EXTENSION citus")]
    NoCitus,
    /// A table is partitioned; Citus cuts tables itself.
    #[error(
        "the tables are partitioned; citus cuts plain tables: use a database without partitions"
    )]
    Partitioned,
    /// The database failed.
    #[error("the database failed")]
    Store(#[from] StoreError),
}

impl From<tokio_postgres::Error> for DistributeError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Store(error.into())
    }
}

const HAS_CITUS: &str = "SELECT count(extname) FROM pg_extension WHERE extname = 'citus'";
const PARTITIONED: &str = "SELECT count(partrelid) FROM pg_partitioned_table";

/// Distributes the tables of persons by insurer, side by side, and copies the others to every
/// machine; how many tables were moved.
///
/// # Errors
///
/// [`DistributeError`]; then nothing has changed.
pub async fn distribute(options: &Options) -> Result<usize, DistributeError> {
    let Options::Postgres { url, .. } = options else { return Err(DistributeError::NotPostgres) };
    let pool = postgres::pool(url, 1)?;
    let mut client = pool.get().await.map_err(StoreError::from)?;
    let transaction = client.transaction().await?;
    let count = async |sql| -> Result<i64, tokio_postgres::Error> {
        transaction.query_one(sql, &[]).await?.try_get(0)
    };
    if count(HAS_CITUS).await? == 0 {
        return Err(DistributeError::NoCitus);
    }
    if count(PARTITIONED).await? > 0 {
        return Err(DistributeError::Partitioned);
    }
    let statements: Vec<String> = TABLES.iter().filter_map(statement).collect();
    for statement in &statements {
        transaction.batch_execute(statement).await?;
    }
    transaction.commit().await?;
    Ok(statements.len())
}

/// All tables of persons stand where this one stands.
const BESIDE: &str = "insured_person";

fn statement(table: &Listed) -> Option<String> {
    let Listed { name, home } = table;
    match home {
        Home::Insurer if *name == BESIDE => {
            Some(format!("SELECT create_distributed_table('{name}', 'insurer_number')"))
        }
        Home::Insurer => Some(format!(
            "SELECT create_distributed_table('{name}', 'insurer_number', \
             colocate_with => '{BESIDE}')"
        )),
        Home::Everywhere(_) => Some(format!("SELECT create_reference_table('{name}')")),
        // It stays on the coordinator.
        Home::Centre(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch;

    #[tokio::test]
    async fn without_the_extension_nothing_happens_and_the_answer_says_what_to_do() {
        let sqlite = scratch::sqlite().await.unwrap();
        let refused = distribute(&sqlite.options).await;
        assert!(matches!(refused, Err(DistributeError::NotPostgres)));
        let Ok(url) = std::env::var("PG_URL") else { return };
        let scratch = scratch::postgres(&url).await.unwrap();
        let refused = distribute(&scratch.options).await.unwrap_err();
        assert!(refused.to_string().contains("CREATE EXTENSION citus"), "{refused}");
        scratch.discard().await.unwrap();
    }

    #[test]
    fn the_first_table_is_the_one_that_others_stand_beside() {
        let statements: Vec<String> = TABLES.iter().filter_map(statement).collect();
        assert!(statements[0].ends_with("('insured_person', 'insurer_number')"));
        let beside = statements.iter().filter(|it| it.contains("colocate_with")).count();
        assert_eq!(beside, crate::tables::of_insurers().count() - 1);
    }
}
