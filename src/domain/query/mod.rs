//! Report queries: the parameters of a report as the API, the page's URL, the form and the command line pass
//! them (interface of `GET /report`).

pub mod listing;
pub mod problem;

use serde::{Deserialize, Serialize};

use super::{ArtistId, Day, Month, Range, Role};
use crate::domain::registry::artist_id::ArtistIdError;
use crate::domain::text::string_enum::string_enum;

/// Maximum number of artists per report.
pub const MAX_ARTISTS: usize = 200;

string_enum!(
    /// How results are grouped.
    Group, "grouping", {
        /// One row per track, with its platforms below it.
        Track = "track",
        /// One row per platform.
        Platform = "platform",
        /// One row per day.
        Date = "date",
    }
);

string_enum!(
    /// What the results are compared with (S21).
    Compare, "comparison", {
        /// The previous month for a month, otherwise the preceding days of the same number.
        Previous = "previous",
        /// The same period a year earlier.
        Year = "year",
    }
);

/// A country code: two upper-case letters, ISO 3166-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// The two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("two ASCII letters")
    }
}

impl std::str::FromStr for Country {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.as_bytes() {
            &[a @ b'A'..=b'Z', b @ b'A'..=b'Z'] => Ok(Country([a, b])),
            _ => Err(format!("\"{text}\" is not a country code: expected two capital letters, such as IT")),
        }
    }
}

#[cfg(feature = "ssr")]
crate::domain::text::schema::schema!(
    Country,
    crate::domain::text::schema::text(
        "A country: two capital letters, ISO 3166-1.",
        None,
        "^[A-Z]{2}$",
        "IT"
    )
);

impl Serialize for Country {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The requested days, in the form they were requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// A calendar month.
    Month(Month),
    /// Any run of days.
    Days(Range),
}

impl Period {
    /// The parameter that errors about the days refer to.
    pub const fn field(self) -> &'static str {
        match self {
            Period::Month(_) => "month",
            Period::Days(_) => "from",
        }
    }

    /// The days.
    pub fn range(self) -> Range {
        match self {
            Period::Month(month) => Range::month(month),
            Period::Days(range) => range,
        }
    }
}

/// A validated report query.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Query {
    /// At least one, sorted and unique: order and repetition have no effect (S12).
    pub artists: Vec<ArtistId>,
    /// The days.
    pub period: Period,
    /// Platform codes, sorted and unique; empty means all enabled platforms.
    pub platforms: Vec<String>,
    /// Keeps the tracks that appeared in a chart of this country within the range (S18).
    pub country: Option<Country>,
    /// Keeps the tracks on which a selected artist has this role (S12).
    pub role: Option<Role>,
    /// How results are grouped.
    pub group: Group,
    /// Whether to include daily rows.
    pub daily: bool,
    /// The period to compare with, if any (S21).
    pub compare: Option<Compare>,
}

/// Unvalidated parameters, as a form or a URL contains them. Empty values count as absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Parameters {
    /// `artist`, repeatable.
    pub artists: Vec<String>,
    /// `month`.
    pub month: Option<String>,
    /// `from`.
    pub from: Option<String>,
    /// `to`.
    pub to: Option<String>,
    /// `platform`, repeatable.
    pub platforms: Vec<String>,
    /// `country`.
    pub country: Option<String>,
    /// `role`.
    pub role: Option<String>,
    /// `group`.
    pub group: Option<String>,
    /// `daily`.
    pub daily: Option<String>,
    /// `compare`.
    pub compare: Option<String>,
}

/// An invalid parameter: what is wrong and how to fix it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The parameter's name.
    pub field: String,
    /// A message for the user.
    pub message: String,
}

impl FieldError {
    /// For the parameter `field`.
    pub fn new(field: &str, message: impl Into<String>) -> Self {
        FieldError { field: field.to_owned(), message: message.into() }
    }
}

/// The result of [`Parameters::set`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamOutcome {
    /// A known parameter.
    Accepted,
    /// A repeated parameter that may be given only once; the last value counts.
    Repeated,
    /// Not a parameter of a query.
    Unknown,
}

