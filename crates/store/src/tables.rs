//! Every table and where its rows live when one machine is too small (表の置き場所).
//!
//! Tests hold this list against the catalogues of both engines: a table that is not here fails
//! them, and so does one of persons whose keys do not begin with the insurer's number.

/// Where the rows of a table live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// With their insurer: every key begins with `insurer_number`, and no row of another insurer
    /// is needed to read one. Partitioned, or distributed, by that column.
    Insurer,
    /// Everywhere, because rows of every insurer are read together with them.
    Everywhere(&'static str),
    /// On one machine, because they are found before the insurer is known; why nobody is named in
    /// them readably.
    Centre(&'static str),
}

/// One table.
#[derive(Debug, Clone, Copy)]
pub struct Listed {
    /// Its name.
    pub name: &'static str,
    /// Where its rows live.
    pub home: Home,
}

const fn of_insurer(name: &'static str) -> Listed {
    Listed { name, home: Home::Insurer }
}

const fn everywhere(name: &'static str, why: &'static str) -> Listed {
    Listed { name, home: Home::Everywhere(why) }
}

const fn centre(name: &'static str, why: &'static str) -> Listed {
    Listed { name, home: Home::Centre(why) }
}

/// All tables; the record of migrations is refinery's own.
pub const TABLES: &[Listed] = &[
    of_insurer("insured_person"),
    of_insurer("document"),
    of_insurer("consent"),
    of_insurer("assignment"),
    of_insurer("protection_block"),
    of_insurer("service_use"),
    of_insurer("service_record"),
    of_insurer("emergency"),
    of_insurer("delegate"),
    of_insurer("objection"),
    of_insurer("certification_step"),
    of_insurer("certification_day"),
    of_insurer("transfer"),
    of_insurer("transfer_file"),
    of_insurer("transfer_finding"),
    of_insurer("transfer_seen"),
    of_insurer("event"),
    everywhere("insurer", "1,741 rows; every look reads its insurer's generation"),
    everywhere("insurer_key", "one sealed key for each insurer"),
    everywhere("insurer_average", "four rows for each insurer, of no person"),
    everywhere("disaster", "decisions about a region, not about a person"),
    everywhere("provider", "offices and institutions"),
    everywhere("account", "staff, by login and id, for all insurers"),
    everywhere("membership", "what staff may do"),
    everywhere("device", "certificates of offices"),
    everywhere("setting", "settings of the platform"),
    centre("session", "found by the hash of a token; a citizen in it is sealed"),
    centre("wrong_tries", "keyed digests of what was typed"),
    centre(
        "card_check",
        "found by device; whom the card belongs to is sealed, and goes in minutes",
    ),
    centre("notice", "codes for an organisation, without a person"),
    centre("rate", "counts of tries"),
    centre(
        "idempotency",
        "found by the sender's key; a personal answer is sealed, and goes in a day",
    ),
    centre("event_head", "one row: the head of the one log"),
];

/// Names of the tables whose rows live with their insurer.
pub(crate) fn of_insurers() -> impl Iterator<Item = &'static str> {
    TABLES.iter().filter(|table| table.home == Home::Insurer).map(|table| table.name)
}
