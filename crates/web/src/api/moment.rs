//! Moments on the wire (日時): RFC 3339 in UTC with milliseconds, `2026-11-20T03:00:00.000Z`.

use std::fmt;

use serde::{Serialize, Serializer};
use tasuki_core::date::AtMs;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A moment as answers write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(pub AtMs);

impl From<AtMs> for Moment {
    fn from(at: AtMs) -> Self {
        Self(at)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = jiff::Timestamp::from_millisecond(self.0.0);
        write!(f, "{:.3}", moment.unwrap_or(jiff::Timestamp::UNIX_EPOCH))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        let text = ObjectBuilder::new().schema_type(Type::String).format(Some(format));
        let text = text.description(Some("日時（RFC 3339, UTC, ミリ秒）"));
        text.examples(["2026-11-20T03:00:00.000Z"]).into()
    }
}

impl ToSchema for Moment {}

/// A moment that a request names, in RFC 3339.
pub(super) fn parse(text: &str) -> Option<AtMs> {
    let moment: jiff::Timestamp = text.parse().ok()?;
    Some(AtMs(moment.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_with_milliseconds_and_read_back() {
        let at = AtMs(1_779_408_000_005);
        let text = Moment(at).to_string();
        assert!(text.ends_with(":00:00.005Z"), "{text}");
        assert_eq!(parse(&text), Some(at));
        assert_eq!(parse("2026-11-20"), None);
    }
}
