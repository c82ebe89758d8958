//! A small chart as SVG: the horizontal axis logarithmic, the vertical one from zero.

use std::fmt::Write;

/// Width and height of the whole, and of the margins around the field, in pixels.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 140.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 48.0;

/// Colours that stay apart for most eyes, on white; each line has a shape of its own besides.
const COLOURS: [&str; 4] = ["#0017c1", "#c74700", "#197a4b", "#5109ad"];
const DASHES: [&str; 4] = ["none", "8 4", "2 4", "8 4 2 4"];

/// What is drawn.
pub(super) struct Chart {
    pub(super) title: String,
    pub(super) series: Vec<Series>,
}

/// One line, its points in order.
pub(super) struct Series {
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
}

impl Chart {
    /// The whole drawing.
    pub(super) fn svg(&self) -> String {
        let scale = Scale::of(&self.series);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
             font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n\
             <title>{0}</title>\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n\
             <text x=\"{LEFT}\" y=\"22\" font-size=\"14\" fill=\"#1a1a1c\">{0}</text>\n",
            self.title
        );
        self.axes(&scale, &mut svg);
        for (place, series) in self.series.iter().enumerate() {
            line(place, series, &scale, &mut svg);
        }
        svg.push_str("</svg>\n");
        svg
    }

    fn axes(&self, scale: &Scale, svg: &mut String) {
        let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        for value in scale.ticks() {
            let y = scale.y(value);
            let _ = writeln!(
                svg,
                "<path d=\"M{LEFT} {y:.1}H{right}\" stroke=\"#d8d8db\"/>\
                 <text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#414143\">{}</text>",
                LEFT - 8.0,
                y + 4.0,
                short(value)
            );
        }
        let mut places: Vec<f64> =
            self.series.iter().flat_map(|series| series.points.iter().map(|it| it.0)).collect();
        places.sort_by(f64::total_cmp);
        places.dedup();
        for value in places {
            let x = scale.x(value);
            let _ = writeln!(
                svg,
                "<path d=\"M{x:.1} {bottom}v4\" stroke=\"#414143\"/><text x=\"{x:.1}\" y=\"{:.0}\" \
                 text-anchor=\"middle\" fill=\"#414143\">{}</text>",
                bottom + 18.0,
                short(value)
            );
        }
        let _ = writeln!(
            svg,
            "<path d=\"M{LEFT} {bottom}H{right}\" stroke=\"#414143\"/>\
             <text x=\"{right}\" y=\"{:.0}\" text-anchor=\"end\" fill=\"#414143\">persons</text>",
            bottom + 36.0
        );
    }
}

fn line(place: usize, series: &Series, scale: &Scale, svg: &mut String) {
    let pick = |from: [&'static str; 4]| from.into_iter().cycle().nth(place).unwrap_or_default();
    let (colour, dash) = (pick(COLOURS), pick(DASHES));
    let at = |(x, y): &(f64, f64)| format!("{:.1} {:.1}", scale.x(*x), scale.y(*y));
    let path: Vec<String> = series.points.iter().map(at).collect();
    let _ = writeln!(
        svg,
        "<path d=\"M{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" \
         stroke-dasharray=\"{dash}\"/>",
        path.join("L")
    );
    for point in &series.points {
        let (x, y) = (scale.x(point.0), scale.y(point.1));
        let _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>");
    }
    let (x, y) = (WIDTH - RIGHT + 12.0, TOP + 8.0 + 20.0 * number(place));
    let _ = writeln!(
        svg,
        "<path d=\"M{x} {y}h24\" stroke=\"{colour}\" stroke-width=\"2\" \
         stroke-dasharray=\"{dash}\"/><text x=\"{}\" y=\"{}\" fill=\"#1a1a1c\">{}</text>",
        x + 30.0,
        y + 4.0,
        series.name
    );
}

/// From values to pixels.
struct Scale {
    least: f64,
    most: f64,
    top: f64,
}

impl Scale {
    fn of(series: &[Series]) -> Self {
        let points = || series.iter().flat_map(|series| series.points.iter().copied());
        let least = points().map(|it| it.0).fold(f64::INFINITY, f64::min).max(1.0);
        let most = points().map(|it| it.0).fold(least * 10.0, f64::max);
        let top = points().map(|it| it.1).fold(0.0, f64::max);
        Self { least, most, top: round_up(top) }
    }

    fn x(&self, value: f64) -> f64 {
        let share = (value / self.least).ln() / (self.most / self.least).ln();
        LEFT + share * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - value / self.top * (HEIGHT - TOP - BOTTOM)
    }

    fn ticks(&self) -> impl Iterator<Item = f64> {
        let step = self.top / 5.0;
        (0..=5).map(move |n| step * f64::from(n))
    }
}

/// The next of 1, 2, 2.5, 5 times a power of ten.
fn round_up(value: f64) -> f64 {
    let power = 10_f64.powf(value.max(1e-6).log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0].map(|step| step * power);
    steps.into_iter().find(|step| *step >= value).unwrap_or(value)
}

/// A number with few digits.
fn short(value: f64) -> String {
    match value {
        _ if value >= 1e6 => format!("{}M", trimmed(value / 1e6)),
        _ if value >= 1e3 => format!("{}k", trimmed(value / 1e3)),
        _ => trimmed(value),
    }
}

fn trimmed(value: f64) -> String {
    format!("{value:.2}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A count as a number to draw.
#[expect(clippy::as_conversions, reason = "pixels need no more than 52 bits")]
pub(super) fn number(count: impl TryInto<u64>) -> f64 {
    count.try_into().unwrap_or(0) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_at_round_numbers() {
        assert_eq!([0.31, 17.0, 3_872.0, 10.0].map(round_up), [0.5, 20.0, 5_000.0, 10.0]);
        assert_eq!([0.0, 0.25, 1_000.0, 2_500_000.0].map(short), ["0", "0.25", "1k", "2.5M"]);
    }

    #[test]
    fn points_lie_within_the_field_and_names_beside_it() {
        let points = vec![(10.0, 0.0), (1_000.0, 4.0)];
        let chart = Chart {
            title: "Looks".to_owned(),
            series: vec![Series { name: "16 connections".to_owned(), points }],
        };
        let svg = chart.svg();
        // The least at the left end of the ground line, the most at the right, 4 of 5 up.
        assert!(svg.contains("<path d=\"M64.0 272.0L500.0 86.4\""), "{svg}");
        assert!(svg.contains(">16 connections</text>") && svg.contains("<title>Looks</title>"));
        assert_eq!(svg, chart.svg());
    }
}
