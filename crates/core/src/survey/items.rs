//! The questions of the basic survey (基本調査), read once from a table that a person can check.

use std::sync::LazyLock;

use crate::word::Word;
use crate::words;

words! {
    /// What an item asks for (評価軸).
    pub enum SurveyAxis {
        /// What the person can do.
        Ability = "ability", "能力";
        /// Which help is given.
        Assistance = "assistance", "介助の方法";
        /// Whether something is there.
        Presence = "presence", "有無";
    }
}

/// One question of the basic survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyItem {
    /// Number as printed: `1-1` … `5-6`, `6`.
    pub number: &'static str,
    /// Name of the item.
    pub label: &'static str,
    /// What it asks for.
    pub axis: SurveyAxis,
    /// Several choices may be ticked.
    pub multiple: bool,
    /// Choices in order; the first has the code 1.
    pub choices: Vec<&'static str>,
}

impl SurveyItem {
    /// Group of the item: 1 (身体機能・起居動作) … 5 (社会生活への適応), 6 (特別な医療).
    pub fn group(&self) -> u8 {
        self.number.bytes().next().map_or(0, |digit| digit.saturating_sub(b'0'))
    }

    /// Items that the form counts for this question: a part of the body or a treatment each.
    pub fn counted_items(&self) -> usize {
        match (self.multiple, self.group()) {
            (false, _) => 1,
            // 「ない」 is no part of the body.
            (true, 1) => self.choices.len() - 1,
            (true, _) => self.choices.len(),
        }
    }

    /// Text of the choice with a code from 1.
    pub fn choice(&self, code: u8) -> Option<&'static str> {
        self.choices.get(usize::from(code).checked_sub(1)?).copied()
    }

    /// Ticking the first choice (ない) excludes the others.
    pub fn first_excludes(&self) -> bool {
        self.multiple && self.choices.first() == Some(&"ない")
    }
}

/// Names of the groups 1 to 7 (特記事項 has a section for each).
pub const SURVEY_GROUPS: [&str; 7] = [
    "身体機能・起居動作",
    "生活機能",
    "認知機能",
    "精神・行動障害",
    "社会生活への適応",
    "特別な医療",
    "日常生活自立度",
];

/// Every question in the order of the form: 55 of the groups 1–5 and the one of group 6.
///
/// Source: 要介護認定等の実施について 別添2; choices as published.
pub fn survey_items() -> &'static [SurveyItem] {
    static ITEMS: LazyLock<Vec<SurveyItem>> =
        LazyLock::new(|| include_str!("items.tsv").lines().filter_map(parse_item).collect());
    &ITEMS
}

/// Place of a question in [`survey_items`].
pub fn survey_item_place(number: &str) -> Option<usize> {
    // Questions before each group 1–6; a wrong guess is caught by comparing the number.
    const BEFORE: [usize; 6] = [0, 13, 25, 34, 49, 55];
    let (group, in_group) = number.split_once('-').unwrap_or((number, "1"));
    let group: usize = group.parse().ok()?;
    let in_group = in_group.parse::<usize>().ok()?.checked_sub(1)?;
    let place = BEFORE.get(group.checked_sub(1)?)?.checked_add(in_group)?;
    survey_items().get(place).filter(|item| item.number == number).map(|_| place)
}

/// A line of the table; a line that does not fit is left out, which the tests would show.
fn parse_item(line: &'static str) -> Option<SurveyItem> {
    let mut cells = line.split('\t');
    Some(SurveyItem {
        number: cells.next()?,
        label: cells.next()?,
        axis: SurveyAxis::from_word(cells.next()?)?,
        multiple: cells.next()? == "multi",
        choices: cells.next()?.split('|').collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_has_seventy_four_items() {
        assert_eq!(survey_items().len(), 56);
        assert_eq!(survey_items().iter().map(SurveyItem::counted_items).sum::<usize>(), 74);
        let in_group = |group| survey_items().iter().filter(|item| item.group() == group).count();
        assert_eq!([1, 2, 3, 4, 5, 6].map(in_group), [13, 12, 9, 15, 6, 1]);
    }

    #[test]
    fn axes_are_shared_out_as_in_the_manual() {
        let of = |axis| survey_items().iter().filter(|item| item.axis == axis).count();
        assert_eq!(of(SurveyAxis::Ability), 18);
        assert_eq!(of(SurveyAxis::Assistance), 16);
        assert_eq!(of(SurveyAxis::Presence), 22);
    }

    #[test]
    fn items_are_found_by_their_number() {
        let item = &survey_items()[survey_item_place("2-12").unwrap()];
        assert_eq!((item.label, item.choice(3)), ("外出頻度", Some("月1回未満")));
        assert_eq!((item.choice(0), item.choice(4)), (None, None));
        for (place, item) in survey_items().iter().enumerate() {
            assert_eq!(survey_item_place(item.number), Some(place));
        }
        for bad in
            ["2-13", "0-1", "1-0", "6-1", "7-1", "01-1", "1", "", "1-1-1", "1-18446744073709551615"]
        {
            assert_eq!(survey_item_place(bad), None, "{bad}");
        }
    }
}
