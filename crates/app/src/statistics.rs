//! Who looks how often (閲覧の統計): counts alone, and none so small that it points at a person.

use tasuki_core::account::Organisation;
use tasuki_core::date::{AtMs, DAY_MS};
use tasuki_store::statistics as rows;

use crate::caller::Staff;
use crate::queue;
use crate::{App, AppError};

/// Counts below this are not told (秘匿).
pub const LEAST: i64 = 10;

/// A count, or only that it is small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// The count.
    Of(i64),
    /// Between 1 and [`LEAST`] − 1.
    Few,
}

impl Count {
    fn of(count: i64) -> Self {
        if (1..LEAST).contains(&count) { Self::Few } else { Self::Of(count) }
    }
}

/// Looks of one organisation at the insurer's persons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looks {
    /// Who; `None` for the persons themselves and their delegates.
    pub organisation: Option<Organisation>,
    /// Name of the office, when it is one and known.
    pub name: Option<String>,
    /// How often.
    pub looks: Count,
    /// How many persons.
    pub persons: Count,
}

/// Looks at the insurer's persons in the `days` days up to now, by organisation, most first.
///
/// # Errors
///
/// [`AppError::Denied`] for anybody but the insurer's staff, [`AppError::Invalid`] for less than
/// one or more than 366 days.
pub async fn looks(app: &App, staff: &Staff, days: i64, now: AtMs) -> Result<Vec<Looks>, AppError> {
    let insurer = queue::insurer(staff)?;
    if !(1..=366).contains(&days) {
        return Err(AppError::invalid("days", "setting-range"));
    }
    let from = now.plus_ms(-days * DAY_MS);
    let found = rows::looks(&app.db, insurer, from, now, 1_000).await?;
    let suppressed = |looks: rows::Looks| Looks {
        organisation: looks.organisation,
        name: looks.name,
        looks: Count::of(looks.looks),
        persons: Count::of(looks.persons),
    };
    Ok(found.into_iter().map(suppressed).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_counts_are_not_told() {
        assert_eq!(Count::of(0), Count::Of(0));
        assert_eq!(Count::of(1), Count::Few);
        assert_eq!(Count::of(9), Count::Few);
        assert_eq!(Count::of(10), Count::Of(10));
    }
}
