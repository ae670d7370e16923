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

/// Bars side by side, each layer with its class. `top` is the value at the upper edge.
pub(super) fn stacked_bars(label: &str, bars: &[Bar], classes: &[&str], top: i64) -> String {
    let slot = 10.0;
    let width = slot * bars.len().max(1) as f64;
    let mut svg = open("bars", label, width);
    for line in 1..4 {
        let y = HEIGHT * f64::from(line) / 4.0;
        let _ = write!(svg, r#"<line class="grid" x1="0" x2="{width}" y1="{y}" y2="{y}"/>"#);
    }
    for (index, bar) in bars.iter().enumerate() {
        let left = slot * index as f64;
        let _ = write!(svg, "<g><title>{}</title>", escape(&bar.title));
        let _ = write!(
            svg,
            r#"<rect class="slot" x="{left}" y="0" width="{slot}" height="{HEIGHT}"/>"#
        );
        let mut base = HEIGHT;
        for (value, class) in bar.layers.iter().zip(classes).filter(|(value, _)| **value > 0) {
            let height = HEIGHT * *value as f64 / top.max(1) as f64;
            base -= height;
            let (x, width) = (left + slot * 0.15, slot * 0.7);
            let _ = write!(
                svg,
                r#"<rect class="{class}" x="{x:.2}" y="{base:.2}" width="{width:.2}" height="{height:.2}"/>"#
            );
        }
        svg.push_str("</g>");
    }
    let _ = write!(
        svg,
        r#"<line class="axis" x1="0" x2="{width}" y1="{HEIGHT}" y2="{HEIGHT}"/></svg>"#
    );
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

/// The smallest value at the upper edge that fits and that divides into four steps of 1, 2 or 5 times a power of ten.
pub(super) fn top_of(highest: i64) -> i64 {
    let powers = std::iter::successors(Some(1_i64), |power| power.checked_mul(10));
    let mut steps = powers.flat_map(|power| [1, 2, 5].map(|digit| power.saturating_mul(digit)));
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
            (9, 20),
            (20, 20),
            (21, 40),
            (41, 80),
            (81, 200),
            (201, 400),
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
}
