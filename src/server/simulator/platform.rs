//! The provider's platforms and the data it has for them. The real list changes, so clients must read it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::domain::Metric;
use crate::domain::catalogue::Catalogue;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimPlatform {
    /// The provider's code.
    pub code: String,
    /// The display name.
    pub name: String,
    /// Has followers of artists.
    pub is_social: bool,
    /// Has listeners or views of artists.
    pub is_streaming: bool,
    /// Has streams, views, ... of songs.
    pub has_songs: bool,
}

/// Code, name and data: `a` artist followers, `s` artist streaming, `t` tracks.
#[rustfmt::skip]
const KNOWN: [(&str, &str, &str); 35] = [
    ("airplay", "Airplay", ""), ("allmusic", "AllMusic", ""), ("amazon", "Amazon", ""),
    ("anghami", "Anghami", "ast"), ("apple-music", "Apple Music", ""), ("audiomack", "Audiomack", "ast"),
    ("awa", "AWA", "t"), ("bandsintown", "Bandsintown", "a"), ("boomplay", "Boomplay", "at"),
    ("deezer", "Deezer", "a"), ("facebook", "Facebook", "a"), ("gaana", "Gaana", "t"),
    ("genius", "Genius", "t"), ("instagram", "Instagram", "at"), ("itunes", "iTunes", ""),
    ("jiosaavn", "JioSaavn", "ast"), ("joox", "JOOX", ""), ("kugou", "KuGou", "s"),
    ("lastfm", "Last.fm", "st"), ("line-music", "LINE MUSIC", "at"), ("melon", "Melon", "at"),
    ("napster", "Napster", ""), ("pandora", "Pandora", "s"), ("shazam", "Shazam", "t"),
    ("songkick", "Songkick", "a"), ("soundcloud", "SoundCloud", "at"), ("spotify", "Spotify", "ast"),
    ("tidal", "TIDAL", ""), ("tiktok", "TikTok", "at"), ("weibo", "Weibo", "a"),
    ("wikipedia", "Wikipedia", ""), ("x", "X", "a"), ("yandex", "Yandex", "as"),
    ("youtube", "YouTube", "ast"), ("youtube-artist", "YouTube Artist", ""),
];

/// The provider's platforms and further ones of the catalogue, by code.
pub fn platforms(catalogue: &Catalogue) -> Vec<SimPlatform> {
    let mut platforms: Vec<SimPlatform> = KNOWN
        .iter()
        .map(|(code, name, has)| SimPlatform {
            code: (*code).to_owned(),
            name: (*name).to_owned(),
            is_social: has.contains('a'),
            is_streaming: has.contains('s'),
            has_songs: has.contains('t'),
        })
        .collect();
    let songs: BTreeSet<&str> = catalogue.observations.iter().map(|line| line.platform.as_str()).collect();
    let artists: BTreeSet<(&str, bool)> = catalogue
        .artist_observations
        .iter()
        .map(|line| (line.platform.as_str(), is_social(line.metric)))
        .collect();
    let charts: BTreeSet<&str> = catalogue.charts.iter().map(|chart| chart.platform.as_str()).collect();
    for code in &charts {
        entry(&mut platforms, code);
    }
    for code in songs {
        entry(&mut platforms, code).has_songs = true;
    }
    for (code, is_social) in artists {
        let platform = entry(&mut platforms, code);
        *(if is_social { &mut platform.is_social } else { &mut platform.is_streaming }) = true;
    }
    platforms.sort_by(|a, b| a.code.cmp(&b.code));
    platforms
}

/// Whether an artist metric is a level; otherwise it is listeners or views.
pub fn is_social(metric: Metric) -> bool {
    metric == Metric::Followers
}

fn entry<'a>(platforms: &'a mut Vec<SimPlatform>, code: &str) -> &'a mut SimPlatform {
    let place = platforms.iter().position(|platform| platform.code == code).unwrap_or_else(|| {
        let (code, name) = (code.to_owned(), code.to_owned());
        platforms.push(SimPlatform { code, name, is_social: false, is_streaming: false, has_songs: false });
        platforms.len() - 1
    });
    &mut platforms[place]
}

impl SimPlatform {
    /// The form used in lists.
    pub fn as_item(&self) -> Value {
        json!({"name": self.name, "code": self.code})
    }
}
