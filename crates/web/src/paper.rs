//! Papers as they are read on a page (書類の見せ方): from a typed body to words in sections.
//!
//! Nothing here decides who may see what: what arrives here was opened by the one door.

mod benefit;
mod certificates;
mod opinion;
mod progress;
mod survey;

use jiff::civil::Date;
use tasuki_core::date::{wareki, wareki_day};
use tasuki_core::document::{Author, Body, Document};
use tasuki_core::insured::Personal;
use tasuki_core::provider::{ProviderNumber, ServiceType};
use tasuki_store::facts::Basics;

pub use benefit::balances;
pub use progress::{applications, request_line, running_progress};

use crate::page::person::{Paper, PaperRow, Section};
use crate::page::{Badge, Term, Tone, term};

/// What a paper says, in sections, with the hard words it uses.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) sections: Vec<Section>,
    pub(crate) terms: Vec<Term>,
}

/// A paper ready to be read on `day`; `before` is the one it is compared with.
pub fn paper(
    document: &Document<Body>,
    before: Option<&Document<Body>>,
    basics: &Basics,
    day: Date,
) -> Paper {
    let mut read = read(&document.body);
    if let Some(before) = before {
        mark_changes(&mut read.sections, &self::read(&before.body).sections);
    }
    Paper {
        title: document.kind.japanese().to_owned(),
        badge: Some(badge(document, day)),
        sections: read.sections,
        terms: read.terms,
        author: author_name(&document.author, basics),
        received_at: document.received_at,
        version: document.version,
        links: Vec::new(),
    }
}

fn read(body: &Body) -> Read {
    match body {
        Body::InsuredCertificate(body) => certificates::insured(body),
        Body::BurdenRatioCertificate(body) => certificates::ratio(body),
        Body::BurdenLimitCertificate(body) => certificates::limit(body),
        Body::BurdenReductionCertificate(body) => certificates::reduction(body),
        Body::SurveySheet(body) => survey::read(body),
        Body::AttendingPhysicianOpinion(body) => opinion::read(body),
        Body::HomeModificationUse(body) => benefit::home(body),
        Body::EquipmentPurchaseUse(body) => benefit::equipment(body),
        Body::CertificationProgress(body) => progress::read(body),
    }
}

/// What a paper says in a few words, for the history.
pub fn in_short(document: &Document<Body>) -> String {
    match &document.body {
        Body::InsuredCertificate(body) => {
            body.certified.as_ref().map_or("認定なし".to_owned(), |certified| {
                let until = wareki_day(certified.period.until);
                format!("{}（{until}まで）", certified.care_level.japanese())
            })
        }
        Body::BurdenRatioCertificate(body) => {
            format!("{}（{}まで）", body.first.ratio.japanese(), wareki_day(body.until()))
        }
        Body::BurdenLimitCertificate(body) => {
            format!("{}（{}まで）", body.stage.japanese(), wareki_day(body.expires_on))
        }
        Body::BurdenReductionCertificate(body) => body.kind.japanese().to_owned(),
        Body::SurveySheet(body) => format!("{}の調査", wareki_day(body.surveyed_on)),
        Body::AttendingPhysicianOpinion(body) => format!("{}に記入", wareki_day(body.written_on)),
        Body::HomeModificationUse(body) => body.kind.japanese().to_owned(),
        Body::EquipmentPurchaseUse(body) => body.kind.japanese().to_owned(),
        Body::CertificationProgress(body) => {
            format!("{}（{}に申請）", body.kind.japanese(), wareki_day(body.filed_on))
        }
    }
}

