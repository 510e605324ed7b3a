//! Generated pictures of artists and tracks: initials on a two-tone geometric cover, drawn from the UUID.
//! Nothing is downloaded or stored.

use std::fmt::Write as _;

use uuid::Uuid;

/// Side length in pixels.
const SIDE: u32 = 240;

/// A square SVG cover; deterministic in name and seed.
pub fn picture(name: &str, seed: Uuid) -> String {
    let bytes = seed.as_bytes();
    let hue = u32::from(bytes[0]) * 360 / 256;
    let other = hue + 20 + u32::from(bytes[1] % 50);
    let (ground, figure) = (format!("hsl({hue},52%,28%)"), format!("hsl({},56%,42%)", other % 360));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {SIDE} {SIDE}\" width=\"{SIDE}\" height=\"{SIDE}\">\
         <rect width=\"{SIDE}\" height=\"{SIDE}\" fill=\"{ground}\"/><g fill=\"{figure}\" stroke=\"{figure}\">"
    );
    figures(&mut svg, bytes[2] % 6, u32::from(bytes[3]));
    let initials = initials(name);
    let size = if initials.chars().count() > 1 { 92 } else { 120 };
    let text = initials.chars().map(escaped).collect::<String>();
    svg.push_str("</g><text x=\"50%\" y=\"50%\" dy=\".35em\" text-anchor=\"middle\" fill=\"#fff\" ");
    let _ = write!(
        svg,
        "font-family=\"system-ui,sans-serif\" font-weight=\"700\" font-size=\"{size}\">{text}</text></svg>"
    );
    svg
}

/// Draws the shapes; `vary` varies them.
fn figures(svg: &mut String, kind: u8, vary: u32) {
    // Writing to a string cannot fail.
    match kind {
        0 => {
            for radius in [150, 105, 60] {
                let _ = write!(
                    svg,
                    "<circle cx=\"{}\" cy=\"220\" r=\"{radius}\" fill-opacity=\".55\"/>",
                    40 + vary * 5 / 8
                );
            }
        }
        1 => {
            for n in 0..5 {
                let x = n * 56 + vary % 40;
                let _ = write!(svg, "<path d=\"M{x} 0h24L{} 240h-24z\"/>", x.saturating_sub(60));
            }
        }
        2 => {
            for n in 0..3 {
                let y = 70 + n * 62 + vary % 30;
                let _ =
                    write!(svg, "<path fill=\"none\" stroke-width=\"22\" d=\"M-10 {y}q62-60 125 0t125 0\"/>");
            }
        }
        3 => {
            let top = 30 + vary % 90;
            let _ = write!(
                svg,
                "<path d=\"M0 240L{top} 60L{} 240z\"/><path fill-opacity=\".6\" d=\"M90 240L190 110L250 240z\"/>",
                top + 110
            );
        }
        4 => {
            for n in 0..25u32 {
                let (x, y) = (24 + n % 5 * 48, 24 + n / 5 * 48);
                let _ = write!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{}\"/>", 5 + (vary + n * 7) % 15);
            }
        }
        _ => {
            let (x, y) = (if vary.is_multiple_of(2) { 0 } else { SIDE }, if vary % 4 < 2 { 0 } else { SIDE });
            for radius in [60, 120, 180] {
                let _ = write!(
                    svg,
                    "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"none\" stroke-width=\"30\"/>"
                );
            }
        }
    }
}

/// The first letters or digits of the first two words, in upper case where possible.
fn initials(name: &str) -> String {
    let firsts = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let initials: String = firsts.take(2).flat_map(char::to_uppercase).collect();
    if initials.is_empty() { "♪".to_owned() } else { initials }
}

/// Escapes a character for XML.
fn escaped(character: char) -> String {
    match character {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_any_script() {
        for (name, expected) in [
            ("Velvet Cartographer", "VC"),
            ("Çay & Satürn", "ÇS"),
            ("月面郵便局", "月"),
            ("Þoka og Kompás", "ÞO"),
            ("<Blink> & \"Wink\"", "BW"),
            ("=1+1", "1"),
            ("!!", "♪"),
            ("", "♪"),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }

    #[test]
    fn is_the_same_for_the_same_and_small() {
        for n in 0..=255u8 {
            let seed = Uuid::from_bytes([n, 7, n, n, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            let svg = picture("Glass Pelican", seed);
            assert_eq!(svg, picture("Glass Pelican", seed));
            assert!(
                svg.starts_with("<svg ") && svg.ends_with("</svg>") && svg.len() < 2_000,
                "{}",
                svg.len()
            );
            assert!(svg.contains(">GP</text>"));
        }
    }
}
