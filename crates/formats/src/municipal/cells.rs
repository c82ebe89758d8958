//! Splitting one line of CSV into cells (RFC 4180, one record on one physical line).

use std::borrow::Cow;

use super::finding::Rule;

/// Splits `line` (without its end) into `cells`; quoted cells lose their quotes.
///
/// # Errors
///
/// [`Rule::Quote`] when a quote does not close or has text beside it.
pub(crate) fn split<'a>(line: &'a str, cells: &mut Vec<Cow<'a, str>>) -> Result<(), Rule> {
    if !line.as_bytes().contains(&b'"') {
        split_plain(line, cells);
        return Ok(());
    }
    let mut rest = line;
    loop {
        let (cell, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_cell(quoted)?,
            None => plain_cell(rest)?,
        };
        cells.push(cell);
        match after {
            Some(next) => rest = next,
            None => return Ok(()),
        }
    }
}

/// Splits a line without quotes, which nearly every line is.
fn split_plain<'a>(line: &'a str, cells: &mut Vec<Cow<'a, str>>) {
    let mut begin = 0;
    for (at, byte) in line.bytes().enumerate() {
        if byte == b',' {
            cells.push(Cow::Borrowed(line.get(begin..at).unwrap_or_default()));
            begin = at + 1;
        }
    }
    cells.push(Cow::Borrowed(line.get(begin..).unwrap_or_default()));
}

type Split<'a> = (Cow<'a, str>, Option<&'a str>);

/// A cell without quotes and what follows its comma.
fn plain_cell(rest: &str) -> Result<Split<'_>, Rule> {
    let (cell, after) = match rest.split_once(',') {
        Some((cell, after)) => (cell, Some(after)),
        None => (rest, None),
    };
    if cell.contains('"') { Err(Rule::Quote) } else { Ok((Cow::Borrowed(cell), after)) }
}

/// The rest of a quoted cell (after its opening quote) and what follows its comma.
fn quoted_cell(quoted: &str) -> Result<Split<'_>, Rule> {
    let mut text: Option<String> = None;
    let mut rest = quoted;
    loop {
        let (part, after) = rest.split_once('"').ok_or(Rule::Quote)?;
        if let Some(next) = after.strip_prefix('"') {
            let text = text.get_or_insert_default();
            text.push_str(part);
            text.push('"');
            rest = next;
            continue;
        }
        let cell = match text {
            None => Cow::Borrowed(part),
            Some(mut text) => {
                text.push_str(part);
                Cow::Owned(text)
            }
        };
        return match after.strip_prefix(',') {
            Some(next) => Ok((cell, Some(next))),
            None if after.is_empty() => Ok((cell, None)),
            None => Err(Rule::Quote),
        };
    }
}

/// Writes `text` as a cell: in quotes where needed, line breaks and backslashes escaped.
pub(crate) fn push_text(out: &mut Vec<u8>, text: &str) {
    let special = |byte: u8| matches!(byte, b'"' | b',' | b'\\' | b'\n' | b'\r' | b'\t');
    if !text.bytes().any(special) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\"\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            other => out.push(other),
        }
    }
    out.push(b'"');
}

/// Takes the escapes of [`push_text`] back; an unknown escape stays as it is.
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let meant = match (c, chars.peek()) {
            ('\\', Some('n')) => '\n',
            ('\\', Some('r')) => '\r',
            ('\\', Some('t')) => '\t',
            ('\\', Some('\\')) => '\\',
            _ => {
                plain.push(c);
                continue;
            }
        };
        chars.next();
        plain.push(meant);
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cells(line: &str) -> Result<Vec<String>, Rule> {
        let mut cells = Vec::new();
        split(line, &mut cells)?;
        Ok(cells.into_iter().map(Cow::into_owned).collect())
    }

    #[test]
    fn quotes_and_commas_follow_rfc_4180() {
        assert_eq!(cells("").unwrap(), [""]);
        assert_eq!(cells("a,,b").unwrap(), ["a", "", "b"]);
        assert_eq!(cells(r#""a,b","c""d","""""#).unwrap(), ["a,b", "c\"d", "\""]);
        for bad in [r#"a"b"#, r#""a"b"#, r#""a"#, r#"x,"a"#] {
            assert_eq!(cells(bad).unwrap_err(), Rule::Quote, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_back(
            texts in proptest::collection::vec("[ -~あ-ん\u{e0100}\n\r\t\"\\\\,]{0,12}", 1..6),
        ) {
            let mut line = Vec::new();
            for (place, text) in texts.iter().enumerate() {
                if place > 0 { line.push(b','); }
                push_text(&mut line, text);
            }
            let line = String::from_utf8(line).unwrap();
            let back: Vec<String> =
                cells(&line).unwrap().iter().map(|cell| unescape(cell).into_owned()).collect();
            prop_assert_eq!(back, texts);
        }

        #[test]
        fn no_line_makes_it_panic(line in ".*") {
            let _ = cells(&line);
        }
    }
}