/// In force, over, or not yet begun; for papers without a period, the day of the paper.
fn badge(document: &Document<Body>, day: Date) -> Badge {
    match &document.body {
        Body::SurveySheet(body) => Badge::new(Tone::Key, wareki_day(body.surveyed_on)),
        Body::AttendingPhysicianOpinion(body) => Badge::new(Tone::Key, wareki_day(body.written_on)),
        Body::CertificationProgress(body) if body.is_closed(day) => {
            Badge::new(Tone::Plain, "終わった申請")
        }
        Body::CertificationProgress(_) => Badge::new(Tone::Key, "手続き中"),
        _ if document.valid_on(day) => Badge::new(Tone::Good, "有効"),
        _ if document.valid_from.is_some_and(|from| day < from) => {
            Badge::new(Tone::Key, "これから有効")
        }
        _ => Badge::new(Tone::Bad, "期限切れ"),
    }
}

/// Who made the paper, by name where the platform knows one.
fn author_name(author: &Author, basics: &Basics) -> String {
    match author {
        Author::InsuredPerson => "ご本人".to_owned(),
        Author::Insurer(number) if *number == basics.insurer.number => basics.insurer.name.clone(),
        Author::Insurer(number) => format!("保険者 {number}"),
        Author::Provider(number) => match basics.provider_names.get(number) {
            Some(name) => name.clone(),
            None => format!("事業所 {number}"),
        },
    }
}

/// Marks each row whose value differs from the row of the same name before.
fn mark_changes(sections: &mut [Section], before: &[Section]) {
    for section in sections {
        let Some(old) = before.iter().find(|old| old.heading == section.heading) else { continue };
        for row in &mut section.rows {
            let old = old.rows.iter().find(|old| old.label == row.label);
            row.changed = old.is_some_and(|old| old.value != row.value);
        }
    }
}

/// A section with rows.
pub(crate) fn section(heading: &str, rows: Vec<PaperRow>) -> Section {
    Section { heading: heading.to_owned(), rows, text: String::new() }
}

/// A section of running text.
pub(crate) fn text(heading: &str, text: impl Into<String>) -> Section {
    Section { heading: heading.to_owned(), rows: Vec::new(), text: text.into() }
}

/// 令和8年4月1日〜令和9年3月31日; an open end stays open.
pub(crate) fn period(from: Date, until: Option<Date>) -> String {
    format!("{}〜{}", wareki_day(from), until.map(wareki_day).unwrap_or_default())
}

/// A day, or a dash when there is none.
pub(crate) fn day(day: Option<Date>) -> String {
    day.map_or_else(|| "—".to_owned(), wareki)
}

/// A personal text, or a dash.
pub(crate) fn personal(text: Option<&Personal>) -> String {
    text.map_or_else(|| "—".to_owned(), |text| text.expose().to_owned())
}

/// Names joined as Japanese text joins them; `none` when there are none.
pub(crate) fn joined<'a>(words: impl IntoIterator<Item = &'a str>, none: &str) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    if words.is_empty() { none.to_owned() } else { words.join("、") }
}

/// Names of services.
pub(crate) fn services(services: &[ServiceType], none: &str) -> String {
    joined(services.iter().map(|service| service.name()), none)
}

/// An office by name, with its number when it is known.
pub(crate) fn named(name: &Personal, number: Option<&ProviderNumber>) -> String {
    match number {
        Some(number) => format!("{}（{number}）", name.expose()),
        None => name.expose().to_owned(),
    }
}

/// The terms of a paper.
pub(crate) fn terms(terms: &[Term]) -> Vec<Term> {
    terms.to_vec()
}

pub(crate) use term::{
    BURDEN_LIMIT, BURDEN_RATIO, CARE_LEVEL, CERTIFICATION_PERIOD, OPINION, REVIEW_BOARD,
    SURVEY_SHEET,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rows_of_the_same_name_and_part_are_compared() {
        let old = [section("1", vec![PaperRow::new("歩行", "できる")])];
        let mut new = vec![section(
            "1",
            vec![PaperRow::new("歩行", "できない"), PaperRow::new("立位", "できる")],
        )];
        mark_changes(&mut new, &old);
        let changed: Vec<bool> = new[0].rows.iter().map(|row| row.changed).collect();
        assert_eq!(changed, [true, false]);
    }
}
