//! The ledger of one person's consents (同意台帳), with those in charge.

use tasuki_core::date::AtMs;
use tasuki_core::event::{Action, Outcome};
use tasuki_core::insured::PersonKey;
use tasuki_store::Change;
use tasuki_store::facts::Basics;

use crate::access::{self, Visitor};
use crate::{App, AppError, look};

/// Who the person is, their consents and the offices in charge, without any paper.
///
/// # Errors
///
/// [`AppError::NotFound`] when the person is not held or the visitor may not know it.
pub async fn open(
    app: &App,
    visitor: &Visitor,
    person: &PersonKey,
    now: AtMs,
) -> Result<Basics, AppError> {
    let examined = access::examine(app, visitor, person, now).await?;
    let purpose = look::usual_purpose(visitor);
    let mut event = access::event(visitor, person, Action::Look, purpose, Outcome::Allowed, now);
    event.note = Some("consents".to_owned());
    match &examined.basics {
        Ok(grant) if examined.facts.exists() => {
            let recorded = app.db.commit(Change::event(event)).await?;
            let basics = examined.facts.basics(grant).ok_or(AppError::NotFound)?;
            Ok(basics.open(&recorded))
        }
        refused => {
            let gate = refused.as_ref().err().copied();
            event.outcome = gate.map_or(Outcome::Failed, Outcome::Refused);
            app.db.commit(Change::event(event)).await?;
            Err(AppError::NotFound)
        }
    }
}
