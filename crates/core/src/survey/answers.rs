//! Answers of the basic survey (基本調査の回答), checked against the choices of the form.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::items::{survey_item_place, survey_items};

/// Questions of the form; [`survey_items`] has as many.
const QUESTIONS: usize = 56;

/// One answer for every question: the ticked choices as bits, code 1 in the lowest.
///
/// Written as `{"1-1":[2,4],"1-3":[1], …}`. Only whole, valid sets of answers exist.
#[derive(Clone, PartialEq, Eq)]
pub struct SurveyAnswers([u16; QUESTIONS]);

/// Why a set of answers is not one of the form. Never carries the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SurveyAnswerError {
    /// No such question.
    #[error("a question that the form does not have")]
    UnknownItem,
    /// A question that must be answered is not.
    #[error("item {item} has no answer")]
    Missing {
        /// Number of the question.
        item: &'static str,
    },
    /// A code that the question does not offer.
    #[error("item {item} has a choice that the form does not offer")]
    UnknownChoice {
        /// Number of the question.
        item: &'static str,
    },
    /// Several choices where one is allowed, 「ない」 beside another, or a choice twice.
    #[error("item {item} has choices that exclude each other")]
    Conflict {
        /// Number of the question.
        item: &'static str,
    },
    /// The question stands twice.
    #[error("item {item} is answered twice")]
    Repeated {
        /// Number of the question.
        item: &'static str,
    },
}

impl SurveyAnswers {
    /// Takes answers as (number of the question, codes).
    ///
    /// # Errors
    ///
    /// [`SurveyAnswerError`] names the first rule that is broken.
    pub fn new<'a>(
        answers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Result<Self, SurveyAnswerError> {
        let mut taken = Taken::default();
        for (number, codes) in answers {
            taken.take(number, codes)?;
        }
        taken.finish()
    }

    /// Codes ticked for a question, in order; empty for an unknown number.
    pub fn get(&self, number: &str) -> Vec<u8> {
        let bits = survey_item_place(number).and_then(|place| self.0.get(place)).copied();
        codes(bits.unwrap_or(0)).collect()
    }

    /// The first (or only) code ticked for a question.
    pub fn single(&self, number: &str) -> Option<u8> {
        let bits = survey_item_place(number).and_then(|place| self.0.get(place)).copied()?;
        codes(bits).next()
    }

    /// Every question with its ticked codes, in the order of the form.
    pub fn iter(&self) -> impl Iterator<Item = (&'static super::items::SurveyItem, Vec<u8>)> + '_ {
        survey_items().iter().zip(self.0).map(|(item, bits)| (item, codes(bits).collect()))
    }
}

/// Codes of the set bits.
fn codes(bits: u16) -> impl Iterator<Item = u8> {
    (1..=16u8).filter(move |code| bits & (1 << (code - 1)) != 0)
}

impl fmt::Debug for SurveyAnswers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SurveyAnswers(***)")
    }
}

/// Answers while they are being taken.
struct Taken([Option<u16>; QUESTIONS]);

impl Default for Taken {
    fn default() -> Self {
        Self([None; QUESTIONS])
    }
}

impl Taken {
    fn take(&mut self, number: &str, ticked: &[u8]) -> Result<(), SurveyAnswerError> {
        let place = survey_item_place(number).ok_or(SurveyAnswerError::UnknownItem)?;
        let (Some(item), Some(slot)) = (survey_items().get(place), self.0.get_mut(place)) else {
            return Err(SurveyAnswerError::UnknownItem);
        };
        let item_number = item.number;
        if slot.is_some() {
            return Err(SurveyAnswerError::Repeated { item: item_number });
        }
        let mut bits = 0u16;
        for code in ticked {
            if item.choice(*code).is_none() {
                return Err(SurveyAnswerError::UnknownChoice { item: item_number });
            }
            let bit = 1u16 << (code - 1);
            if bits & bit != 0 {
                return Err(SurveyAnswerError::Conflict { item: item_number });
            }
            bits |= bit;
        }
        if bits == 0 && item.group() != 6 {
            return Err(SurveyAnswerError::Missing { item: item_number });
        }
        let several = bits.count_ones() > 1;
        if several && (!item.multiple || (item.first_excludes() && bits & 1 != 0)) {
            return Err(SurveyAnswerError::Conflict { item: item_number });
        }
        *slot = Some(bits);
        Ok(())
    }

