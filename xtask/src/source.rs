//! One text file, with Rust code told apart from its comments and literals.

/// A file of the repository and, for Rust, three views of it.
///
/// Each view has the lines and columns of the text; what does not belong to it is blank.
pub(crate) struct SourceFile {
    /// Relative to the root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// Without comments and without what stands between quotes.
    pub(crate) code: String,
    /// Only what stands between quotes.
    pub(crate) strings: String,
    /// Only comments.
    pub(crate) comments: String,
}

impl SourceFile {
    pub(crate) fn new(path: &str, text: String) -> Self {
        let mut lexer = Lexer::default();
        if path.ends_with(".rs") {
            lexer.read(&text.chars().collect::<Vec<_>>());
        }
        let Lexer { code, strings, comments, .. } = lexer;
        Self { path: path.to_owned(), text, code, strings, comments }
    }

    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// For each line of the code, whether only tests see it.
    pub(crate) fn test_lines(&self) -> Vec<bool> {
        let count = self.code.lines().count();
        if is_test_path(&self.path) {
            return vec![true; count];
        }
        let mut marks = vec![false; count];
        for (at, line) in self.code.lines().enumerate() {
            if !is_test_attribute(line) || marks.get(at) == Some(&true) {
                continue;
            }
            let length = item_length(self.code.lines().skip(at + 1));
            marks.iter_mut().skip(at).take(length + 1).for_each(|mark| *mark = true);
        }
        marks
    }
}

fn is_test_path(path: &str) -> bool {
    path.contains("/tests/") || path.contains("/benches/") || path.ends_with("tests.rs")
}

fn is_test_attribute(line: &str) -> bool {
    ["#[cfg(test)]", "#[cfg(any(test", "#[cfg(all(test"].iter().any(|word| line.contains(word))
}

/// How many lines the item has that begins here: up to the `}` of its `{`, or up to its `;`.
pub(crate) fn item_length<'a>(lines: impl Iterator<Item = &'a str>) -> usize {
    let (mut curly, mut round) = (0_i32, 0_i32);
    let mut count = 0;
    for line in lines {
        count += 1;
        for c in line.chars() {
            match c {
                '{' => curly += 1,
                '}' => curly -= 1,
                '(' | '[' => round += 1,
                ')' | ']' => round -= 1,
                _ => {}
            }
            if curly == 0 && round == 0 && (c == '}' || c == ';') {
                return count;
            }
        }
    }
    count
}

/// Splits Rust text into the three views.
#[derive(Default)]
struct Lexer {
    code: String,
    strings: String,
    comments: String,
}

#[derive(Clone, Copy, PartialEq)]
enum View {
    Code,
    Strings,
    Comments,
}

impl Lexer {
    fn read(&mut self, text: &[char]) {
        let mut rest = text;
        let mut before = ' ';
        while let [first, ..] = rest {
            let length = match *rest {
                ['/', '/', ..] => self.put(rest, line_comment(rest), View::Comments),
                ['/', '*', ..] => self.put(rest, block_comment(rest), View::Comments),
                ['"', ..] => self.quoted(rest, string(rest), 1),
                ['r', ..] if !is_word(before) || before == 'b' || before == 'c' => {
                    match raw_string(rest) {
                        Some((length, frame)) => self.quoted(rest, length, frame),
                        None => self.put(rest, 1, View::Code),
                    }
                }
                ['\'', ..] => match character(rest) {
                    Some(length) => self.quoted(rest, length, 1),
                    None => self.put(rest, 1, View::Code),
                },
                _ => self.put(rest, 1, View::Code),
            };
            before = *first;
            rest = rest.get(length..).unwrap_or_default();
        }
    }

    /// A literal of `length` whose closing quote takes `frame` characters: the quotes are code.
    fn quoted(&mut self, rest: &[char], length: usize, frame: usize) -> usize {
        let open = rest.iter().position(|c| *c == '"' || *c == '\'').unwrap_or(0) + 1;
        let inside = length.saturating_sub(open + frame);
        let mut done = self.put(rest, open, View::Code);
        done += self.put(rest.get(done..).unwrap_or_default(), inside, View::Strings);
        let end = rest.get(done..).unwrap_or_default();
        done + self.put(end, length - done, View::Code)
    }

    fn put(&mut self, rest: &[char], length: usize, view: View) -> usize {
        for c in rest.iter().take(length) {
            let blank = if *c == '\n' { '\n' } else { ' ' };
            self.code.push(if view == View::Code { *c } else { blank });
            self.strings.push(if view == View::Strings { *c } else { blank });
            self.comments.push(if view == View::Comments { *c } else { blank });
        }
        length.min(rest.len())
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn line_comment(text: &[char]) -> usize {
    text.iter().position(|c| *c == '\n').unwrap_or(text.len())
}

fn block_comment(text: &[char]) -> usize {
    let mut depth = 0_u32;
    let mut at = 0;
    while let Some(rest @ [_, ..]) = text.get(at..) {
        match rest {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth.saturating_sub(1), at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at.min(text.len())
}

fn string(text: &[char]) -> usize {
    let mut at = 1;
    loop {
        match text.get(at) {
            None => return text.len(),
            Some('\\') => at += 2,
            Some('"') => return at + 1,
            Some(_) => at += 1,
        }
    }
}

/// Length of `r#"…"#` and of its closing quote; none for a raw identifier.
fn raw_string(text: &[char]) -> Option<(usize, usize)> {
    let hashes = text.iter().skip(1).take_while(|c| **c == '#').count();
    if text.get(hashes + 1) != Some(&'"') {
        return None;
    }
    let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let begin = hashes + 2;
    let inside = text.get(begin..)?;
    let end = inside.windows(close.len()).position(|window| window == close);
    Some((end.map_or(text.len(), |end| begin + end + close.len()), close.len()))
}

/// Length of a character literal; none for a lifetime.
fn character(text: &[char]) -> Option<usize> {
    match text {
        ['\'', '\\', _, tail @ ..] => tail.iter().position(|c| *c == '\'').map(|at| at + 4),
        ['\'', _, '\'', ..] => Some(3),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> SourceFile {
        SourceFile::new("crates/x/src/lib.rs", text.to_owned())
    }

    #[test]
    fn code_is_told_from_comments_and_literals() {
        let file = source("let a = \"x // y\"; // z \"q\"\nlet b = '\"'; /* c /* d */ e */ f");
        assert_eq!(file.code, "let a = \"      \";         \nlet b = ' ';                   f");
        assert_eq!(file.strings.trim_end(), "         x // y           \n         \"");
        assert_eq!(file.comments.lines().next().unwrap().trim(), "// z \"q\"");
    }

    #[test]
    fn raw_strings_lifetimes_and_escapes_end_where_they_should() {
        let file =
            source("fn f<'a>(x: &'a str) { g(r#\"a \" b\"#, '\\'', \"\\\"\", r#type) } // k");
        assert_eq!(
            file.strings.split_whitespace().collect::<Vec<_>>(),
            ["a", "\"", "b", "\\'", "\\\""]
        );
        assert!(file.code.contains("r#type) }"));
        assert_eq!(file.comments.trim(), "// k");
    }

    #[test]
    fn only_the_lines_of_the_test_module_are_tests() {
        let file = source("fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n");
        assert_eq!(file.test_lines(), [false, true, true, true, true, false]);
    }

    #[test]
    fn every_line_of_an_integration_test_is_a_test() {
        let file = SourceFile::new("crates/x/tests/it/main.rs", "fn a() {}\n".to_owned());
        assert_eq!(file.test_lines(), [true]);
    }
}
