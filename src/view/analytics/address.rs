//! The URL of `/analytics`, which holds the whole state of the page: the query parameters of the API, the
//! fields of the form as submitted without WASM, and the view state.

use super::state::ViewState;
use crate::domain::query::{Compare, FieldError, ParamOutcome, Parameters, Period, Query};
use crate::domain::{Day, Month};
use crate::view::forms::encoding::{decode, encode};
use uuid::Uuid;

/// The value of `compare` for no comparison.
pub const NO_COMPARISON: &str = "none";

/// The page's path.
pub const PATH: &str = "/analytics";

/// A state of the page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// The API's parameters, not validated.
    pub parameters: Parameters,
    /// `q`: search text for artists.
    pub q: Option<String>,
    /// `picked`: marks a submitted form, where no `platform` means none instead of all.
    pub picked: bool,
    /// `m`: the selected month number.
    pub m: Option<String>,
    /// `y`: the selected year.
    pub y: Option<String>,
    /// How results are sorted, searched and paged.
    pub view: ViewState,
    /// Messages about ignored parameters.
    pub notices: Vec<String>,
}

impl Address {
    /// Parses a query string (without `?`). Empty values count as absent; unknown parameters are ignored with
    /// a notice.
    pub fn parse(query: &str) -> Self {
        let mut address = Address::default();
        for (name, value) in decode(query) {
            match value.trim() {
                "" => {}
                // Keep a trailing space: the user is still typing.
                _ if name == "find" => address.set(&name, &value),
                value => address.set(&name, value),
            }
        }
        address
    }

    fn set(&mut self, name: &str, value: &str) {
        match (name, self.view.set(name, value)) {
            ("q", _) => self.q = Some(value.to_owned()),
            ("m", _) => self.m = Some(value.to_owned()),
            ("y", _) => self.y = Some(value.to_owned()),
            ("picked", _) => self.picked = true,
            (_, Some(true)) => {}
            (_, Some(false)) => {
                self.notices.push(format!("“{name}={value}” says nothing here and is ignored."))
            }
            (_, None) => match self.parameters.set(name, value) {
                ParamOutcome::Accepted => {}
                ParamOutcome::Repeated => {
                    self.notices.push(format!("“{name}” is given more than once: the last one counts."))
                }
                ParamOutcome::Unknown => {
                    self.notices.push(format!("“{name}” is not known here and is ignored."))
                }
            },
        }
    }

    /// Whether there is a query: artists were given or the form was submitted.
    pub fn has_query(&self) -> bool {
        self.picked || self.q.is_some() || !self.parameters.artists.is_empty()
    }

    /// The validated query.
    ///
    /// # Errors
    /// All invalid parameters, in the order of the form.
    pub fn query(&self) -> Result<Query, Vec<FieldError>> {
        let mut result = self.api_parameters().check();
        if self.picked && self.parameters.platforms.is_empty() {
            let error = FieldError::new("platform", "choose at least one platform");
            result = match result {
                Ok(_) => Err(vec![error]),
                Err(mut errors) => {
                    let after = |error: &&FieldError| {
                        matches!(error.field.as_str(), "artist" | "month" | "from" | "to")
                    };
                    errors.insert(errors.iter().filter(after).count(), error);
                    Err(errors)
                }
            };
        }
        result
    }

    /// The parameters for the API. Unlike the API, the page compares with the previous period by default.
    fn api_parameters(&self) -> Parameters {
        let mut parameters = self.parameters.clone();
        parameters.compare = match self.parameters.compare.as_deref() {
            None => Some(Compare::Previous.to_string()),
            Some(NO_COMPARISON) => None,
            Some(other) => Some(other.to_owned()),
        };
        parameters
    }