impl Parameters {
    /// Sets a parameter by its name in the URL.
    pub fn set(&mut self, name: &str, value: &str) -> ParamOutcome {
        let slot = match name {
            "artist" => {
                self.artists.push(value.to_owned());
                return ParamOutcome::Accepted;
            }
            "platform" => {
                self.platforms.push(value.to_owned());
                return ParamOutcome::Accepted;
            }
            "month" => &mut self.month,
            "from" => &mut self.from,
            "to" => &mut self.to,
            "country" => &mut self.country,
            "role" => &mut self.role,
            "group" => &mut self.group,
            "daily" => &mut self.daily,
            "compare" => &mut self.compare,
            _ => return ParamOutcome::Unknown,
        };
        match slot.replace(value.to_owned()) {
            None => ParamOutcome::Accepted,
            Some(_) => ParamOutcome::Repeated,
        }
    }

    /// The parameters in canonical order; not percent-encoded.
    pub fn pairs(&self) -> Vec<(&'static str, &str)> {
        fn one<'a>(
            name: &'static str,
            value: &'a Option<String>,
        ) -> impl Iterator<Item = (&'static str, &'a str)> {
            value.iter().map(move |value| (name, value.as_str()))
        }
        let artists = self.artists.iter().map(|id| ("artist", id.as_str()));
        let platforms = self.platforms.iter().map(|code| ("platform", code.as_str()));
        artists
            .chain(one("month", &self.month))
            .chain(one("from", &self.from))
            .chain(one("to", &self.to))
            .chain(platforms)
            .chain(one("country", &self.country))
            .chain(one("role", &self.role))
            .chain(one("group", &self.group))
            .chain(one("daily", &self.daily))
            .chain(one("compare", &self.compare))
            .collect()
    }

    /// Validates all parameters and reports all errors at once.
    ///
    /// # Errors
    /// One entry per invalid parameter, in the order of the form.
    pub fn check(&self) -> Result<Query, Vec<FieldError>> {
        let mut errors = Vec::new();
        let artists = self.check_artists(&mut errors);
        let period = self.check_period(&mut errors);
        let mut platforms = self.platforms.clone();
        platforms.sort_unstable();
        platforms.dedup();
        if platforms.iter().any(String::is_empty) {
            errors.push(FieldError::new(
                "platform",
                "a platform code is empty: leave `platform` out for all platforms",
            ));
        }
        let country = parse("country", self.country.as_deref(), &mut errors);
        let role = parse("role", self.role.as_deref(), &mut errors);
        let group = parse("group", self.group.as_deref(), &mut errors).unwrap_or(Group::Track);
        let daily = match self.daily.as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(other) => {
                errors.push(FieldError::new("daily", format!("\"{other}\" is neither true nor false")));
                false
            }
        };
        let compare = parse("compare", self.compare.as_deref(), &mut errors);
        match (period, errors.is_empty()) {
            (Some(period), true) => {
                Ok(Query { artists, period, platforms, country, role, group, daily, compare })
            }
            _ => Err(errors),
        }
    }

    fn check_artists(&self, errors: &mut Vec<FieldError>) -> Vec<ArtistId> {
        let mut artists = Vec::with_capacity(self.artists.len());
        for text in &self.artists {
            match text.parse() {
                Ok(id) => artists.push(id),
                Err(error) => errors.push(FieldError::new("artist", ArtistIdError::to_string(&error))),
            }
        }
        artists.sort_unstable();
        artists.dedup();
        if self.artists.is_empty() {
            errors.push(FieldError::new("artist", "choose at least one artist"));
        }
        if artists.len() > MAX_ARTISTS {
            let message = format!("{} artists are too many: at most {MAX_ARTISTS} at once", artists.len());
            errors.push(FieldError::new("artist", message));
        }
        artists
    }

    fn check_period(&self, errors: &mut Vec<FieldError>) -> Option<Period> {
        let month: Option<Month> = parse("month", self.month.as_deref(), errors);
        let from: Option<Day> = parse("from", self.from.as_deref(), errors);
        let to: Option<Day> = parse("to", self.to.as_deref(), errors);
        match (&self.month, &self.from, &self.to) {
            (Some(_), None, None) => month.map(Period::Month),
            (None, Some(_), Some(_)) => match Range::new(from?, to?) {
                Ok(range) => Some(Period::Days(range)),
                Err(error) => {
                    errors.push(FieldError::new("to", error.to_string()));
                    None
                }
            },
            (None, None, None) => {
                errors.push(FieldError::new("month", "choose a month, or a first and a last day"));
                None
            }
            (Some(_), _, _) => {
                errors.push(FieldError::new("month", "give either a month or `from` and `to`, not both"));
                None
            }
            (None, missing, _) => {
                let field = if missing.is_none() { "from" } else { "to" };
                errors.push(FieldError::new(field, "a range needs both its first and its last day"));
                None
            }
        }
    }
}

