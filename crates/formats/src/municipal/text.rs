//! What a text of a file may hold.

use super::finding::Rule;

/// Refuses control characters (but for line breaks and tabs), private-use characters, characters
/// lost in conversion, and a text that is a My Number.
pub(crate) fn check(text: &str) -> Result<(), Rule> {
    if suspicious(text) {
        characters(text)?;
    }
    if is_my_number(text) { Err(Rule::MyNumber) } else { Ok(()) }
}

/// Some byte begins a character that may be refused: nearly no text, told without decoding it.
pub(crate) fn suspicious(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| {
        BEGINS_REFUSED.get(usize::from(*byte)) == Some(&true) && {
            let next = bytes.get(at + 1).copied().unwrap_or(0);
            match byte {
                0xc2 => next < 0xa0,
                // Full-width forms and variation selectors are everyday characters.
                0xef => !(0xa4..=0xbe).contains(&next),
                0xf3 => 0xb0 <= next,
                _ => true,
            }
        }
    })
}

/// Bytes with which a refused character begins in UTF-8, and rarely another one.
#[expect(clippy::indexing_slicing, reason = "counted below 0x20 when the program is built")]
static BEGINS_REFUSED: [bool; 256] = {
    let mut begins = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        begins[byte] = !matches!(byte, 0x09 | 0x0a | 0x0d);
        byte += 1;
    }
    // DEL, the second set of controls, and the planes of private use.
    begins[0x7f] = true;
    begins[0xc2] = true;
    begins[0xee] = true;
    begins[0xef] = true;
    begins[0xf3] = true;
    begins[0xf4] = true;
    begins
};

/// Decodes every character.
fn characters(text: &str) -> Result<(), Rule> {
    for c in text.chars() {
        match c {
            '\u{fffd}' => return Err(Rule::LostCharacter),
            '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => return Err(Rule::PrivateUse),
            '\n' | '\r' | '\t' => {}
            c if c.is_control() => return Err(Rule::ControlCharacter),
            _ => {}
        }
    }
    Ok(())
}

/// Twelve digits with the check digit of an individual number (個人番号).
///
/// Source: 行政手続における特定の個人を識別するための番号の利用等に関する法律による個人番号等に関する省令 第5条.
pub(crate) fn is_my_number(text: &str) -> bool {
    if text.len() != 12 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let digit = |byte: u8| u32::from(byte - b'0');
    let weights = (2..=7).chain(2..=6);
    let body = text.bytes().take(11).collect::<Vec<_>>();
    let sum: u32 = body.iter().rev().zip(weights).map(|(byte, weight)| digit(*byte) * weight).sum();
    let expected = match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    };
    text.bytes().last().map(digit) == Some(expected)
}

/// Katakana of a reading: full width, with spaces and long marks.
pub(crate) fn kana(text: &str) -> Result<String, Rule> {
    let fits = |c: char| matches!(c, '\u{30a1}'..='\u{30fe}' | ' ' | '\u{3000}' | '－');
    if text.chars().all(fits) { Ok(text.to_owned()) } else { Err(Rule::Kana) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refused_character_is_suspicious_and_japanese_is_not() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            let text = c.to_string();
            assert!(suspicious(&text) || characters(&text).is_ok(), "{:x}", u32::from(c));
        }
        assert!(!suspicious("あおば市葛󠄀原１丁目（２番）・髙橋　ﾊﾅｺ！\t\r\n"));
    }

    #[test]
    fn a_my_number_is_known_by_its_check_digit() {
        assert!(is_my_number("123456789018"));
        assert!(!is_my_number("123456789010"));
        assert_eq!(check("123456789018"), Err(Rule::MyNumber));
        assert_eq!(check("090-1234-5678"), Ok(()));
    }

    #[test]
    fn private_use_and_lost_characters_are_refused() {
        assert_eq!(check("髙橋"), Ok(()));
        assert_eq!(check("渡邉\u{e0100}"), Ok(()));
        assert_eq!(check("\u{e000}"), Err(Rule::PrivateUse));
        assert_eq!(check("高\u{fffd}"), Err(Rule::LostCharacter));
        assert_eq!(check("a\u{7}"), Err(Rule::ControlCharacter));
    }

    #[test]
    fn a_reading_is_full_width_katakana() {
        assert!(kana("タカハシ　ハナコ").is_ok() && kana("ジョーンズ・メアリー").is_ok());
        assert_eq!(kana("ﾀｶﾊｼ"), Err(Rule::Kana));
        assert_eq!(kana("たかはし"), Err(Rule::Kana));
    }
}
