//! Severities are told apart by their colours, whoever looks.

use serde_json::{Value, json};

use super::{REPOSITORY_PATH, Scene};

type Colour = [f64; 3];

/// How people see who lack one kind of cones, in linear light: Machado, Oliveira and Fernandes, 2009, at full severity.
const VISION: [(&str, [Colour; 3]); 4] = [
    ("all cones", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "no red cones",
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ],
    ),
    (
        "no green cones",
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ],
    ),
    (
        "no blue cones",
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ],
    ),
];

fn colour(value: &Value) -> Colour {
    let part = |at: usize| {
        let part = value[at].as_f64().unwrap() / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    [part(0), part(1), part(2)]
}

fn seen([first, second, third]: [Colour; 3], colour: Colour) -> Colour {
    let row = |row: Colour| (0..3).map(|at| row[at] * colour[at]).sum::<f64>().clamp(0.0, 1.0);
    [row(first), row(second), row(third)]
}

/// How bright, by WCAG 2.
fn luminance([red, green, blue]: Colour) -> f64 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// In the space in which distances are those that people see (Oklab).
fn lab([red, green, blue]: Colour) -> Colour {
    let cone = |a: f64, b: f64, c: f64| (a * red + b * green + c * blue).cbrt();
    let long = cone(0.4122214708, 0.5363325363, 0.0514459929);
    let middle = cone(0.2119034982, 0.6806995451, 0.1073969566);
    let short = cone(0.0883024619, 0.2817188376, 0.6299787005);
    [
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    ]
}

fn distance(one: Colour, other: Colour) -> f64 {
    let (one, other) = (lab(one), lab(other));
    (0..3).map(|at| (one[at] - other[at]).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn what_is_computed_of_colours_is_right() {
    let (black, white) = ([0.0; 3], [1.0; 3]);
    assert!((contrast(black, white) - 21.0).abs() < 1e-9);
    assert!((distance(black, white) - 1.0).abs() < 1e-3);
    let grey = colour(&json!([119, 119, 119]));
    assert!((contrast(grey, white) - 4.48).abs() < 0.01, "{}", contrast(grey, white));
    for (who, matrix) in VISION {
        assert!(distance(seen(matrix, grey), grey) < 1e-3, "{who} see grey as grey");
    }
}

#[tokio::test]
async fn severities_are_told_apart_whoever_looks() {
    let scene = Scene::new().await;
    let Some(told) = scene.look("colours.mjs", json!({ "repository": REPOSITORY_PATH })).await
    else {
        return;
    };
    let mut poor = Vec::new();
    for theme in ["light", "dark"] {
        let panel = colour(&told[theme]["panel"]);
        let severities = told[theme]["severities"].as_array().unwrap();
        let severities: Vec<_> =
            severities.iter().map(|one| (one[0].as_str().unwrap(), colour(&one[1]))).collect();
        assert_eq!(severities.len(), 4);
        for (at, (name, own)) in severities.iter().enumerate() {
            // WCAG 2.2, 1.4.11: parts of graphics that are needed to understand them.
            let against = contrast(*own, panel);
            if against < 3.0 {
                poor.push(format!("{theme}: {name} has a contrast of {against:.2}"));
            }
            for (other, its) in &severities[at + 1..] {
                for (who, matrix) in VISION {
                    let apart = distance(seen(matrix, *own), seen(matrix, *its));
                    if apart < 0.1 {
                        poor.push(format!(
                            "{theme}: {name} and {other} are {apart:.3} apart for {who}"
                        ));
                    }
                }
            }
        }
    }
    assert!(poor.is_empty(), "{}", poor.join("\n"));
}
