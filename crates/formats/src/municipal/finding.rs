//! What is wrong with a line of a file, said without repeating what the line says.

use serde::Serialize;
use tasuki_core::words;
use utoipa::ToSchema;

words! {
    /// Rule that a file, line or cell breaks; the Japanese text tells the sender how to mend it.
    pub enum Rule {
        /// Name of the file.
        FileName = "file_name", "ファイル名が TASUKI_保険者番号_種類_full または diff_連番.csv（または .jsonl）の形ではありません。名前を直してください。";
        /// Nothing in the file.
        EmptyFile = "empty_file", "ファイルに見出し行がありません。1行目に列の名前を書いてください。";
        /// A column stands twice.
        HeaderRepeated = "header_repeated", "同じ名前の列が2回あります。どちらかを消してください。";
        /// A column the protocol does not know.
        HeaderUnknown = "header_unknown", "仕様書にない列です。列の名前を仕様書と同じにするか、列を消してください。";
        /// A required column is missing.
        HeaderLacks = "header_lacks", "必要な列がありません。見出し行と各行にこの列を加えてください。";
        /// Bytes that are not UTF-8.
        Encoding = "encoding", "文字コードが UTF-8 ではありません。UTF-8 に変換してから送ってください。";
        /// The line is longer than allowed.
        LineTooLong = "line_too_long", "1行が長すぎます。文章を短くするか、改行の抜けがないか確かめてください。";
        /// Quotes that do not close, or text beside them.
        Quote = "quote", "引用符（\"）の使い方が正しくありません。値の中の \" は \"\" と2つ書いてください。";
        /// More or fewer cells than the header.
        ColumnCount = "column_count", "列の数が見出し行と違います。カンマの過不足を確かめてください。";
        /// Not JSON.
        Json = "json", "JSON として読めません。1行に1つの JSON を、改行を入れずに書いてください。";
        /// A field of JSON the protocol does not know.
        JsonUnknown = "json_unknown", "仕様書にない項目です。項目の名前を仕様書と同じにしてください。";
        /// A field of JSON with a value that does not fit.
        JsonValue = "json_value", "項目の値が仕様書の形と合いません。仕様書の表を見て直してください。";
        /// A value that must be there is not.
        Required = "required", "必ず書く項目が空です。値を書いてください。";
        /// One of several values that belong together is missing.
        Incomplete = "incomplete", "一緒に書く項目の一部が空です。そろえて書くか、すべて空にしてください。";
        /// Not an operation.
        Op = "op", "操作は put（登録）・correct（訂正）・delete（削除）のどれかです。";
        /// A full file holds only `put`.
        OpInFull = "op_in_full", "全件ファイルの操作は put だけです。訂正と削除は差分ファイルで送ってください。";
        /// Not six digits with their check digit.
        InsurerNumber = "insurer_number", "保険者番号は6桁の数字で、最後の桁は検証番号です。番号を確かめてください。";
        /// Another insurer than the file's.
        OtherInsurer = "other_insurer", "ファイル名と違う保険者番号です。自分の保険者の行だけを送ってください。";
        /// Not an insured person's number.
        InsuredNumber = "insured_number", "被保険者番号は10桁です。先頭だけ H が使え、ほかは数字です。前の 0 を落としていないか確かめてください。";
        /// Not a history number.
        History = "history", "履歴番号は1〜20文字の半角英数字とハイフンです。";
        /// Not a date, or a date that does not exist.
        Date = "date", "日付として読めません。西暦で 2026-11-20 のように、実際にある日を書いてください。";
        /// A date far from any life.
        DateRange = "date_range", "日付が 1868-01-25 から 2199-12-31 の間にありません。年を確かめてください。";
        /// Ends before it begins.
        Period = "period", "終わりの日が始まりの日より前です。2つの日付を確かめてください。";
        /// Not a month.
        Month = "month", "年月として読めません。2026-11 のように書いてください。";
        /// Not a whole number.
        Number = "number", "数字として読めません。半角の数字だけを、カンマや円をつけずに書いてください。";
        /// Outside the allowed numbers.
        NumberRange = "number_range", "数字が決められた範囲の外です。桁を確かめてください。";
        /// Not in the list of codes.
        Code = "code", "コード表にない値です。仕様書のコード表から選んでください。";
        /// Not an office number.
        ProviderNumber = "provider_number", "事業所番号は10桁です。3桁目だけ英大文字が使え、ほかは数字です。";
        /// Warning: the check digit does not fit.
        ProviderCheckDigit = "provider_check_digit", "事業所番号の検証番号が合いません。取り込みましたが、番号に誤りがないか確かめてください。";
        /// Longer than allowed.
        TextTooLong = "text_too_long", "文字数が多すぎます。短くしてください。";
        /// A control character.
        ControlCharacter = "control_character", "使えない制御文字が入っています。取り除いてください（改行は \\n と書きます）。";
        /// A character of a private-use area (外字).
        PrivateUse = "private_use", "外字が入っています。行政事務標準文字（文字情報基盤の文字と異体字セレクタ）に置き換えてください。";
        /// A character that stands for one lost in conversion.
        LostCharacter = "lost_character", "文字コードの変換で失われた文字（�）があります。元のデータから変換し直してください。";
        /// Not full-width katakana.
        Kana = "kana", "フリガナは全角カタカナで書いてください。";
        /// Not seven digits.
        PostalCode = "postal_code", "郵便番号はハイフンなしの7桁の数字です。";
        /// Not a telephone number.
        Phone = "phone", "電話番号は半角の数字とハイフンで書いてください。";
        /// A 12-digit My Number, which must never be sent.
        MyNumber = "my_number", "個人番号（マイナンバー）と思われる12桁の数字です。個人番号は送らないでください。この行は保存していません。";
        /// Contradicts another value of the line.
        Contradiction = "contradiction", "ほかの項目と食い違っています。2つの項目を見くらべて直してください。";
        /// The same person, kind and history number earlier in the same transfer.
        RepeatedKey = "repeated_key", "同じ人・同じ履歴番号の行が前にもあります。履歴番号を確かめてください。";
        /// A paper about a person that no file has named.
        UnknownPerson = "unknown_person", "この被保険者がまだ登録されていません。被保険者のファイルを先に（または一緒に）送ってください。";
        /// A correction or deletion of something that is not there.
        UnknownHistory = "unknown_history", "訂正・削除する履歴番号が登録されていません。番号を確かめるか、put で送ってください。";
        /// A file of the manifest that did not come, or came without being named there.
        ManifestFile = "manifest_file", "manifest.json と届いたファイルが合いません。もれなく送り、すべて manifest.json に書いてください。";
        /// The file's SHA-256 is another.
        ManifestHash = "manifest_hash", "ファイルの SHA-256 が manifest.json と違います。途中で切れていないか確かめ、送り直してください。";
        /// The file has another number of lines.
        ManifestLines = "manifest_lines", "ファイルの行数が manifest.json と違います。途中で切れていないか確かめ、送り直してください。";
        /// A transfer is missing before this one.
        SequenceGap = "sequence_gap", "前の連番のファイルが届いていません。連番の順に送ってください。";
    }
}

