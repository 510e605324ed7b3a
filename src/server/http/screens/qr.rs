//! QR codes as SVG.

use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};

/// The quiet zone in modules, required for scanning.
const MARGIN: i32 = 4;

/// A QR code, dark on light in every theme; `None` if the text is too long.
pub fn qr(text: &str, label: &'static str) -> Option<AnyView> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = code.size() + 2 * MARGIN;
    let view = view! {
        <svg class="qr" viewBox=format!("0 0 {size} {size}") role="img" aria-label=label shape-rendering="crispEdges">
            <rect width=size height=size fill="#fff" />
            <path d=squares(&code) fill="#000" />
        </svg>
    };
    Some(view.into_any())
}

/// SVG path of the dark modules; adjacent modules of a row are merged.
fn squares(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let dark = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
            let width = i32::try_from(dark).unwrap_or_default();
            if width > 0 {
                path += &format!("M{} {}h{width}v1h-{width}z", x + MARGIN, y + MARGIN);
            }
            x += width + 1;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_square_is_drawn_and_no_other() {
        let code =
            QrCode::encode_text("otpauth://totp/A:b?secret=GEZDGNBVGY3TQOJQ", QrCodeEcc::Medium).unwrap();
        let mut drawn = std::collections::BTreeSet::new();
        for piece in squares(&code).split('M').skip(1) {
            let (place, rest) = piece.split_once('h').unwrap();
            let (x, y) = place.split_once(' ').unwrap();
            let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
            let width: i32 = rest.split('v').next().unwrap().parse().unwrap();
            drawn.extend((x..x + width).map(|x| (x - MARGIN, y - MARGIN)));
        }
        let all = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
        let dark: std::collections::BTreeSet<_> = all.filter(|(x, y)| code.get_module(*x, *y)).collect();
        assert!(!dark.is_empty() && drawn == dark);
    }
}
