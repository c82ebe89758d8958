//! Care offices and medical institutions (事業所・医療機関): rows of `provider`.

use tasuki_core::provider::{Provider, ProviderNumber, ServiceType};

use crate::dialect::{Column, Conflict, Table};
use crate::error::StoreError;
use crate::{Change, Db, Row, Value, params};

/// An office as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredProvider {
    /// The office.
    pub provider: Provider,
    /// Grows by one with every change.
    pub version: i64,
}

/// Many new offices at once; those whose number is known stay as they are.
pub static MANY: Table = Table::new(
    "provider",
    Conflict::Keep,
    &[
        ("number", Column::Text),
        ("name", Column::Text),
        ("kana", Column::Text),
        ("is_medical", Column::Int),
        ("services", Column::Text),
        ("corporation_number", Column::Text),
        ("corporation_name", Column::Text),
        ("address", Column::Text),
        ("phone", Column::Text),
        ("active", Column::Int),
        ("version", Column::Int),
    ],
);

/// Adds an office; duplicate when its number is known.
pub fn add(provider: &Provider) -> Change {
    Change::new().with(
        "INSERT INTO provider (number, name, kana, is_medical, services, corporation_number,
                               corporation_name, address, phone, active, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        row_of(provider),
    )
}

/// Saves an office, if its version is still the stored one.
pub fn update(stored: &StoredProvider) -> Change {
    let mut values = row_of(&stored.provider);
    values.pop();
    values.push(Value::Int(stored.version));
    Change::new().with_one(
        "UPDATE provider
            SET name = $2, kana = $3, is_medical = $4, services = $5, corporation_number = $6,
                corporation_name = $7, address = $8, phone = $9, active = $10,
                version = version + 1
          WHERE number = $1 AND version = $11",
        values,
    )
}

/// Adds many offices; those whose number is known stay as they are.
///
/// # Errors
///
/// [`StoreError`] when the database fails; then none is added.
pub async fn add_many(db: &Db, providers: &[Provider]) -> Result<(), StoreError> {
    db.insert_many(&MANY, providers.iter().map(row_of).collect()).await
}

/// The office of a number.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn get(db: &Db, number: &ProviderNumber) -> Result<Option<StoredProvider>, StoreError> {
    let sql = "SELECT number, name, kana, is_medical, services, corporation_number,
                      corporation_name, address, phone, active, version
                 FROM provider
                WHERE number = $1
                LIMIT 1";
    db.row(sql, params![number]).await?.map(stored).transpose()
}

/// Offices with numbers from `first` to `last` (both included), by number.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn between(
    db: &Db,
    first: &ProviderNumber,
    last: &ProviderNumber,
    limit: i64,
) -> Result<Vec<StoredProvider>, StoreError> {
    let sql = "SELECT number, name, kana, is_medical, services, corporation_number,
                      corporation_name, address, phone, active, version
                 FROM provider
                WHERE number >= $1 AND number <= $2
                ORDER BY number
                LIMIT $3";
    db.rows(sql, params![first, last, limit]).await?.into_iter().map(stored).collect()
}

/// Active offices whose name holds `name` and whose reading begins with `kana`, by reading; an
/// empty text fits every office.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn search(
    db: &Db,
    name: &str,
    kana: &str,
    limit: i64,
) -> Result<Vec<StoredProvider>, StoreError> {
    let sql = "SELECT number, name, kana, is_medical, services, corporation_number,
                      corporation_name, address, phone, active, version
                 FROM provider
                WHERE active = 1 AND name LIKE $1 ESCAPE '!' AND kana LIKE $2 ESCAPE '!'
                ORDER BY kana, number
                LIMIT $3";
    let held = format!("%{}%", escaped(name));
    let begun = format!("{}%", escaped(kana));
    db.rows(sql, params![held, begun, limit]).await?.into_iter().map(stored).collect()
}

/// Offices for the operator, stopped ones included: whose number begins with `number`, whose name
/// holds `name` and whose reading begins with `kana`; an empty text fits every office.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn search_all(
    db: &Db,
    number: &str,
    name: &str,
    kana: &str,
    limit: i64,
) -> Result<Vec<StoredProvider>, StoreError> {
    let sql = "SELECT number, name, kana, is_medical, services, corporation_number,
                      corporation_name, address, phone, active, version
                 FROM provider
                WHERE number LIKE $1 ESCAPE '!' AND name LIKE $2 ESCAPE '!'
                  AND kana LIKE $3 ESCAPE '!'
                ORDER BY kana, number
                LIMIT $4";
    let begun = |text: &str| format!("{}%", escaped(text));
    let held = format!("%{}%", escaped(name));
    db.rows(sql, params![begun(number), held, begun(kana), limit])
        .await?
        .into_iter()
        .map(stored)
        .collect()
}

/// Offices of a corporation, by number, stopped ones included.
///
/// # Errors
///
/// [`StoreError`] when the database fails.
pub async fn of_corporation(
    db: &Db,
    corporation_number: &str,
) -> Result<Vec<StoredProvider>, StoreError> {
    let sql = "SELECT number, name, kana, is_medical, services, corporation_number,
                      corporation_name, address, phone, active, version
                 FROM provider
                WHERE corporation_number = $1
                ORDER BY number
                LIMIT 5000";
    db.rows(sql, params![corporation_number]).await?.into_iter().map(stored).collect()
}

/// Text for LIKE in which nothing is a wildcard.
fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

fn row_of(provider: &Provider) -> Vec<Value> {
    let codes: Vec<_> = provider.services.iter().map(|service| service.code()).collect();
    params![
        &provider.number,
        provider.name.as_str(),
        provider.kana.as_str(),
        provider.is_medical,
        codes.join(" "),
        provider.corporation_number.as_deref(),
        provider.corporation_name.as_str(),
        provider.address.as_str(),
        provider.phone.as_str(),
        provider.active,
        1_i64,
    ]
}

fn stored(row: Row) -> Result<StoredProvider, StoreError> {
    let mut row = row.of("provider");
    let provider = optional(&mut row)?.ok_or_else(|| row.corrupt("number"))?;
    Ok(StoredProvider { provider, version: row.int("version")? })
}

/// The columns `number` to `active` of an outer join: nothing when there is no such office.
pub(crate) fn optional(row: &mut Row) -> Result<Option<Provider>, StoreError> {
    let Some(number) = row.optional_text("number")? else { return Ok(None) };
    Ok(Some(Provider {
        number: ProviderNumber::parse(&number).map_err(|_| row.corrupt("number"))?,
        name: row.text("name")?,
        kana: row.text("kana")?,
        is_medical: row.flag("is_medical")?,
        services: row.parsed("services", services)?,
        corporation_number: row.optional_text("corporation_number")?,
        corporation_name: row.text("corporation_name")?,
        address: row.text("address")?,
        phone: row.text("phone")?,
        active: row.flag("active")?,
    }))
}

fn services(text: &str) -> Result<Vec<ServiceType>, tasuki_core::provider::UnknownServiceType> {
    text.split_whitespace().map(ServiceType::parse).collect()
}
