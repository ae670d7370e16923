//! Small charts as inline SVG: their colours come from the style sheet, their numbers stand in titles and, beside them,
//! in tables.

use std::fmt::Write;

use super::markdown::escape;

/// Height of all charts in their own units; they are stretched to the room that they get.
const HEIGHT: f64 = 100.0;

/// A stacked bar: what it stands for, and a value for each layer from the bottom up.
pub(super) struct Bar {
    /// What a pointer that rests on it is told.
    pub(super) title: String,
    /// Values of the layers.
    pub(super) layers: Vec<i64>,
}

/// Width of a bar with the room beside it.
const SLOT: f64 = 10.0;

/// Bars side by side, each layer with its class. `top` is the value at the upper edge.
pub(super) fn stacked_bars(label: &str, bars: &[Bar], classes: &[&str], top: i64) -> String {
    let quarters = [0.25, 0.5, 0.75];
    let titles = bars.iter().map(|bar| bar.title.as_str());
    slots(label, titles, &quarters, HEIGHT, |svg, index, left| {
        let mut base = HEIGHT;
        let layers = bars[index].layers.iter().zip(classes);
        for (value, class) in layers.filter(|(value, _)| **value > 0) {
            let height = HEIGHT * *value as f64 / top.max(1) as f64;
            base -= height;
            bar(svg, class, left, base, height);
        }
    })
}

