//! Characters of names (文字): kept as sent, reduced for old software, folded for search.
//!
//! Names are kept in 行政事務標準文字 (MJ) with their variation selectors, without loss. Beside
//! them stands a reduced form within JIS X 0213, and a key for search by reading.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{compose, is_combining_mark};

/// Sign for a character that has no reduced form (ゲタ).
pub const LOST: char = '〓';

/// A text within JIS X 0213, and what it cost.
#[derive(Clone, PartialEq, Eq)]
pub struct Reduced {
    /// The reduced text. Personal like the text it came from.
    pub text: String,
    /// Characters replaced by a plainer form, dropped variation selectors included.
    pub replaced: usize,
    /// Characters that became [`LOST`].
    pub lost: usize,
}

impl std::fmt::Debug for Reduced {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { replaced, lost, .. } = self;
        write!(f, "Reduced(***, replaced: {replaced}, lost: {lost})")
    }
}

/// `text` within ASCII and JIS X 0213 (JIS第1〜第4水準).
///
/// Variation selectors are dropped, since the base character stands for all its forms; characters
/// outside the set are replaced through Unicode's own equivalence, then through the table
/// `replacements.tsv`, which holds only pairs that registers treat as one name; the rest becomes
/// [`LOST`] and is counted. The table is short on purpose: a wrong replacement is worse than 〓.
///
/// Source: JIS X 0213:2004 (single code points; its 25 combined kana pass as their parts).
pub fn reduced(text: &str) -> Reduced {
    let mut reduced = Reduced { text: String::with_capacity(text.len()), replaced: 0, lost: 0 };
    for c in text.chars() {
        if is_selector(c) {
            reduced.replaced += 1;
        } else if in_set(c) {
            reduced.text.push(c);
        } else if let Some(plain) = plainer(c) {
            reduced.text.push(plain);
            reduced.replaced += 1;
        } else {
            reduced.text.push(LOST);
            reduced.lost += 1;
        }
    }
    reduced
}

/// A variation selector, of the standard or of an ideographic collection.
pub fn is_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// `c` is in ASCII, a line break, or in JIS X 0213.
fn in_set(c: char) -> bool {
    static SET: LazyLock<Vec<char>> = LazyLock::new(|| {
        let table = include_str!("characters/jisx0213.txt");
        table.chars().filter(|c| *c != '\n').collect()
    });
    let parts = matches!(c, '\u{3099}' | '\u{309a}' | '\n' | '\t');
    (' '..='~').contains(&c) || parts || SET.binary_search(&c).is_ok()
}

/// The plainer form of a character outside the set, when one is known.
fn plainer(c: char) -> Option<char> {
    static TABLE: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
        let pair = |line: &'static str| {
            let (from, to) = line.split_once('\t')?;
            Some((from.chars().next()?, to.chars().next()?))
        };
        include_str!("characters/replacements.tsv").lines().filter_map(pair).collect()
    });
    let equivalent = || {
        let mut forms = std::iter::once(c).nfkc();
        forms.next().filter(|form| forms.next().is_none() && *form != c && in_set(*form))
    };
    TABLE.get(&c).copied().or_else(equivalent)
}

/// Key for search by reading (フリガナ): folds what people write differently.
///
/// Width, hiragana and katakana, small and large kana, voicing marks (dakuten, handakuten), ヂヅヲ
/// and the like, long marks, spaces, middle dots and case all fold; two readings that sound alike
/// get one key, and a key may stand for several readings. Only for search, never shown.
pub fn search_key(reading: &str) -> String {
    reading.nfkd().filter_map(fold).collect()
}

