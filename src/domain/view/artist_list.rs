//! The page of artists: those that are here, and the provider's, who can be added or linked to.

use serde::{Deserialize, Serialize};

use super::encoding::{decode, encode};
use super::told::Told;
use crate::domain::ArtistId;
use crate::domain::listing::{ArtistItem, ProviderArtist};

/// The page's path.
pub const PATH: &str = "/artists";

/// The state of the page, as its address has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArtistsAddress {
    /// What artists here are looked for with.
    pub q: String,
    /// The last one of the page before.
    pub after: Option<ArtistId>,
    /// What artists of the provider are looked for with.
    pub provider: String,
    /// The artist without UUID to whom one of the provider's is to be linked.
    pub link: Option<ArtistId>,
}

impl ArtistsAddress {
    /// Reads a query string; what is not known is ignored.
    pub fn parse(search: &str) -> Self {
        let mut address = ArtistsAddress::default();
        for (name, value) in decode(search) {
            let value = value.trim();
            match name.as_str() {
                "q" => value.clone_into(&mut address.q),
                "after" => address.after = value.parse().ok(),
                "provider" => value.clone_into(&mut address.provider),
                "link" => address.link = value.parse().ok(),
                _ => {}
            }
        }
        address
    }

    /// The link to this state.
    pub fn href(&self) -> String {
        let after = self.after.map(|id| id.to_string()).unwrap_or_default();
        let link = self.link.map(|id| id.to_string()).unwrap_or_default();
        let pairs =
            [("q", self.q.as_str()), ("after", &after), ("provider", &self.provider), ("link", &link)];
        let query = encode(pairs.into_iter().filter(|(_, value)| !value.is_empty()));
        if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") }
    }
}

/// The data of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtistList {
    /// Artists that are here, by name or best match first.
    pub artists: Vec<ArtistItem>,
    /// The last one, where more follow.
    pub next: Option<ArtistId>,
    /// The provider's artists, where they were looked for.
    pub found: Option<Vec<ProviderArtist>>,
    /// What became of the last press on a button, and whether it went well.
    pub told: Option<Told>,
    /// Who is to be linked.
    pub linked: Option<ArtistItem>,
    /// Whether the provider can be asked.
    pub can_fetch: bool,
}

/// Artists on a page.
pub const ROWS: u32 = 20;

impl ArtistList {
    /// The ways to the first page and to the next: words and link.
    pub fn links(&self, address: &ArtistsAddress) -> Vec<(&'static str, String)> {
        let to = |after: Option<ArtistId>| ArtistsAddress { after, ..address.clone() }.href();
        let first = address.after.is_some().then(|| ("First page", to(None)));
        let next = self.next.is_some().then(|| ("Next", to(self.next)));
        first.into_iter().chain(next).collect()
    }
}

/// The way to a report on an artist's last whole month.
pub fn report_href(artist: &ArtistItem) -> String {
    format!("/analytics?artist={}", artist.id)
}

/// The way to an artist's page.
pub fn artist_href(artist: &ArtistItem) -> String {
    format!("{PATH}/{}", artist.id)
}

/// Where the provider's artists are looked for by the name of one without UUID.
pub fn link_href(artist: &ArtistItem) -> String {
    ArtistsAddress {
        q: artist.name.clone(),
        provider: artist.name.clone(),
        link: Some(artist.id),
        ..ArtistsAddress::default()
    }
    .href()
}

/// Where an artist is known from, on a badge.
pub fn source_label(source: &str) -> &'static str {
    match source {
        "soundcharts" => "Soundcharts",
        "acrcloud" => "ACRCloud",
        _ => "Entered by hand",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_state() {
        for href in [
            "/artists",
            "/artists?q=pel",
            "/artists?q=a&after=local-7",
            "/artists?q=Pel&provider=Pel&link=local-3",
        ] {
            let search = href.split_once('?').map_or("", |(_, search)| search);
            assert_eq!(ArtistsAddress::parse(search).href(), href);
        }
        assert_eq!(ArtistsAddress::parse("after=x&y=1&q= a ").href(), "/artists?q=a");
    }
}