    /// Canonicalizes the address: `m` and `y` become `month` (unless `from` or `to` is given), a missing
    /// month becomes `default`, all platforms selected (`all`) become none, and default values are removed.
    pub fn settled(mut self, default: Month, all: &[String]) -> Self {
        let parameters = &mut self.parameters;
        let has_days = parameters.from.is_some() || parameters.to.is_some();
        match (self.m.take(), self.y.take()) {
            (None, None) if parameters.month.is_some() || has_days || parameters.artists.is_empty() => {}
            (None, None) => parameters.month = Some(default.to_string()),
            _ if has_days => parameters.month = None,
            (m, y) => {
                parameters.month = Some(format!("{}-{:0>2}", y.unwrap_or_default(), m.unwrap_or_default()));
            }
        }
        // Keep `picked` without artists: nothing else shows that the form was submitted.
        if !parameters.artists.is_empty() && !parameters.platforms.is_empty() {
            self.picked = false;
            if all.iter().all(|code| parameters.platforms.contains(code))
                && parameters.platforms.len() == all.len()
            {
                parameters.platforms.clear();
            }
        }
        parameters.group.take_if(|group| group == "track");
        parameters.daily.take_if(|daily| daily == "false");
        parameters.compare.take_if(|compare| compare == Compare::Previous.as_str());
        self
    }

    /// The redirect target, if the month had to be filled in.
    pub fn redirect(&self, default: Month, all: &[String]) -> Option<String> {
        let settled = self.clone().settled(default, all);
        (settled.parameters.month != self.parameters.month || self.m.is_some() || self.y.is_some())
            .then(|| settled.href())
    }

    /// The last complete month, the form's default.
    pub fn default_month(today: Day) -> Month {
        Month::containing(today).saturating_add(-1)
    }

    /// The query string without the view state: only what affects the numbers.
    pub fn report_query_string(&self) -> String {
        let pairs = self.report_pairs();
        encode(pairs.iter().map(|(name, value)| (*name, value.as_str())))
    }

    fn report_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs: Vec<(&'static str, String)> =
            self.parameters.pairs().into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        let mut one = |name, value: &Option<String>| pairs.extend(value.clone().map(|value| (name, value)));
        one("q", &self.q);
        one("m", &self.m);
        one("y", &self.y);
        one("picked", &self.picked.then(|| "1".to_owned()));
        pairs
    }

    /// All parameters in canonical order, for hidden form fields.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = self.report_pairs();
        pairs.extend(self.view.pairs());
        pairs
    }

    /// The link to this state.
    pub fn href(&self) -> String {
        let pairs = self.pairs();
        let query = encode(pairs.iter().map(|(name, value)| (*name, value.as_str())));
        if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") }
    }

    /// The link to the same report as JSON.
    pub fn json_href(&self) -> String {
        format!("/api/v1/report?{}", encode(self.api_parameters().pairs()))
    }

    /// The link to a table of the same report as a CSV file.
    pub fn csv_href(&self, table: &str) -> String {
        format!("/downloads/report.csv?{}&table={table}", encode(self.api_parameters().pairs()))
    }

    /// The link to the same report as an Excel workbook.
    pub fn xlsx_href(&self) -> String {
        format!("/api/v1/report.xlsx?{}", encode(self.api_parameters().pairs()))
    }

    /// A modified copy.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut next = self.clone();
        change(&mut next);
        next
    }

    /// The same query with another track search, on the first page.
    #[must_use]
    pub fn with_find(&self, text: &str) -> Self {
        self.with(|next| {
            text.clone_into(&mut next.view.find);
            next.view.page = Default::default();
        })
    }

    /// The same query for another period, on the first page.
    #[must_use]
    pub fn with_period(&self, period: Period) -> Self {
        self.with(|next| {
            let parameters = &mut next.parameters;
            (parameters.month, parameters.from, parameters.to) = match period {
                Period::Month(month) => (Some(month.to_string()), None, None),
                Period::Days(range) => (None, Some(range.from().to_string()), Some(range.to().to_string())),
            };
            (next.m, next.y) = (None, None);
            next.view.page = Default::default();
        })
    }
}

