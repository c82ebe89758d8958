//! How a consent was given (同意の確かめ方), in words and with the signature that was drawn.

use tasuki_core::consent::ConsentMeans;

use crate::page::plain::Drawing;

/// How a consent was given.
pub fn means(means: &ConsentMeans) -> String {
    match means {
        ConsentMeans::Card => "マイナンバーカード".to_owned(),
        ConsentMeans::Signature { .. } => "画面の署名".to_owned(),
        ConsentMeans::Paper { kept_at } => format!("紙（保管：{kept_at}）"),
        ConsentMeans::Application => "認定申請書".to_owned(),
        ConsentMeans::CitizenPage => "ご本人の画面".to_owned(),
    }
}

/// The signature, where one was drawn.
pub fn signature(means: &ConsentMeans) -> Option<Drawing> {
    let ConsentMeans::Signature { path } = means else { return None };
    let path = path.expose();
    Some(Drawing { view_box: view_box(path), path: path.to_owned() })
}

/// Space around a drawing, in its own units.
const MARGIN: f64 = 4.0;

/// What an SVG must show to hold every point of straight lines.
fn view_box(path: &str) -> String {
    let numbers = path.split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-')));
    let numbers: Vec<f64> = numbers.filter_map(|number| number.parse().ok()).collect();
    let range = |from: usize| {
        let along = numbers.iter().skip(from).step_by(2).copied();
        let low = along.clone().fold(f64::INFINITY, f64::min);
        let high = along.fold(f64::NEG_INFINITY, f64::max);
        if low <= high { (low - MARGIN, high - low + 2.0 * MARGIN) } else { (0.0, 1.0) }
    };
    let ((left, width), (top, height)) = (range(0), range(1));
    format!("{left} {top} {width} {height}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_drawing_is_in_view() {
        assert_eq!(view_box("M10 20L30 -5L12,18"), "6 -9 28 33");
        assert_eq!(view_box(""), "0 0 1 1");
    }
}
