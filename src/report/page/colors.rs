//! The colours of a page, in the light and the dark theme, and the textures that tell them apart without colour.
//!
//! People who see no red or no green tell any two of the stages, and any two of the activities, by colour alone; tests
//! hold the colours to a distance of 20 and more by CIEDE2000 under either kind of sight. Numbers and textures say the same
//! once more, for paper without colours.

use std::fmt::Write;

/// A colour of charts: the name in the style sheet, and the value in the light and the dark theme.
pub struct Color {
    name: &'static str,
    light: u32,
    dark: u32,
    texture: Texture,
}

/// The texture of an area.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Texture {
    /// The colour alone.
    Plain,
    /// The colour, with stripes of the page's.
    Striped,
    /// The page's colour, with thin stripes of the colour.
    Hatched,
    /// The page's colour, with dots of the colour.
    Dotted,
}

const fn color(name: &'static str, light: u32, dark: u32, texture: Texture) -> Color {
    Color { name, light, dark, texture }
}

/// The colour of compute.
pub const COMPUTE: Color = color("compute", 0x2563c9, 0x4d8ff0, Texture::Plain);
/// The colour of streaming of parameters, and of parameters that are streamed.
pub const STREAMING: Color = color("streaming", 0xa14d00, 0xc77f12, Texture::Striped);
/// The colour of input activations.
pub const INPUT: Color = color("input", 0x0f7d6b, 0x8ce8b8, Texture::Plain);
/// The colour of output activations.
pub const OUTPUT: Color = color("output", 0x2a1763, 0xe3d6ff, Texture::Plain);
/// The colour of parameters on the chip. No chart shows it beside compute.
pub const ON_CHIP: Color = color("on-chip", 0x2563c9, 0x4d8ff0, Texture::Plain);
/// The colour of waiting for the link.
pub const WAITING: Color = color("waiting", 0x545d69, 0xa9b2be, Texture::Dotted);
/// The colour of waiting for the next stage.
pub const BLOCKED: Color = color("blocked", 0x545d69, 0xa9b2be, Texture::Hatched);
/// The colour of a deployment's throughput.
pub const RATE: Color = color("rate", 0x2563c9, 0x4d8ff0, Texture::Plain);
/// The colour of the throughput of what the page's deployment is compared with.
pub const OTHER_RATE: Color = color("other-rate", 0x545d69, 0xa9b2be, Texture::Hatched);

const AREAS: [&Color; 9] =
    [&COMPUTE, &STREAMING, &INPUT, &OUTPUT, &ON_CHIP, &WAITING, &BLOCKED, &RATE, &OTHER_RATE];

/// The colours of what is not an area: each name with its value in the light and the dark theme.
const LINES: [(&str, u32, u32); 8] = [
    ("page", 0xffffff, 0x14171b),
    ("card", 0xf5f7fa, 0x1d2127),
    ("ink", 0x1c2024, 0xe8eaed),
    ("soft", 0x545d69, 0xa9b2be),
    ("line", 0xd5dae1, 0x3b424c),
    ("edge-soft", 0xdde2e9, 0x343b45),
    ("limit", 0xa8195f, 0xff7ab6),
    ("accent", 0x1f55b8, 0x8db4ff),
];

/// The fill of a stage's operations and the colour of text on it, the same in both themes; later stages begin again, and are
/// told by their numbers.
const STAGES: [(u32, u32); 8] = [
    (0xa9daff, BLACK),
    (0xa78528, BLACK),
    (0x11406a, WHITE),
    (0xd6f2d9, BLACK),
    (0x447ee5, BLACK),
    (0xedf623, BLACK),
    (0x647775, WHITE),
    (0x0d3b13, WHITE),
];
const BLACK: u32 = 0x000000;
const WHITE: u32 = 0xffffff;

/// The colours of nodes by where their parameters are: each with fill and text.
pub const PLACES: [(&str, &str, &str); 4] = [
    ("held", "#447ee5", "#000000"),
    ("partly streamed", "#a78528", "#000000"),
    ("streamed", "#0d3b13", "#ffffff"),
    ("no parameters", "#f5f7fa", "#000000"),
];

/// The colours of numbers on nodes: shares of the way from the least to the most, each with its fill.
pub const GRADIENT: [(f64, &str); 2] = [(0.0, "#f5f7fa"), (1.0, "#11406a")];

/// Returns the CSS class of a stage's colours.
pub fn class(stage: usize) -> String {
    format!("s{}", stage % STAGES.len())
}

/// Returns the fill of a stage's operations and the colour of the text on it.
pub fn of_stage(stage: usize) -> (String, String) {
    let (fill, text) = STAGES[stage % STAGES.len()];
    (hex(fill), hex(text))
}

fn hex(color: u32) -> String {
    format!("#{color:06x}")
}

impl Color {
    /// Returns the CSS class of areas of this colour.
    pub fn class(&self) -> String {
        format!("c-{}", self.name)
    }
}

/// Returns the CSS rules that give the page its colours. Paper gets the light theme.
pub fn rules() -> String {
    let variables = |dark: bool| {
        let areas = AREAS.iter().map(|area| (area.name, area.light, area.dark));
        let pick = |(name, light, in_dark)| (name, if dark { in_dark } else { light });
        let rules = areas.chain(LINES).map(pick).map(|(name, value)| format!("--{name}:{};", hex(value)));
        rules.collect::<String>()
    };
    let mut css = format!(
        ":root{{{}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{}}}}}\n",
        variables(false),
        variables(true)
    );
    for area in AREAS {
        let fill = match area.texture {
            Texture::Plain => format!("var(--{})", area.name),
            _ => format!("url(#p-{})", area.name),
        };
        let _ = writeln!(css, ".c-{}{{fill:{fill}}}", area.name);
    }
    for (stage, (fill, text)) in STAGES.iter().enumerate() {
        let _ = writeln!(css, ".s{stage}{{--fill:{};--on-fill:{}}}", hex(*fill), hex(*text));
    }
    css
}

/// Returns the textures, which the style sheet refers to.
pub fn textures() -> String {
    let mut patterns = String::new();
    for area in AREAS {
        let color = format!("var(--{})", area.name);
        let (turn, behind, mark) = match area.texture {
            Texture::Plain => continue,
            Texture::Striped => {
                (45, color, "<path d=\"M0 0V7\" stroke=\"var(--page)\" stroke-width=\"2\"/>".into())
            }
            Texture::Hatched => (
                -45,
                "var(--page)".into(),
                format!("<path d=\"M0 0V7\" stroke=\"{color}\" stroke-width=\"2\"/>"),
            ),
            Texture::Dotted => (
                0,
                "var(--page)".into(),
                format!("<circle cx=\"3.5\" cy=\"3.5\" r=\"1.5\" fill=\"{color}\"/>"),
            ),
        };
        let _ = write!(
            patterns,
            "<pattern id=\"p-{}\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate({turn})\"><rect width=\"7\" height=\"7\" fill=\"{behind}\"/>{mark}</pattern>",
            area.name
        );
    }
    format!(
        "<svg class=\"textures\" aria-hidden=\"true\" width=\"0\" height=\"0\"><defs>{patterns}</defs></svg>\n"
    )
}

#[cfg(test)]
mod tests;
