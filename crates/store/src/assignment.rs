//! Offices in charge (担当事業所登録): rows of `assignment` with the months of `service_use`.

use tasuki_core::assignment::{Assignment, AssignmentEnder, IdentityCheck};
use tasuki_core::date::{AtMs, YearMonth};
use tasuki_core::insured::{InsuredNumber, PersonKey};
use tasuki_core::insurer::InsurerNumber;
use tasuki_core::opinion::request::RequestedOpinion;
use tasuki_core::provider::ProviderNumber;
use tasuki_core::word::Word;
use tasuki_policy::ListGrant;

use crate::Db;
use crate::db::Change;
use crate::error::StoreError;
use crate::params;
use crate::row::Row;
use crate::seal::SealKey;

/// Where what an opinion request says is sealed.
pub fn place(person: &PersonKey, id: &str) -> String {
    format!("assignment/{}/{}/{id}", person.insurer, person.insured.expose())
}

/// What the opinion request of the registration `id` says.
///
/// # Errors
///
/// [`StoreError::Corrupt`] when it does not open.
pub fn request(
    sealed: &[u8],
    person: &PersonKey,
    id: &str,
    key: &SealKey,
) -> Result<RequestedOpinion, StoreError> {
    let corrupt = || StoreError::Corrupt { table: "assignment", column: "body" };
    let body = key.open(place(person, id).as_bytes(), sealed).map_err(|_| corrupt())?;
    serde_json::from_slice(&body).map_err(|_| corrupt())
}

/// The registration of a row: id, office, check, newest month of service, begin and end.
pub(crate) fn from_row(row: &mut Row, person: PersonKey) -> Result<Assignment, StoreError> {
    let id = row.text("id")?;
    let provider = row.parsed("provider_number", ProviderNumber::parse)?;
    let identity: IdentityCheck = row.word("identity_check")?;
    let month = row.optional_text("month")?;
    let last_service_month = month
        .map(|month| YearMonth::parse(&month).ok_or_else(|| row.corrupt("month")))
        .transpose()?;
    let started_at = row.at("started_at_ms")?;
    let ended_at = row.optional_at("ended_at_ms")?;
    Ok(Assignment { id, person, provider, identity, started_at, ended_at, last_service_month })
}

/// The registrations of the office of `grant` that were not ended by hand, oldest person first;
/// empty for an organisation that is not an office.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn of_provider(
    db: &Db,
    grant: &ListGrant,
    limit: u16,
) -> Result<Vec<Assignment>, StoreError> {
    let tasuki_core::document::Author::Provider(provider) = grant.organisation() else {
        return Ok(vec![]);
    };
    let rows = db
        .rows(
            "SELECT a.insurer_number, a.insured_number, a.id,
                    a.provider_number, a.identity_check,
                    (SELECT max(s.month) FROM service_use s
                      WHERE s.insurer_number = a.insurer_number
                        AND s.insured_number = a.insured_number
                        AND s.provider_number = a.provider_number
                        AND s.ended_at_ms IS NULL
                        AND s.generation <= i.generation),
                    a.started_at_ms, a.ended_at_ms
               FROM assignment a
               JOIN insurer i ON i.number = a.insurer_number
              WHERE a.provider_number = $1 AND a.ended_at_ms IS NULL
                AND a.generation <= i.generation
              ORDER BY a.insurer_number, a.insured_number, a.started_at_ms
              LIMIT $2",
            params![provider, i64::from(limit)],
        )
        .await?;
    let assignment = |row: Row| {
        let mut row = row.of("assignment");
        let insurer = row.parsed("insurer_number", InsurerNumber::parse)?;
        let insured = row.parsed("insured_number", InsuredNumber::parse)?;
        from_row(&mut row, PersonKey { insurer, insured })
    };
    rows.into_iter().map(assignment).collect()
}

/// Registers an office as in charge.
pub fn start(assignment: &Assignment) -> Change {
    Change::new().with_one(
        "INSERT INTO assignment (insurer_number, insured_number, id, generation,
                provider_number, identity_check, started_at_ms, version)
         VALUES ($1, $2, $3, 0, $4, $5, $6, 1)",
        params![
            &assignment.person.insurer,
            &assignment.person.insured,
            &*assignment.id,
            &assignment.provider,
            assignment.identity.word(),
            assignment.started_at,
        ],
    )
}

/// Ends a registration; [`StoreError::Stale`] on commit when it had ended already.
pub fn end(person: &PersonKey, id: &str, by: AssignmentEnder, at: AtMs) -> Change {
    Change::new().with_one(
        "UPDATE assignment
            SET ended_at_ms = $4, ended_by = $5, version = version + 1
          WHERE insurer_number = $1 AND insured_number = $2 AND id = $3
            AND ended_at_ms IS NULL",
        params![&person.insurer, &person.insured, id, at, by.word()],
    )
}
