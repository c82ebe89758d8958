//! Names of files: `TASUKI_990010_insured_person_full_000001.csv`.

use std::fmt;

use tasuki_core::insurer::InsurerNumber;
use tasuki_core::word::Word;

use super::finding::Rule;
use super::{RecordKind, Scope};

/// What the name of a file says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName {
    /// Who sends.
    pub insurer: InsurerNumber,
    /// What it holds.
    pub kind: RecordKind,
    /// All, or changes.
    pub scope: Scope,
    /// Number of the transfer, growing by one: 1–999999.
    pub sequence: u32,
}

/// Largest number of a transfer.
const SEQUENCE_MAX: u32 = 999_999;

impl FileName {
    /// Reads a name without folders.
    ///
    /// # Errors
    ///
    /// [`Rule::FileName`], or [`Rule::InsurerNumber`] when only that part is wrong.
    pub fn parse(name: &str) -> Result<Self, Rule> {
        let (stem, extension) = name.rsplit_once('.').ok_or(Rule::FileName)?;
        let rest = stem.strip_prefix("TASUKI_").ok_or(Rule::FileName)?;
        let (insurer, rest) = rest.split_once('_').ok_or(Rule::FileName)?;
        let (rest, sequence) = rest.rsplit_once('_').ok_or(Rule::FileName)?;
        let (kind, scope) = rest.rsplit_once('_').ok_or(Rule::FileName)?;
        let kind = RecordKind::from_word(kind).ok_or(Rule::FileName)?;
        let scope = Scope::from_word(scope).ok_or(Rule::FileName)?;
        let digits = sequence.len() == 6 && sequence.bytes().all(|byte| byte.is_ascii_digit());
        let number: u32 = sequence.parse().map_err(|_| Rule::FileName)?;
        if !digits || number == 0 || extension != kind.extension() {
            return Err(Rule::FileName);
        }
        let insurer = InsurerNumber::parse(insurer).map_err(|_| Rule::InsurerNumber)?;
        Ok(Self { insurer, kind, scope, sequence: number.min(SEQUENCE_MAX) })
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { insurer, kind, scope, sequence } = self;
        let (kind_word, scope) = (kind.word(), scope.word());
        write!(f, "TASUKI_{insurer}_{kind_word}_{scope}_{sequence:06}.{}", kind.extension())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for kind in RecordKind::ALL {
            for scope in Scope::ALL {
                let insurer = InsurerNumber::with_check_digit("99001").unwrap();
                let name = FileName { insurer, kind: *kind, scope: *scope, sequence: 17 };
                assert_eq!(FileName::parse(&name.to_string()), Ok(name));
            }
        }
    }

    #[test]
    fn other_names_are_refused() {
        for bad in [
            "insured_person.csv",
            "TASUKI_990010_insured_person_full_000001.jsonl",
            "TASUKI_990010_insured_person_all_000001.csv",
            "TASUKI_990010_unknown_full_000001.csv",
            "TASUKI_990010_insured_person_full_1.csv",
            "TASUKI_990010_insured_person_full_000000.csv",
            "tasuki_990010_insured_person_full_000001.csv",
        ] {
            assert_eq!(FileName::parse(bad), Err(Rule::FileName), "{bad}");
        }
        let check_digit = "TASUKI_990011_insured_person_full_000001.csv";
        assert_eq!(FileName::parse(check_digit), Err(Rule::InsurerNumber));
    }
}
