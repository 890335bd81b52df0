//! Held against CIEDE2000 and WCAG as the crate `palette` has them, and against simulations of sight without one kind of
//! cone, whose matrices are those of Machado, Oliveira and Fernandes (IEEE TVCG 15, 2009) for full severity.

use palette::color_difference::{Ciede2000, Wcag21RelativeContrast};
use palette::{FromColor, Lab, LinSrgb, Srgb};

use super::*;

/// The kinds of sight: what a colour's red, green and blue light become.
const SIGHTS: [(&str, [[f32; 3]; 3]); 3] = [
    ("common sight", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protanopia",
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    ),
    (
        "deuteranopia",
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    ),
];

/// The least distance, by CIEDE2000, of colours that have to be told apart.
const APART: f32 = 20.0;

fn srgb(color: u32) -> Srgb {
    Srgb::from(color).into_format()
}

/// Returns the distance of two colours, as eyes of a kind see them.
fn distance(sight: &[[f32; 3]; 3], a: u32, b: u32) -> f32 {
    let seen = |color: u32| {
        let light = srgb(color).into_linear();
        let row = |row: [f32; 3]| row[0] * light.red + row[1] * light.green + row[2] * light.blue;
        let [red, green, blue] = sight.map(|factors| row(factors).clamp(0.0, 1.0));
        Lab::from_color(LinSrgb::new(red, green, blue))
    };
    seen(a).difference(seen(b))
}

fn parsed(hex: &str) -> u32 {
    u32::from_str_radix(hex.strip_prefix('#').unwrap(), 16).unwrap()
}

fn assert_apart(colors: &[u32]) {
    for (sight, factors) in &SIGHTS {
        for (place, &a) in colors.iter().enumerate() {
            for &b in &colors[..place] {
                let distance = distance(factors, a, b);
                assert!(distance >= APART, "{sight}: {a:06x} and {b:06x} are {distance:.1} apart");
            }
        }
    }
}

fn contrast(a: u32, b: u32) -> f32 {
    srgb(a).relative_contrast(srgb(b))
}

fn line(name: &str) -> [u32; 2] {
    let (_, light, dark) = LINES.into_iter().find(|(its, ..)| *its == name).unwrap();
    [light, dark]
}

#[test]
fn any_two_stages_are_told_apart() {
    assert_apart(&STAGES.map(|(fill, _)| fill));
}

#[test]
fn any_two_places_of_parameters_are_told_apart() {
    assert_apart(&PLACES.map(|(_, fill, _)| parsed(fill)));
    assert_apart(&GRADIENT.map(|(_, fill)| parsed(fill)));
    for (place, fill, text) in PLACES {
        assert!(contrast(parsed(fill), parsed(text)) >= 4.5, "{place}");
    }
}

#[test]
fn any_two_parts_of_a_bar_are_told_apart() {
    let bars: [&[&Color]; 2] = [&[&INPUT, &STREAMING, &COMPUTE, &OUTPUT], &[&ON_CHIP, &STREAMING]];
    for bar in bars {
        assert_apart(&bar.iter().map(|part| part.light).collect::<Vec<_>>());
        assert_apart(&bar.iter().map(|part| part.dark).collect::<Vec<_>>());
    }
    // What is no work is told from it, and one from the other, by its texture.
    assert!(WAITING.texture == Texture::Dotted && BLOCKED.texture == Texture::Hatched);
    assert!(
        STREAMING.texture != ON_CHIP.texture && RATE.texture != OTHER_RATE.texture,
        "without any colour too"
    );
}

#[test]
fn text_is_read_on_what_is_behind_it() {
    for (fill, text) in STAGES {
        assert!(contrast(fill, text) >= 4.5, "{text:06x} on {fill:06x}: {:.1}", contrast(fill, text));
    }
    let [page, card] = ["page", "card"].map(line);
    for theme in 0..2 {
        for name in ["ink", "soft", "accent"] {
            for behind in [page[theme], card[theme]] {
                assert!(contrast(line(name)[theme], behind) >= 4.5, "{name} on {behind:06x}");
            }
        }
        // Texts in bars have the page's colour.
        for area in AREAS {
            let color = [area.light, area.dark][theme];
            assert!(
                contrast(color, page[theme]) >= 4.5,
                "{}: {:.1}",
                area.name,
                contrast(color, page[theme])
            );
        }
        assert!(contrast(line("limit")[theme], card[theme]) >= 3.0);
    }
}

#[test]
fn a_texture_is_there_for_every_area_that_refers_to_it() {
    let (rules, textures) = (rules(), textures());
    for area in AREAS {
        let reference = format!("url(#p-{})", area.name);
        let pattern = format!("<pattern id=\"p-{}\"", area.name);
        assert_eq!(rules.contains(&reference), textures.contains(&pattern), "{}", area.name);
    }
}

#[test]
fn the_distance_is_that_of_the_published_pairs() {
    // Two rows of the test data of Sharma, Wu and Dalal (Color Research and Application 30, 2005).
    let pairs = [
        ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
        ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
    ];
    for (a, b, expected) in pairs {
        let lab = |[l, a, b]: [f32; 3]| Lab::<palette::white_point::D65>::new(l, a, b);
        let difference = lab(a).difference(lab(b));
        assert!((difference - expected).abs() < 1e-3, "{difference}");
    }
}