/// One character of a key after decomposition, or `None` for what keys leave out.
fn fold(c: char) -> Option<char> {
    if is_combining_mark(c) || c.is_whitespace() || c.is_control() || is_selector(c) {
        return None;
    }
    let katakana = match c {
        'ぁ'..='ゖ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        other => other,
    };
    match katakana {
        'ー' | '・' | '-' | '‐' | '―' | '−' | '゠' | '\'' | '.' | ',' => None,
        'ァ' => Some('ア'),
        'ィ' | 'ヰ' => Some('イ'),
        'ゥ' => Some('ウ'),
        'ェ' | 'ヱ' => Some('エ'),
        'ォ' | 'ヲ' => Some('オ'),
        'ッ' => Some('ツ'),
        'ャ' => Some('ヤ'),
        'ュ' => Some('ユ'),
        'ョ' => Some('ヨ'),
        'ヮ' => Some('ワ'),
        'ヵ' => Some('カ'),
        'ヶ' => Some('ケ'),
        other => other.to_uppercase().next(),
    }
}

/// Full-width katakana of a reading written in half-width kana or hiragana, for open data.
pub fn full_width_kana(text: &str) -> String {
    let mut full = String::with_capacity(text.len());
    for c in text.chars() {
        let mark = match c {
            'ﾞ' | '\u{3099}' => Some('\u{3099}'),
            'ﾟ' | '\u{309a}' => Some('\u{309a}'),
            _ => None,
        };
        if let Some(mark) = mark
            && let Some(joined) = full.chars().next_back().and_then(|last| compose(last, mark))
        {
            full.pop();
            full.push(joined);
            continue;
        }
        match c {
            '\u{ff61}'..='\u{ff9f}' => full.extend(std::iter::once(c).nfkc()),
            'ぁ'..='ゖ' => full.push(char::from_u32(u32::from(c) + 0x60).unwrap_or(c)),
            other => full.push(other),
        }
    }
    full
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_table_is_sorted_and_holds_the_four_levels() {
        let table: Vec<char> =
            include_str!("characters/jisx0213.txt").chars().filter(|c| *c != '\n').collect();
        assert!(table.is_sorted());
        assert_eq!(table.iter().filter(|c| **c >= '\u{20000}').count(), 303);
        assert!(table.len() > 11_000);
    }

    #[test]
    fn a_name_is_reduced_and_the_cost_is_counted() {
        let check = |text: &str, to: &str, replaced, lost| {
            let expected = Reduced { text: to.to_owned(), replaced, lost };
            assert!(reduced(text) == expected, "{text} became {}", reduced(text).text);
        };
        check("高橋　花子", "高橋　花子", 0, 0);
        check("渡邉\u{e0100}", "渡邉", 1, 0);
        check("𠮷田", "吉田", 1, 0);
        check("髙田", "高田", 1, 0);
        check("\u{2a6a5}田", "〓田", 0, 1);
    }

    #[test]
    fn a_key_folds_what_people_write_differently() {
        let same = |a: &str, b: &str| assert_eq!(search_key(a), search_key(b), "{a} {b}");
        same("タカハシ　ハナコ", "たかはし はなこ");
        same("ﾀｶﾊｼ ﾊﾅｺ", "タカハシハナコ");
        same("ワタナベ", "ワタナへ");
        same("キョウコ", "キヨウコ");
        same("オーノ", "オノ");
        same("ミツヲ", "ミツオ");
        same("ﾊﾟｸ", "ハク");
        assert_ne!(search_key("サトウ"), search_key("カトウ"));
    }

    #[test]
    fn half_width_kana_is_joined_with_its_marks() {
        assert_eq!(full_width_kana("ｶﾌﾞｼｷｶﾞｲｼｬ"), "カブシキガイシャ");
        assert_eq!(full_width_kana("ﾊﾟｰｸ ﾎｰﾑ"), "パーク ホーム");
    }

    proptest! {
        /// A reduced text needs no further reduction, and says what it lost.
        #[test]
        fn reduction_happens_once(text in ".{0,40}") {
            let once = reduced(&text);
            let twice = reduced(&once.text);
            prop_assert_eq!((twice.replaced, twice.lost), (0, 0));
            prop_assert_eq!(&twice.text, &once.text);
            prop_assert!(once.text.chars().filter(|c| *c == LOST).count() >= once.lost);
        }

        #[test]
        fn a_key_is_its_own_key(text in "[ァ-ヶぁ-ゖｦ-ﾟー 　a-zA-Z]{0,30}") {
            let key = search_key(&text);
            prop_assert_eq!(search_key(&key), key);
        }
    }
}
