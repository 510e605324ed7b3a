//! Artist ids as used in the API and in URLs.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// The id of an artist: the Soundcharts UUID, or a local number written `local-N`.
///
/// Artists from ACRCloud analysis or entered by hand may lack a UUID. They are listed but cannot be
/// aggregated until they are linked to a Soundcharts artist (S20 in docs/semantics.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArtistId {
    /// Known to Soundcharts.
    Uuid(Uuid),
    /// Not linked to Soundcharts.
    Local(i64),
}

/// The text is not an artist id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is not an artist id: expected a UUID, such as 11e81bcc-9c1c-ce38-b96b-a0369fe50396, or local-N"
)]
pub struct ArtistIdError(pub String);

impl ArtistId {
    /// The Soundcharts UUID, if it has one.
    pub const fn uuid(self) -> Option<Uuid> {
        match self {
            ArtistId::Uuid(uuid) => Some(uuid),
            ArtistId::Local(_) => None,
        }
    }
}

/// Parses a UUID in its usual form: 36 characters with hyphens.
pub fn parse_uuid(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten()
}

impl fmt::Display for ArtistId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArtistId::Uuid(uuid) => uuid.fmt(f),
            ArtistId::Local(number) => write!(f, "local-{number}"),
        }
    }
}

impl FromStr for ArtistId {
    type Err = ArtistIdError;

    fn from_str(text: &str) -> Result<Self, ArtistIdError> {
        let local = || {
            let digits = text.strip_prefix("local-")?;
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| digits.parse().ok()).flatten().map(ArtistId::Local)
        };
        parse_uuid(text).map(ArtistId::Uuid).or_else(local).ok_or_else(|| ArtistIdError(text.to_owned()))
    }
}

#[cfg(feature = "ssr")]
crate::domain::text::schema::schema!(
    ArtistId,
    crate::domain::text::schema::text(
        "An artist: its Soundcharts UUID, or `local-N` where none is known. An artist without UUID cannot be reported on \
         until it is linked (S20).",
        None,
        "^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|local-[0-9]{1,18})$",
        "11e81bcc-9c1c-ce38-b96b-a0369fe50396",
    )
);

impl Serialize for ArtistId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ArtistId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_uuids_and_local_numbers() {
        for text in ["11e81bcc-9c1c-ce38-b96b-a0369fe50396", "local-12"] {
            assert_eq!(text.parse::<ArtistId>().map(|id| id.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "local-", "local--1", "local-+1", "11e81bcc9c1cce38b96ba0369fe50396", "Achille"] {
            assert!(text.parse::<ArtistId>().is_err(), "{text}");
        }
    }
}
