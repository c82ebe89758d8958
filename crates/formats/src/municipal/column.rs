//! Definition of the columns of a file: what the reader demands and the protocol prints.

/// What a cell holds (型).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Operation.
    Op,
    /// Insurer's number.
    Insurer,
    /// Insured person's number.
    Insured,
    /// History number.
    History,
    /// Text of at most so many characters.
    Text(usize),
    /// Full-width katakana of at most so many characters.
    Kana(usize),
    /// Civil date `YYYY-MM-DD`.
    Date,
    /// Month `YYYY-MM`.
    Month,
    /// Postal code.
    PostalCode,
    /// Telephone number.
    Phone,
    /// Office number.
    Provider,
    /// Office numbers, separated by one space.
    Providers,
    /// Service type.
    Service,
    /// Service types, separated by one space.
    Services,
    /// Kinds of documents, separated by one space.
    Kinds,
    /// Whole number from 0 to the limit.
    Number(u32),
    /// A code of a short list, which the rule names.
    Code,
}

impl ColumnType {
    /// The type as the protocol names it.
    pub fn describe(self) -> String {
        match self {
            Self::Op => "操作".to_owned(),
            Self::Insurer => "保険者番号 (6)".to_owned(),
            Self::Insured => "被保険者番号 (10)".to_owned(),
            Self::History => "履歴番号 (1–20)".to_owned(),
            Self::Text(max) => format!("text (≤{max})"),
            Self::Kana(max) => format!("katakana (≤{max})"),
            Self::Date => "date".to_owned(),
            Self::Month => "month".to_owned(),
            Self::PostalCode => "postal code (7)".to_owned(),
            Self::Phone => "telephone (≤20)".to_owned(),
            Self::Provider => "事業所番号 (10)".to_owned(),
            Self::Providers => "list of 事業所番号".to_owned(),
            Self::Service => "サービス種類コード (2)".to_owned(),
            Self::Services => "list of サービス種類コード".to_owned(),
            Self::Kinds => "list of document kinds".to_owned(),
            Self::Number(max) => format!("number (0–{max})"),
            Self::Code => "code".to_owned(),
        }
    }
}

/// One column of a file, or one field of a JSON line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Name in the header.
    pub name: &'static str,
    /// Japanese term.
    pub japanese: &'static str,
    /// What it holds.
    pub kind: ColumnType,
    /// Must hold a value in `put` and `correct` lines.
    pub required: bool,
    /// Further rule in words; empty when there is none.
    pub rule: &'static str,
    /// Invented example.
    pub example: &'static str,
}

/// A column that must hold a value.
pub(crate) const fn required(
    name: &'static str,
    japanese: &'static str,
    kind: ColumnType,
    rule: &'static str,
    example: &'static str,
) -> Column {
    Column { name, japanese, kind, required: true, rule, example }
}

/// A column that may be empty or left out.
pub(crate) const fn optional(
    name: &'static str,
    japanese: &'static str,
    kind: ColumnType,
    rule: &'static str,
    example: &'static str,
) -> Column {
    Column { name, japanese, kind, required: false, rule, example }
}

/// Columns that lead every flat file, in every kind.
pub const KEY_COLUMNS: &[Column] = &[
    required("op", "操作", ColumnType::Op, "put, correct, delete; a full file has only put", "put"),
    required(
        "insurer",
        "保険者番号",
        ColumnType::Insurer,
        "check digit; the insurer of the file's name",
        "990010",
    ),
    required(
        "insured",
        "被保険者番号",
        ColumnType::Insured,
        "H only in the first place",
        "0000123456",
    ),
    required(
        "history",
        "履歴番号",
        ColumnType::History,
        "one paper of its kind and person; a correction repeats it",
        "1",
    ),
];

/// The table of columns as the protocol prints it (Markdown).
pub fn column_table(columns: &[Column]) -> String {
    let mut table = String::from(
        "| column | 日本語 | type | required | rule | example |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for column in columns {
        let Column { name, japanese, kind, required, rule, example } = column;
        let kind = kind.describe();
        let required = if *required { "yes" } else { "" };
        table.push_str(&format!(
            "| `{name}` | {japanese} | {kind} | {required} | {rule} | {example} |\n"
        ));
    }
    table
}
