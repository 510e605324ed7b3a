//! Platform logos and thumbnails. All are decorative: the name is always next to them.

use leptos::prelude::*;

use crate::view::files::PUBLIC;

/// Platforms with a logo in public/platforms; others get a letter.
const LOGOS: &[&str] = &[
    "apple-music",
    "audiomack",
    "bandsintown",
    "deezer",
    "facebook",
    "genius",
    "instagram",
    "itunes",
    "lastfm",
    "napster",
    "pandora",
    "shazam",
    "songkick",
    "soundcloud",
    "spotify",
    "tidal",
    "tiktok",
    "twitter",
    "wikipedia",
    "x",
    "youtube",
    "youtube-artist",
    "youtube-shorts",
];

/// The logo of a platform, or the first letter of its name.
pub fn logo(code: &str, name: &str) -> AnyView {
    if LOGOS.contains(&code) {
        view! { <img class="logo" src=format!("/platforms/{code}.{PUBLIC}.svg") alt="" width="20" height="20" /> }
            .into_any()
    } else {
        view! { <span class="logo logo-letter" aria-hidden="true">{initial(name)}</span> }.into_any()
    }
}

/// A picture of an artist or a track, or the first letter of its name.
pub fn thumbnail(image: Option<&str>, name: &str) -> AnyView {
    match image {
        Some(image) => view! {
            <img class="thumbnail" src=image.to_owned() alt="" width="32" height="32" loading="lazy" />
        }
        .into_any(),
        None => view! { <span class="thumbnail thumbnail-letter" aria-hidden="true">{initial(name)}</span> }
            .into_any(),
    }
}

fn initial(name: &str) -> String {
    name.chars().find(|letter| letter.is_alphanumeric()).unwrap_or('?').to_uppercase().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_logo_is_there() {
        let mut files: Vec<String> = std::fs::read_dir("public/platforms")
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap().replace(".svg", ""))
            .collect();
        files.sort();
        assert_eq!(files, LOGOS);
    }
}
