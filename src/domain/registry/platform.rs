//! Vocabulary of the platform registry: kind, level, metric and unit of a platform's values (section 1 of
//! docs/semantics.md).

use crate::domain::text::string_enum::string_enum;

string_enum!(
    /// The kind of a stored value, which decides how it may be aggregated.
    Kind, "kind", {
        /// A lifetime total that only grows: what happened is the difference between two days.
        Counter = "counter",
        /// The amount of one day: days add up.
        Flow = "flow",
        /// A level, such as followers: the last value counts, growth is last minus first.
        Stock = "stock",
        /// A rolling-window count, such as 28-day listeners: last or average, never added.
        Rolling = "rolling",
        /// A score of 0 to 100: last or average, never added.
        Index = "index",
    }
);

string_enum!(
    /// The level of a platform's values.
    Level, "level", {
        /// One recording.
        Track = "track",
        /// An artist as a whole.
        Artist = "artist",
    }
);

string_enum!(
    /// What is measured; `audience` at track level, the others at artist level.
    Metric, "metric", {
        /// Streams, views, Shazams, ... of a track.
        Audience = "audience",
        /// Followers of an artist.
        Followers = "followers",
        /// Listeners of an artist within a window of days.
        Listeners = "listeners",
        /// Views of an artist's songs.
        Views = "views",
    }
);

string_enum!(
    /// Which of the provider's endpoints serves a platform.
    PlatformType, "platform type", {
        /// Audience endpoints.
        Audience = "audience",
        /// Streaming endpoints.
        Streaming = "streaming",
        /// Song chart rankings.
        SongChart = "song_chart",
        /// Artist chart rankings.
        ArtistChart = "artist_chart",
        /// Album chart rankings.
        AlbumChart = "album_chart",
        /// Playlists.
        Playlist = "playlist",
        /// Radio airplay.
        Radio = "radio",
        /// Anything else.
        Other = "other",
    }
);

string_enum!(
    /// The role of an artist on a track.
    Role, "role", {
        /// Main artist.
        Main = "main",
        /// Featured artist.
        Featured = "featured",
    }
);

/// The kinds that are additive over days. Totals can only be built from this type, and stocks, rolling
/// windows and indexes cannot be converted to it, so adding them over days does not compile (section 1 of
/// docs/semantics.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Additive {
    /// Differences of a lifetime total.
    Counter,
    /// Amounts of single days.
    Flow,
}

impl Kind {
    /// The additive kind, if it is additive.
    pub const fn additive(self) -> Option<Additive> {
        match self {
            Kind::Counter => Some(Additive::Counter),
            Kind::Flow => Some(Additive::Flow),
            Kind::Stock | Kind::Rolling | Kind::Index => None,
        }
    }

    /// Why values of this kind cannot be added over days, for error messages.
    pub const fn why_not_additive(self) -> &'static str {
        match self {
            Kind::Counter | Kind::Flow => "its values can be added over days",
            Kind::Stock => {
                "it is a stock (a level, such as followers): adding its days would count everybody again every day"
            }
            Kind::Rolling => {
                "it is a rolling window (such as 28-day listeners): its days overlap and cannot be added"
            }
            Kind::Index => "it is an index (a score of 0 to 100): scores cannot be added",
        }
    }
}

/// A platform that reports can include: its registry entry at track level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPlatform {
    /// Its primary key in the database.
    pub number: i64,
    /// The provider's code, such as "spotify".
    pub code: String,
    /// The display name, such as "Spotify".
    pub name: String,
    /// Counter or flow.
    pub kind: Additive,
    /// The unit: "streams", "views", "Shazams", ...
    pub unit: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_one_spelling() {
        for kind in Kind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
        }
        assert!("Counter".parse::<Kind>().is_err());
        assert_eq!(serde_json::to_string(&PlatformType::SongChart).unwrap(), "\"song_chart\"");
    }

    #[test]
    fn levels_cannot_be_added() {
        let additive: Vec<Kind> =
            Kind::ALL.iter().copied().filter(|kind| kind.additive().is_some()).collect();
        assert_eq!(additive, [Kind::Counter, Kind::Flow]);
    }
}
