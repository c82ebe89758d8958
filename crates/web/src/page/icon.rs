//! Our own line icons (アイコン), drawn on a 24-unit grid in the colour of the text.
//!
//! An icon never stands alone: a word is always beside it, so screen readers skip the drawing.

/// Name and drawing of each icon.
const ICONS: [(&str, &str); 30] = [
    (
        "tasuki",
        r#"<path d="M4 3h6l10 18h-6z" fill="currentColor" stroke="none"/><circle cx="18" cy="6" r="3"/>"#,
    ),
    (
        "people",
        r#"<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20a6.5 6.5 0 0 1 13 0M16 5a3.5 3.5 0 0 1 0 6.5M18 14.5a6.5 6.5 0 0 1 3.5 5.5"/>"#,
    ),
    ("person", r#"<circle cx="12" cy="8" r="4"/><path d="M4 21a8 8 0 0 1 16 0"/>"#),
    ("search", r#"<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5.5 5.5"/>"#),
    ("bell", r#"<path d="M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4"/>"#),
    (
        "office",
        r#"<path d="M4 21V4h10v17M14 9h6v12M2 21h20M7.5 8h3M7.5 12h3M7.5 16h3M17 13h.01M17 17h.01"/>"#,
    ),
    (
        "help",
        r#"<circle cx="12" cy="12" r="9"/><path d="M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.4-1 .9-1 1.7M12 17h.01"/>"#,
    ),
    ("info", r#"<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7.5h.01"/>"#),
    ("good", r#"<circle cx="12" cy="12" r="9"/><path d="m8 12.5 2.8 2.8L16 9.5"/>"#),
    ("warn", r#"<path d="M12 3.5 22 20H2zM12 10v5M12 17.5h.01"/>"#),
    ("bad", r#"<path d="M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 7.5v5.5M12 16.5h.01"/>"#),
    (
        "lock",
        r#"<rect x="5" y="11" width="14" height="9.5" rx="1.5"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>"#,
    ),
    (
        "open",
        r#"<rect x="5" y="11" width="14" height="9.5" rx="1.5"/><path d="M8 11V7.5a4 4 0 0 1 7.5-1.8"/>"#,
    ),
    (
        "card",
        r#"<rect x="2.5" y="5" width="19" height="14" rx="2"/><circle cx="8" cy="11" r="2"/><path d="M5 16a3 3 0 0 1 6 0M14 10h4.5M14 14h4.5"/>"#,
    ),
    (
        "keyboard",
        r#"<rect x="2.5" y="6" width="19" height="12" rx="2"/><path d="M6 10h.01M10 10h.01M14 10h.01M18 10h.01M7.5 14h9"/>"#,
    ),
    ("paper", r#"<path d="M6 2.5h8l5 5V21.5H6zM14 2.5v5h5M9 12h7M9 16h7"/>"#),
    ("print", r#"<path d="M7 8V3h10v5M7 17H4V8.5h16V17h-3M7 14h10v7H7z"/>"#),
    ("clock", r#"<circle cx="12" cy="12" r="9"/><path d="M12 7v5.5l3.5 2"/>"#),
    (
        "calendar",
        r#"<rect x="3.5" y="5" width="17" height="15.5" rx="1.5"/><path d="M3.5 10h17M8 2.5v4M16 2.5v4"/>"#,
    ),
    (
        "eye",
        r#"<path d="M2.5 12s3.5-6.5 9.5-6.5 9.5 6.5 9.5 6.5-3.5 6.5-9.5 6.5S2.5 12 2.5 12z"/><circle cx="12" cy="12" r="2.8"/>"#,
    ),
    (
        "hand",
        r#"<path d="M7 12V6.5a1.5 1.5 0 0 1 3 0V11M10 10.5v-6a1.5 1.5 0 0 1 3 0v6M13 10.5V6a1.5 1.5 0 0 1 3 0v5M16 11V8.5a1.5 1.5 0 0 1 3 0V15a6.5 6.5 0 0 1-12.3 2.8L4 13a1.5 1.5 0 0 1 2.6-1.5L7.5 13"/>"#,
    ),
    ("pen", r#"<path d="m4 20 1-4.5L16.5 4l3.5 3.5L8.5 19zM14 6.5 17.5 10"/>"#),
    ("next", r#"<path d="m9 5 7 7-7 7"/>"#),
    ("back", r#"<path d="m15 5-7 7 7 7"/>"#),
    ("download", r#"<path d="M12 3.5V15M7 10.5l5 5 5-5M4 20.5h16"/>"#),
    ("upload", r#"<path d="M12 16V4.5M7 9.5l5-5 5 5M4 20.5h16"/>"#),
    ("home", r#"<path d="m3 11.5 9-8 9 8M5.5 9.5V20.5h13V9.5M10 20.5v-6h4v6"/>"#),
    (
        "step-done",
        r#"<circle cx="12" cy="12" r="10" fill="currentColor" stroke="none"/><path d="m7.5 12.5 3 3L16.5 9" stroke="white"/>"#,
    ),
    (
        "step-now",
        r#"<circle cx="12" cy="12" r="9"/><path d="M12 3a9 9 0 0 1 0 18z" fill="currentColor" stroke="none"/>"#,
    ),
    ("step-ahead", r#"<circle cx="12" cy="12" r="9"/>"#),
];

/// Inline SVG of the icon `name`; an unknown name draws nothing (a test finds it).
pub(super) fn svg(name: &str) -> String {
    let drawing = ICONS.iter().find(|(known, _)| *known == name).map_or("", |(_, drawing)| drawing);
    format!(
        r#"<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{drawing}</svg>"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names in front of `|icon`, from every template.
    #[test]
    fn every_icon_a_template_names_is_drawn() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            for part in text.split("\"|icon").take(text.matches("\"|icon").count()) {
                let name = part.rsplit('"').next().unwrap();
                assert!(ICONS.iter().any(|(known, _)| *known == name), "{name}");
            }
        }
    }
}
