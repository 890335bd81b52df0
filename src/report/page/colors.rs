//! The colours of a page, in the light and the dark theme.
//!
//! Charts are drawn in the light colours; rules of the style sheet put the theme's colours in their place.

use std::fmt::Write;

use plotters::style::RGBColor;

/// A colour: the name in the style sheet, and the value in the light and the dark theme.
pub struct Color {
    name: &'static str,
    light: u32,
    dark: u32,
}

const fn color(name: &'static str, light: u32, dark: u32) -> Color {
    Color { name, light, dark }
}

/// The colour of text.
pub const INK: Color = color("ink", 0x1c2024, 0xe8eaed);
/// The colour of lines behind charts.
pub const LINE: Color = color("line", 0xd5dae1, 0x3b424c);
/// The colour of a limit.
pub const LIMIT: Color = color("limit", 0xa8195f, 0xff7ab6);
/// The colour of compute.
pub const COMPUTE: Color = color("compute", 0x3566c8, 0x7aa2ff);
/// The colour of streaming of parameters.
pub const STREAMING: Color = color("streaming", 0xe07b00, 0xffb25e);
/// The colour of input activations.
pub const INPUT: Color = color("input", 0x2a9d8f, 0x6bd6c7);
/// The colour of output activations.
pub const OUTPUT: Color = color("output", 0x8a63c9, 0xbb9cf5);
/// The colour of waiting for the link.
pub const WAITING: Color = color("waiting", 0xd8c47e, 0x8f7f45);
/// The colour of waiting for the next stage.
pub const BLOCKED: Color = color("blocked", 0xc3c8cf, 0x596270);
/// The colour of parameters on the chip.
pub const ON_CHIP: Color = color("on-chip", 0x3a8f4f, 0x79c98a);
/// The colour of parameters off the chip.
pub const OFF_CHIP: Color = color("off-chip", 0xc8442d, 0xff8a73);

const CHART: [&Color; 11] =
    [&INK, &LINE, &LIMIT, &COMPUTE, &STREAMING, &INPUT, &OUTPUT, &WAITING, &BLOCKED, &ON_CHIP, &OFF_CHIP];

/// The fill and edge of a stage's operations in the light theme, then in the dark one; later stages begin again.
const STAGES: [[u32; 4]; 8] = [
    [0xd3e3ff, 0x3566c8, 0x1f3a68, 0x8db4ff],
    [0xffe2c2, 0xb96100, 0x5c3a10, 0xffb25e],
    [0xcdefd8, 0x2c8653, 0x1f4d33, 0x7fd6a2],
    [0xf6d3e6, 0xae3876, 0x5a2344, 0xf59ac6],
    [0xe4d9fc, 0x6a4dc2, 0x3b2f6b, 0xb9a5ff],
    [0xfdf0b5, 0x8a6d00, 0x4f4410, 0xe6cd5a],
    [0xc9eef2, 0x17808c, 0x164a50, 0x6fd4df],
    [0xe9decf, 0x79613f, 0x463a29, 0xcdb491],
];

/// Returns the CSS class of a stage's colours.
pub fn class(stage: usize) -> String {
    format!("s{}", stage % STAGES.len())
}

/// Returns the fill of a stage's operations and the colour of the text on it, in the light theme.
pub fn of_stage(stage: usize) -> (String, String) {
    let hex = |color: u32| format!("#{color:06x}");
    (hex(STAGES[stage % STAGES.len()][0]), hex(INK.light))
}

impl Color {
    /// Returns the colour that charts are drawn in.
    pub fn rgb(&self) -> RGBColor {
        let [_, red, green, blue] = self.light.to_be_bytes();
        RGBColor(red, green, blue)
    }

    /// Returns the colour as the style sheet refers to it.
    pub fn variable(&self) -> String {
        format!("var(--{})", self.name)
    }
}

/// Returns the CSS rules that give the page its colours.
pub fn rules() -> String {
    let mut css = String::new();
    let variables = |css: &mut String, dark: bool| {
        for color in CHART {
            let _ = write!(css, "--{}:#{:06x};", color.name, if dark { color.dark } else { color.light });
        }
        for (stage, colors) in STAGES.iter().enumerate() {
            let [fill, edge] = if dark { [colors[2], colors[3]] } else { [colors[0], colors[1]] };
            let _ = write!(css, "--f{stage}:#{fill:06x};--e{stage}:#{edge:06x};");
        }
    };
    css.push_str(":root{");
    variables(&mut css, false);
    css.push_str("}\n@media (prefers-color-scheme:dark){:root{");
    variables(&mut css, true);
    css.push_str("}}\n");
    for color in CHART {
        for paint in ["fill", "stroke"] {
            let _ =
                writeln!(css, ".chart [{paint}=\"#{:06X}\"]{{{paint}:{}}}", color.light, color.variable());
        }
    }
    for stage in 0..STAGES.len() {
        let _ = writeln!(css, ".s{stage}{{--fill:var(--f{stage});--edge:var(--e{stage})}}");
    }
    css
}
