//! The parameters of a request beyond its path: version, query, and parse errors.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::Simulator;
use super::fault::Fault;
use super::refusal::Refusal;
use super::world::World;
use crate::domain::Day;

/// The newest path version: `v2.48`.
const NEWEST: u32 = 48;
/// Default length of a window in days.
const DEFAULT_DAYS: i32 = 30;

/// Passed from the authorization layer to handlers.
#[derive(Debug, Clone)]
pub struct RequestContext {
    pub world: Arc<World>,
    /// Faults to apply.
    pub faults: Vec<Fault>,
}

#[derive(Debug, Clone)]
pub struct SimRequest {
    pub simulator: Arc<Simulator>,
    pub world: Arc<World>,
    /// Faults to apply.
    pub faults: Vec<Fault>,
    /// `N` of the path version `v2.N`: response formats differ between versions.
    pub minor: u32,
    /// The unparsed path.
    pub path: String,
    /// The query; unknown names are ignored, as the provider does.
    pub query: Vec<(String, String)>,
}

impl FromRequestParts<Arc<Simulator>> for SimRequest {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, simulator: &Arc<Simulator>) -> Result<Self, Refusal> {
        let context = parts.extensions.get::<RequestContext>().cloned().ok_or_else(Refusal::not_found)?;
        let path = parts.uri.path().to_owned();
        let minor = minor(path.split('/').nth(2).unwrap_or_default()).ok_or_else(Refusal::not_found)?;
        let query = parts.uri.query().unwrap_or_default();
        let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let RequestContext { world, faults } = context;
        Ok(SimRequest { simulator: Arc::clone(simulator), world, faults, minor, path, query })
    }
}

/// `N` of `v2.N`; 0 for `v2`.
fn minor(version: &str) -> Option<u32> {
    match version.strip_prefix("v2")? {
        "" => Some(0),
        rest => rest.strip_prefix('.')?.parse().ok().filter(|minor| *minor <= NEWEST),
    }
}

impl SimRequest {
    /// Whether a fault applies.
    pub fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// A parameter, if present and not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// An integer parameter, if present.
    pub fn number(&self, name: &str) -> Result<Option<usize>, Refusal> {
        let refuse = |_| Refusal::argument(format!("Invalid {name}."));
        self.text(name).map(|text| text.parse().map_err(refuse)).transpose()
    }

    /// A boolean parameter (1, 0 or words), if present.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.text(name) {
            None => Ok(None),
            Some("1" | "true") => Ok(Some(true)),
            Some("0" | "false") => Ok(Some(false)),
            Some(_) => Err(Refusal::argument(format!("Invalid {name}."))),
        }
    }

    /// Whether the requested order is descending.
    pub fn is_descending(&self, name: &str, default: bool) -> Result<bool, Refusal> {
        match self.text(name) {
            None => Ok(default),
            Some("desc") => Ok(true),
            Some("asc") => Ok(false),
            Some(_) => Err(Refusal::argument(format!("Invalid {name}."))),
        }
    }

    /// The requested days, inclusive; by default the 30 days before the last, which is today by default.
    pub fn window(&self) -> Result<(Day, Day), Refusal> {
        let day = |name| {
            let refuse = |_| Refusal::argument("Invalid date.");
            self.text(name).map(|text| text.parse::<Day>().map_err(refuse)).transpose()
        };
        let to = day("endDate")?.unwrap_or(self.simulator.today());
        let from = day("startDate")?.unwrap_or(to - DEFAULT_DAYS);
        if from > to { Err(Refusal::argument("Invalid date.")) } else { Ok((from, to)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for (text, expected) in [
            ("v2", Some(0)),
            ("v2.9", Some(9)),
            ("v2.48", Some(48)),
            ("v2.49", None),
            ("v3", None),
            ("v2.", None),
            ("v21", None),
        ] {
            assert_eq!(minor(text), expected, "{text}");
        }
    }
}