fn parse<T>(field: &str, text: Option<&str>, errors: &mut Vec<FieldError>) -> Option<T>
where
    T: std::str::FromStr<Err: ToString>,
{
    match text?.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            errors.push(FieldError::new(field, error.to_string()));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "11e81bcc-9c1c-ce38-b96b-a0369fe50396";

    fn parameters(pairs: &[(&str, &str)]) -> Parameters {
        let mut parameters = Parameters::default();
        for (name, value) in pairs {
            assert_eq!(parameters.set(name, value), ParamOutcome::Accepted, "{name}");
        }
        parameters
    }

    fn fields(pairs: &[(&str, &str)]) -> Vec<String> {
        parameters(pairs).check().err().unwrap_or_default().into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn order_and_repetition_change_nothing() {
        let b = "local-3";
        let one = parameters(&[("artist", A), ("artist", b), ("month", "2026-09")]).check();
        let two = parameters(&[("artist", b), ("artist", A), ("artist", A), ("month", "2026-09")]).check();
        assert!(one.is_ok());
        assert_eq!(one, two);
    }

    #[test]
    fn every_fault_is_named() {
        assert_eq!(fields(&[]), ["artist", "month"]);
        assert_eq!(
            fields(&[("artist", "x"), ("month", "2026-13"), ("country", "it"), ("group", "week")]),
            ["artist", "month", "country", "group"]
        );
        assert_eq!(fields(&[("artist", A), ("from", "2026-09-02"), ("to", "2026-09-01")]), ["to"]);
        assert_eq!(fields(&[("artist", A), ("from", "2026-02-29"), ("to", "2026-09-01")]), ["from"]);
        assert_eq!(fields(&[("artist", A), ("to", "2026-09-01")]), ["from"]);
        assert_eq!(fields(&[("artist", A), ("month", "2026-09"), ("to", "2026-09-01")]), ["month"]);
        assert_eq!(
            fields(&[("artist", A), ("month", "2026-09"), ("daily", "yes"), ("platform", "")]),
            ["platform", "daily"]
        );
        assert_eq!(fields(&[("artist", A), ("from", "2025-01-01"), ("to", "2026-09-01")]), ["to"]);
    }

    #[test]
    fn at_most_200_artists() {
        let ids: Vec<String> = (0..201).map(|n| format!("local-{n}")).collect();
        let mut pairs: Vec<(&str, &str)> = ids.iter().map(|id| ("artist", id.as_str())).collect();
        pairs.push(("month", "2026-09"));
        assert_eq!(fields(&pairs), ["artist"]);
        assert!(parameters(&pairs[1..]).check().is_ok());
    }

    #[test]
    fn unknown_and_repeated_parameters_are_told() {
        let mut parameters = parameters(&[("month", "2026-09")]);
        assert_eq!(parameters.set("month", "2026-10"), ParamOutcome::Repeated);
        assert_eq!(parameters.set("artits", A), ParamOutcome::Unknown);
    }
}
