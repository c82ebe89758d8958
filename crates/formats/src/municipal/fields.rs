//! Fields of the nested kinds, as the protocol prints them.

use super::RecordKind;

/// One field of a JSON line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Path in the line; `[]` for each element of a list.
    pub path: &'static str,
    /// Japanese term.
    pub japanese: &'static str,
    /// Type: `date`, `text`, `number`, `object`, `list`, or the name of a code list.
    pub kind: &'static str,
    /// Further rule in words; empty when there is none.
    pub rule: &'static str,
}

/// Fields of the body of a nested kind, in order; none for flat kinds.
pub fn fields(kind: RecordKind) -> Vec<Field> {
    let table = match kind {
        RecordKind::CertificationProgress => include_str!("fields/certification_progress.tsv"),
        RecordKind::SurveySheet => include_str!("fields/survey_sheet.tsv"),
        RecordKind::PhysicianOpinion => include_str!("fields/physician_opinion.tsv"),
        _ => "",
    };
    let field = |line: &'static str| {
        let mut cells = line.split('\t');
        Some(Field {
            path: cells.next()?,
            japanese: cells.next()?,
            kind: cells.next()?,
            rule: cells.next()?,
        })
    };
    table.lines().filter_map(field).collect()
}
