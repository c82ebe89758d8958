//! Transfers of municipal files (市町村からのデータ): rows of `transfer`, its files and findings.

use crate::dialect::{Column, Conflict, Table};

/// Keys that a full set has named.
pub static SEEN: Table = Table::new(
    "transfer_seen",
    Conflict::Keep,
    &[
        ("insurer_number", Column::Text),
        ("sequence", Column::Int),
        ("insured_number", Column::Text),
        ("kind", Column::Text),
        ("series", Column::Text),
    ],
);
