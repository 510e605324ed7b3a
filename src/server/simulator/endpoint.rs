//! The endpoints served, with one spelling each for routes, faults, refusals and the log.

use crate::domain::text::string_enum::string_enum;

string_enum!(
    /// An endpoint of the provider.
    Endpoint, "endpoint", {
        /// All platforms.
        Platforms = "platforms",
        /// Platforms with audiences of artists.
        SocialPlatforms = "social_platforms",
        /// Platforms with listeners or views of artists.
        StreamingPlatforms = "streaming_platforms",
        /// Artists by name or identifier.
        ArtistSearch = "artist_search",
        /// One artist, or several with commas between their UUIDs.
        Artist = "artist",
        /// An artist by a platform's own identifier.
        ArtistByPlatform = "artist_by_platform",
        /// An artist's identifiers on platforms.
        ArtistIdentifiers = "artist_identifiers",
        /// An artist's songs.
        ArtistSongs = "artist_songs",
        /// An artist's followers and other levels.
        ArtistAudience = "artist_audience",
        /// An artist's listeners or views.
        ArtistStreaming = "artist_streaming",
        /// One song, or several with commas between their UUIDs.
        Song = "song",
        /// A song by ISRC.
        SongByIsrc = "song_by_isrc",
        /// A song by a platform's own identifier.
        SongByPlatform = "song_by_platform",
        /// A song's identifiers on platforms.
        SongIdentifiers = "song_identifiers",
        /// A song's streams, views, ...
        SongAudience = "song_audience",
        /// Platforms with song charts.
        ChartPlatforms = "chart_platforms",
        /// A platform's song charts.
        ChartList = "chart_list",
        /// When a chart was made.
        ChartDates = "chart_dates",
        /// A chart at one time.
        Ranking = "ranking",
        /// What is left of quota and limit; free.
        Usage = "usage",
        /// Tokens for OAuth.
        Token = "token",
    }
);

impl Endpoint {
    /// Its path, in the router's syntax.
    pub const fn route(self) -> &'static str {
        match self {
            Endpoint::Platforms => "/api/{version}/referential/platforms",
            Endpoint::SocialPlatforms => "/api/{version}/referential/platforms/social",
            Endpoint::StreamingPlatforms => "/api/{version}/referential/platforms/streaming",
            Endpoint::ArtistSearch => "/api/{version}/artist/search/{*term}",
            Endpoint::Artist => "/api/{version}/artist/{uuid}",
            Endpoint::ArtistByPlatform => "/api/{version}/artist/by-platform/{platform}/{*identifier}",
            Endpoint::ArtistIdentifiers => "/api/{version}/artist/{uuid}/identifiers",
            Endpoint::ArtistSongs => "/api/{version}/artist/{uuid}/songs",
            Endpoint::ArtistAudience => "/api/{version}/artist/{uuid}/audience/{platform}",
            Endpoint::ArtistStreaming => "/api/{version}/artist/{uuid}/streaming/{platform}/listening",
            Endpoint::Song => "/api/{version}/song/{uuid}",
            Endpoint::SongByIsrc => "/api/{version}/song/by-isrc/{isrc}",
            Endpoint::SongByPlatform => "/api/{version}/song/by-platform/{platform}/{*identifier}",
            Endpoint::SongIdentifiers => "/api/{version}/song/{uuid}/identifiers",
            Endpoint::SongAudience => "/api/{version}/song/{uuid}/audience/{platform}",
            Endpoint::ChartPlatforms => "/api/{version}/chart/song/platforms",
            Endpoint::ChartList => "/api/{version}/chart/song/by-platform/{platform}",
            Endpoint::ChartDates => "/api/{version}/chart/song/{slug}/available-rankings",
            Endpoint::Ranking => "/api/{version}/chart/song/{slug}/ranking/{date}",
            Endpoint::Usage => "/api/{version}/team/usage",
            Endpoint::Token => "/oauth/token",
        }
    }

    /// The endpoint of a route.
    pub fn of_route(route: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|endpoint| endpoint.route() == route)
    }
}
