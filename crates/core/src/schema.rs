//! How values are written, for the API's description (APIの説明): JSON Schema of what serde says.
//!
//! Structs derive theirs; here stand the values that are written as one text, the enums of words,
//! and the answers of the survey.

use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};

pub use utoipa::openapi::{RefOr, Schema};
pub use utoipa::{PartialSchema, ToSchema};

use crate::account::Organisation;
use crate::insured::{InsuredNumber, Personal};
use crate::insurer::InsurerNumber;
use crate::provider::{ProviderNumber, ServiceType};
use crate::survey::{SurveyAnswers, SurveyItem, survey_items};
use crate::word::Word;

/// The schema of an enum of words: each word with its Japanese term.
pub fn of_words<W: Word>(japanese: fn(W) -> &'static str) -> RefOr<Schema> {
    let each = W::ALL.iter().map(|value| format!("`{}` {}", value.word(), japanese(*value)));
    let text = each.collect::<Vec<_>>().join("、");
    let words = W::ALL.iter().map(|value| value.word());
    let schema = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words));
    schema.description(Some(text)).into()
}

/// A text of one pattern.
fn text(description: &str, pattern: &str, example: &str) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String).description(Some(description));
    text.pattern(Some(pattern)).examples([example]).into()
}

/// Types that are written as one text: name, Japanese, pattern, example.
macro_rules! texts {
    ($($name:ident: $japanese:literal, $pattern:literal, $example:literal;)+) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                text($japanese, $pattern, $example)
            }
        }

        impl ToSchema for $name {}
    )+};
}

texts! {
    InsurerNumber: "保険者番号（最後の桁は検証番号）", "^[0-9]{6}$", "990010";
    InsuredNumber: "被保険者番号", "^[0-9H][0-9]{9}$", "0000123456";
    ProviderNumber: "事業所番号・医療機関番号", "^[0-9]{2}[0-9A-Z][0-9]{7}$", "9970000001";
    ServiceType: "サービス種類コード", "^[0-9A-Z]{2}$", "43";
    Organisation:
        "所属（事業所・保険者・審査会・運営者）",
        "^(provider:[0-9]{2}[0-9A-Z][0-9]{7}|insurer:[0-9]{6}|review_board:[0-9]{6}|operator)$",
        "provider:9970000001";
}

impl PartialSchema for Personal {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).description(Some("個人の文")).into()
    }
}

impl ToSchema for Personal {}

/// One question of the basic survey: the codes of its choices.
fn answer(question: &SurveyItem) -> ArrayBuilder {
    let each = question.choices.iter().zip(1..).map(|(choice, code)| format!("{code} {choice}"));
    let text = format!("{}: {}", question.label, each.collect::<Vec<_>>().join("、"));
    let codes = 1..=u8::try_from(question.choices.len()).unwrap_or(u8::MAX);
    let code = ObjectBuilder::new().schema_type(Type::Integer).enum_values(Some(codes));
    ArrayBuilder::new().items(code).description(Some(text))
}

impl PartialSchema for SurveyAnswers {
    fn schema() -> RefOr<Schema> {
        let whole =
            ObjectBuilder::new().description(Some("基本調査の回答: 選んだ番号を項目ごとに"));
        let with = |whole: ObjectBuilder, question: &SurveyItem| {
            whole.property(question.number, answer(question)).required(question.number)
        };
        survey_items().iter().fold(whole, with).into()
    }
}

impl ToSchema for SurveyAnswers {}