/// Link to a track's page for some days.
pub fn track_href(uuid: Uuid, from: Day, to: Day) -> String {
    let (from, to) = (from.to_string(), to.to_string());
    format!("/tracks/{uuid}?{}", encode([("from", from.as_str()), ("to", to.as_str())]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const A: &str = "11e81bcc-9c1c-ce38-b96b-a0369fe50396";

    fn all() -> Vec<String> {
        ["spotify", "youtube"].map(str::to_owned).to_vec()
    }

    fn settled(query: &str) -> String {
        Address::parse(query).settled("2026-10".parse().unwrap(), &all()).href()
    }

    #[test]
    fn what_a_plain_form_sends_becomes_a_month() {
        let sent = format!(
            "artist={A}&q=&m=9&y=2026&from=&to=&platform=spotify&platform=youtube&country=&role=&group=track&picked=1"
        );
        assert_eq!(settled(&sent), format!("/analytics?artist={A}&month=2026-09"));
        let address = Address::parse(&sent);
        assert_eq!(
            address.redirect("2026-10".parse().unwrap(), &all()),
            Some(format!("/analytics?artist={A}&month=2026-09"))
        );
        assert_eq!(Address::parse("month=2026-09").redirect("2026-10".parse().unwrap(), &all()), None);
    }

    #[test]
    fn days_win_over_the_selects() {
        assert_eq!(
            settled(&format!("artist={A}&m=9&y=2026&from=2026-08-03&to=2026-08-09")),
            format!("/analytics?artist={A}&from=2026-08-03&to=2026-08-09")
        );
        assert_eq!(settled(&format!("artist={A}")), format!("/analytics?artist={A}&month=2026-10"));
        assert_eq!(settled("month=2026-03"), "/analytics?month=2026-03");
    }

    #[test]
    fn no_platform_picked_is_an_error() {
        let address =
            Address::parse(&settled(&format!("artist={A}&m=9&y=2026&picked=1")).replace("/analytics?", ""));
        let fields = |address: &Address| -> Vec<String> {
            address.query().err().unwrap_or_default().into_iter().map(|error| error.field).collect()
        };
        assert_eq!(fields(&address), ["platform"]);
        assert_eq!(
            fields(&Address::parse("picked=1&country=xx&month=2026-99")),
            ["artist", "month", "platform", "country"]
        );
        assert!(Address::parse(&format!("artist={A}&month=2026-09")).query().is_ok());
    }

    #[test]
    fn a_form_without_artist_is_still_a_question() {
        let href = settled("m=9&y=2026&platform=spotify&platform=youtube&picked=1");
        assert_eq!(href, "/analytics?month=2026-09&platform=spotify&platform=youtube&picked=1");
        assert!(Address::parse(href.trim_start_matches("/analytics?")).has_query());
        assert!(!Address::parse("month=2026-09").has_query());
    }

    #[test]
    fn the_unknown_is_ignored_with_a_notice() {
        let address = Address::parse("utm_source=mail&month=2026-09&month=2026-08&page=x&country=");
        assert_eq!(address.notices.len(), 3);
        assert_eq!(address.href(), "/analytics?month=2026-08");
    }

    #[test]
    fn the_arrangement_is_no_question() {
        let address = Address::parse(&format!("artist={A}&month=2026-09&sort=name&open=all&find=x"));
        assert_eq!(address.report_query_string(), format!("artist={A}&month=2026-09"));
        assert_eq!(address.href(), format!("/analytics?artist={A}&month=2026-09&sort=name&find=x&open=all"));
        assert_eq!(address.json_href(), format!("/api/v1/report?artist={A}&month=2026-09&compare=previous"));
        let next = address.with_period(Period::Month("2026-10".parse().unwrap()));
        assert_eq!(next.report_query_string(), format!("artist={A}&month=2026-10"));
    }

    proptest! {
        #[test]
        fn an_address_is_restored_from_its_link(query in "([a-z]{1,8}=[^=]{0,8}&?){0,9}") {
            let address = Address::parse(&query);
            let link = address.href();
            let mut again = Address::parse(link.strip_prefix(PATH).unwrap().trim_start_matches('?'));
            prop_assert_eq!(again.href(), link);
            again.notices = address.notices.clone();
            prop_assert_eq!(again, address);
        }
    }
}