    fn finish(self) -> Result<SurveyAnswers, SurveyAnswerError> {
        let mut answers = [0; QUESTIONS];
        for ((item, taken), answer) in survey_items().iter().zip(self.0).zip(&mut answers) {
            *answer = match taken {
                Some(bits) => bits,
                // 特別な医療: nothing ticked means none was given.
                None if item.group() == 6 => 0,
                None => return Err(SurveyAnswerError::Missing { item: item.number }),
            };
        }
        Ok(SurveyAnswers(answers))
    }
}

impl Serialize for SurveyAnswers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(QUESTIONS))?;
        for (item, codes) in self.iter() {
            map.serialize_entry(item.number, &codes)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for SurveyAnswers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Answers;

        impl<'de> Visitor<'de> for Answers {
            type Value = SurveyAnswers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("answers by number of the question")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SurveyAnswers, A::Error> {
                let mut taken = Taken::default();
                while let Some((number, codes)) = map.next_entry::<String, Vec<u8>>()? {
                    taken.take(&number, &codes).map_err(A::Error::custom)?;
                }
                taken.finish().map_err(A::Error::custom)
            }
        }

        deserializer.deserialize_map(Answers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mildest answer to every question, changed at one of them.
    fn answers(changed: &str, codes: &[u8]) -> Result<SurveyAnswers, SurveyAnswerError> {
        let rest: &[u8] = &[1];
        SurveyAnswers::new(
            survey_items()
                .iter()
                .map(|item| (item.number, if item.number == changed { codes } else { rest })),
        )
    }

    #[test]
    fn one_choice_is_one_choice_and_none_excludes_parts() {
        assert_eq!(answers("1-1", &[2, 4]).unwrap().get("1-1"), [2, 4]);
        let conflict = |item, codes| answers(item, codes).unwrap_err();
        assert_eq!(conflict("1-1", &[1, 2]), SurveyAnswerError::Conflict { item: "1-1" });
        assert_eq!(conflict("1-3", &[1, 2]), SurveyAnswerError::Conflict { item: "1-3" });
        assert_eq!(conflict("1-2", &[2, 2]), SurveyAnswerError::Conflict { item: "1-2" });
        assert_eq!(conflict("1-3", &[4]), SurveyAnswerError::UnknownChoice { item: "1-3" });
        assert_eq!(conflict("1-3", &[0]), SurveyAnswerError::UnknownChoice { item: "1-3" });
        assert_eq!(conflict("5-6", &[]), SurveyAnswerError::Missing { item: "5-6" });
    }

    #[test]
    fn only_the_treatments_may_be_empty_and_several_at_once() {
        assert_eq!(answers("6", &[]).unwrap().get("6"), [0u8; 0]);
        assert_eq!(answers("6", &[1, 12]).unwrap().get("6"), [1, 12]);
    }

    #[test]
    fn json_is_read_back_and_a_missing_question_is_named() {
        let full = answers("6", &[5]).unwrap();
        let json = serde_json::to_string(&full).unwrap();
        assert!(json.starts_with(r#"{"1-1":[1],"1-2":[1]"#));
        assert_eq!(serde_json::from_str::<SurveyAnswers>(&json).unwrap(), full);
        let lacking = json.replace(r#""3-4":[1],"#, "");
        let error = serde_json::from_str::<SurveyAnswers>(&lacking).unwrap_err().to_string();
        assert!(error.contains("item 3-4 has no answer"), "{error}");
    }
}
