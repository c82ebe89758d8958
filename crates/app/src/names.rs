//! Names of organisations (事業所・保険者の名前): public, so they need no grant.

use std::collections::{BTreeSet, HashMap};

use tasuki_core::account::Organisation;
use tasuki_store::{insurer, provider};

use crate::{App, AppError};

/// The name of an organisation; its number where the platform does not know it.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn of(app: &App, organisation: &Organisation) -> Result<String, AppError> {
    let known = known(app, organisation).await?;
    Ok(known.unwrap_or_else(|| organisation.number().to_owned()))
}

/// The platform does not know the organisation.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn is_unknown(app: &App, organisation: &Organisation) -> Result<bool, AppError> {
    Ok(known(app, organisation).await?.is_none())
}

async fn known(app: &App, organisation: &Organisation) -> Result<Option<String>, AppError> {
    Ok(match organisation {
        Organisation::Provider(number) => {
            provider::get(&app.db, number).await?.map(|known| known.provider.name)
        }
        Organisation::Insurer(number) => {
            insurer::get(&app.db, number).await?.map(|known| known.insurer.name)
        }
        Organisation::ReviewBoard(number) => {
            let known = insurer::get(&app.db, number).await?;
            known.map(|known| format!("{} 介護認定審査会", known.insurer.name))
        }
        Organisation::Operator => Some("運営者".to_owned()),
    })
}

/// The names of several organisations, each looked up once.
///
/// # Errors
///
/// [`AppError::Unavailable`] when the database fails.
pub async fn of_all(
    app: &App,
    organisations: Vec<Organisation>,
) -> Result<HashMap<Organisation, String>, AppError> {
    let distinct: BTreeSet<Organisation> = organisations.into_iter().collect();
    let mut names = HashMap::with_capacity(distinct.len());
    for organisation in distinct {
        let name = of(app, &organisation).await?;
        names.insert(organisation, name);
    }
    Ok(names)
}