/// A chart of slots, each with a title and what `draw` puts at its left edge, between lines at these parts of the height,
/// and with an axis at `axis`.
fn slots<'a>(
    label: &str,
    titles: impl ExactSizeIterator<Item = &'a str>,
    grid: &[f64],
    axis: f64,
    draw: impl Fn(&mut String, usize, f64),
) -> String {
    let width = SLOT * titles.len().max(1) as f64;
    let mut svg = open("bars", label, width);
    for part in grid {
        let y = HEIGHT * part;
        let _ = write!(svg, r#"<line class="grid" x1="0" x2="{width}" y1="{y}" y2="{y}"/>"#);
    }
    for (index, title) in titles.enumerate() {
        let left = SLOT * index as f64;
        let _ = write!(svg, "<g><title>{}</title>", escape(title));
        let _ = write!(
            svg,
            r#"<rect class="slot" x="{left}" y="0" width="{SLOT}" height="{HEIGHT}"/>"#
        );
        draw(&mut svg, index, left);
        svg.push_str("</g>");
    }
    let _ =
        write!(svg, r#"<line class="axis" x1="0" x2="{width}" y1="{axis}" y2="{axis}"/></svg>"#);
    svg
}

/// A bar in the slot that begins at `left`.
fn bar(svg: &mut String, class: &str, left: f64, y: f64, height: f64) {
    let (x, width) = (left + SLOT * 0.15, SLOT * 0.7);
    let _ = write!(
        svg,
        r#"<rect class="{class}" x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}"/>"#
    );
}

/// Two bars of one slot that begin at the same line.
pub(super) struct Pair {
    /// What a pointer that rests on it is told.
    pub(super) title: String,
    /// What grows upwards.
    pub(super) up: i64,
    /// What grows downwards.
    pub(super) down: i64,
}

/// Bars above and below a line in the middle, each direction with its class. `top` is the value at both edges.
pub(super) fn diverging_bars(label: &str, bars: &[Pair], classes: [&str; 2], top: i64) -> String {
    let middle = HEIGHT / 2.0;
    let titles = bars.iter().map(|bar| bar.title.as_str());
    slots(label, titles, &[0.25, 0.75], middle, |svg, index, left| {
        let height = |value: i64| middle * value as f64 / top.max(1) as f64;
        let [up, down] = [height(bars[index].up), height(bars[index].down)];
        for (class, y, height) in [(classes[0], middle - up, up), (classes[1], middle, down)] {
            if height > 0.0 {
                bar(svg, class, left, y, height);
            }
        }
    })
}

/// A lying bar of parts, each with its class, for a table's cell beside whose numbers it says nothing new. `top` is what
/// fills it.
pub(super) fn share_bar(parts: &[(i64, &str)], top: i64) -> String {
    let mut svg =
        r#"<svg class="share" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">"#
            .to_owned();
    let mut left = 0.0;
    for (value, class) in parts.iter().filter(|(value, _)| *value > 0) {
        let width = 100.0 * *value as f64 / top.max(1) as f64;
        let _ = write!(
            svg,
            r#"<rect class="{class}" x="{left:.2}" y="0" width="{width:.2}" height="10"/>"#
        );
        left += width;
    }
    svg.push_str("</svg>");
    svg
}

/// A line without axes, with the area below it, for a table's cell.
pub(super) fn sparkline(label: &str, values: &[i64]) -> String {
    let step = 4.0;
    let width = step * values.len().saturating_sub(1).max(1) as f64;
    let top = values.iter().copied().max().unwrap_or(0).max(1) as f64;
    // Room for the line's own width at both edges.
    let y = |value: i64| HEIGHT - 4.0 - (HEIGHT - 8.0) * value as f64 / top;
    let mut points = String::new();
    for (index, value) in values.iter().enumerate() {
        let _ = write!(points, "{:.1},{:.1} ", step * index as f64, y(*value));
    }
    let points = points.trim_end();
    let mut svg = open("spark", label, width);
    let _ = write!(svg, r#"<polygon class="area" points="0,{HEIGHT} {points} {width},{HEIGHT}"/>"#);
    let _ = write!(svg, r#"<polyline class="line" points="{points}"/></svg>"#);
    svg
}

fn open(class: &str, label: &str, width: f64) -> String {
    let label = escape(label);
    format!(
        r#"<svg class="{class}" viewBox="0 0 {width} {HEIGHT}" preserveAspectRatio="none" role="img" aria-label="{label}"><title>{label}</title>"#
    )
}

/// Steps that people count in, each with ten times, a hundred times itself, and so on.
const STEPS: [i64; 9] = [10, 15, 20, 25, 30, 40, 50, 60, 80];

/// The smallest value at the upper edge that fits and that divides into four steps that people count in.
pub(super) fn top_of(highest: i64) -> i64 {
    let powers = std::iter::successors(Some(1_i64), |power| power.checked_mul(10));
    let more = powers.flat_map(|power| STEPS.map(|step| power.saturating_mul(step)));
    let mut steps = [1, 2, 3, 4, 5, 6, 8].into_iter().chain(more);
    let tops = |step: i64| step.saturating_mul(4);
    steps.find(|step| tops(*step) >= highest).map_or(i64::MAX, tops)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_upper_edge_has_whole_steps() {
        for (highest, top) in [
            (0, 4),
            (1, 4),
            (4, 4),
            (5, 8),
            (9, 12),
            (20, 20),
            (21, 24),
            (33, 40),
            (41, 60),
            (81, 100),
            (201, 240),
            (321, 400),
            (2001, 2400),
            (i64::MAX, i64::MAX),
        ] {
            assert_eq!(top_of(highest), top, "{highest}");
        }
    }

    #[test]
    fn bars_stack_from_the_bottom() {
        let bars = [Bar { title: "Monday: <2>".into(), layers: vec![1, 0, 1] }];
        let svg = stacked_bars("Open", &bars, &["low", "medium", "high"], 4);
        assert!(svg.contains("<title>Monday: &lt;2&gt;</title>"));
        assert!(
            svg.contains(r#"<rect class="low" x="1.50" y="75.00" width="7.00" height="25.00"/>"#)
        );
        assert!(
            svg.contains(r#"<rect class="high" x="1.50" y="50.00" width="7.00" height="25.00"/>"#)
        );
        assert!(!svg.contains("medium"));
    }

    #[test]
    fn a_line_is_drawn_for_any_number_of_values() {
        for values in [&[][..], &[3], &[0, 0], &[1, 5, 2]] {
            let svg = sparkline("Open", values);
            assert!(
                svg.starts_with("<svg") && svg.ends_with("</svg>") && !svg.contains("NaN"),
                "{svg}"
            );
        }
    }

    #[test]
    fn bars_part_at_the_middle() {
        let bars = [
            Pair { title: "One <week>".into(), up: 2, down: 1 },
            Pair { title: "Next".into(), up: 0, down: 4 },
        ];
        let svg = diverging_bars("Flow", &bars, ["came", "went"], 4);
        assert!(svg.contains("<title>One &lt;week&gt;</title>"));
        for rect in [
            r#"<rect class="came" x="1.50" y="25.00" width="7.00" height="25.00"/>"#,
            r#"<rect class="went" x="1.50" y="50.00" width="7.00" height="12.50"/>"#,
            r#"<rect class="went" x="11.50" y="50.00" width="7.00" height="50.00"/>"#,
        ] {
            assert!(svg.contains(rect), "{rect} is not in {svg}");
        }
        assert_eq!(svg.matches("came").count(), 1);
    }

    #[test]
    fn parts_of_a_lying_bar_stand_side_by_side() {
        let bar = share_bar(&[(1, "open"), (0, "none"), (2, "past")], 4);
        assert!(bar.contains(r#"<rect class="open" x="0.00" y="0" width="25.00" height="10"/>"#));
        assert!(bar.contains(r#"<rect class="past" x="25.00" y="0" width="50.00" height="10"/>"#));
        assert!(!bar.contains("none\" x"));
        assert!(share_bar(&[], 0).ends_with("</svg>"));
    }
}
