//! What holds for every page, tried on the examples.
//!
//! `TASUKI_PAGES=DIR cargo test -p tasuki-web pages` writes the pages and assets to DIR, to be
//! looked at in a browser.

use super::pages;

#[test]
fn pages_are_small_and_hold_no_inline_script_or_style() {
    for (name, html) in pages() {
        assert!(html.len() < 48_000, "{name}: {} bytes", html.len());
        for banned in ["style=", "<style", "onclick", "javascript:", "<script>", "http://"] {
            assert!(!html.contains(banned), "{name}: {banned}");
        }
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert_eq!(html.matches("<main").count(), 1, "{name}");
    }
}

#[test]
fn pages_have_unique_ids_and_every_label_has_its_field() {
    for (name, html) in pages() {
        let values = |attribute: &str| -> Vec<String> {
            let start = format!(" {attribute}=\"");
            let parts = html.split(&start).skip(1);
            parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
        };
        let mut ids = values("id");
        for target in values("for") {
            assert!(ids.contains(&target), "{name}: no field {target}");
        }
        for targets in values("aria-describedby") {
            for target in targets.split_whitespace() {
                assert!(ids.contains(&target.to_owned()), "{name}: no text {target}");
            }
        }
        let before = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), before, "{name}");
    }
}

#[test]
fn pages_send_a_token_with_every_form() {
    for (name, html) in pages() {
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap();
            let posts = form.contains("method=\"post\"");
            assert!(!posts || form.contains("name=\"csrf\" value=\"token\""), "{name}");
        }
    }
}

/// Writes the pages for the eye when `TASUKI_PAGES` names a folder.
#[test]
fn pages_can_be_written_for_the_eye() {
    let Ok(folder) = std::env::var("TASUKI_PAGES") else { return };
    std::fs::create_dir_all(format!("{folder}/assets")).unwrap();
    for (name, html) in pages() {
        std::fs::write(format!("{folder}/{name}.html"), html).unwrap();
    }
    for (url, content) in crate::assets::all() {
        std::fs::write(format!("{folder}{url}"), content).unwrap();
    }
}