impl Rule {
    /// The line is taken all the same.
    pub fn is_warning(self) -> bool {
        self == Self::ProviderCheckDigit
    }

    /// Only seen beside what is already stored, or beside other files: not by reading a line.
    pub fn needs_store(self) -> bool {
        matches!(
            self,
            Self::RepeatedKey | Self::UnknownPerson | Self::UnknownHistory | Self::SequenceGap
        )
    }
}

/// One thing that is wrong (指摘). Never carries the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    /// Line in the file, the header being line 1; 0: the file as a whole (行).
    pub line: u64,
    /// Name of the column, path of the JSON field, or place of an unknown column (列).
    pub column: Option<String>,
    /// Rule that is broken (規則).
    pub rule: Rule,
    /// What kind of value stood there: 「空」「数字6文字」「カタカナ11文字」.
    pub value_class: String,
    /// What to do (直し方).
    pub mend: String,
}

impl Finding {
    /// A finding about a whole line.
    pub fn line(line: u64, rule: Rule) -> Self {
        let mend = rule.japanese().to_owned();
        Self { line, column: None, rule, value_class: String::new(), mend }
    }

    /// A finding about a value in a column.
    pub fn cell(line: u64, column: impl Into<String>, rule: Rule, value: &str) -> Self {
        let mend = rule.japanese().to_owned();
        Self { line, column: Some(column.into()), rule, value_class: value_class(value), mend }
    }
}

/// What kind of text a value is, without its content: the scripts in it and its length.
pub fn value_class(value: &str) -> String {
    if value.is_empty() {
        return "空".to_owned();
    }
    if value.trim().is_empty() {
        return format!("空白{}文字", value.chars().count());
    }
    let mut scripts: Vec<&str> = value.chars().map(script).collect();
    scripts.sort_unstable();
    scripts.dedup();
    format!("{}{}文字", scripts.join("・"), value.chars().count())
}

/// Script of one character, as a sender would call it.
fn script(c: char) -> &'static str {
    match c {
        '0'..='9' => "数字",
        'a'..='z' | 'A'..='Z' => "英字",
        ' '..='~' => "記号",
        '\u{3041}'..='\u{309f}' => "ひらがな",
        '\u{30a1}'..='\u{30ff}' => "カタカナ",
        '\u{ff66}'..='\u{ff9f}' => "半角カタカナ",
        '０'..='９' => "全角数字",
        'Ａ'..='Ｚ' | 'ａ'..='ｚ' => "全角英字",
        '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => "漢字",
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => "異体字セレクタ",
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => "外字",
        c if c.is_control() => "制御文字",
        _ => "その他",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tasuki_core::word::Word;

    #[test]
    fn a_value_is_described_and_never_repeated() {
        assert_eq!(value_class(""), "空");
        assert_eq!(value_class("  "), "空白2文字");
        assert_eq!(value_class("123456"), "数字6文字");
        assert_eq!(value_class("タカハシハナコ"), "カタカナ7文字");
        assert_eq!(value_class("R8.11.20"), "数字・英字・記号8文字");
    }

    #[test]
    fn every_rule_tells_what_to_do() {
        for rule in Rule::ALL {
            assert!(rule.japanese().ends_with('。'), "{rule:?}");
        }
    }

    proptest! {
        /// Latin letters of the value never reach the finding.
        #[test]
        fn no_finding_holds_its_value(value in "[a-z]{4,20}") {
            let finding = Finding::cell(2, "name_kana", Rule::Kana, &value);
            let shown = format!("{}{}", finding.value_class, finding.mend);
            prop_assert!(!shown.contains(&value));
        }
    }
}
