//! Faults of responses and the rules that trigger them. Rules depend on the request and its repetition count,
//! never on a clock or on the order of different requests, so that a test with many workers sees the same
//! faults every time.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::endpoint::Endpoint;
use super::random::Chance;
use crate::domain::text::string_enum::string_enum;

string_enum!(
    /// A kind of fault.
    Fault, "fault", {
        /// 429: too many requests in this minute; waiting helps.
        RateLimit = "rate_limit",
        /// 429: the quota is used up; waiting does not help.
        Quota = "quota",
        /// 500.
        ServerError = "server_error",
        /// 502.
        BadGateway = "bad_gateway",
        /// 503.
        Unavailable = "unavailable",
        /// 403: not in the plan.
        Forbidden = "forbidden",
        /// 404, although it is there; for an artist by platform, as if it had still to be added.
        Missing = "missing",
        /// 401: the token has ended before its time. Header credentials do not end.
        ExpiredToken = "expired_token",
        /// The answer takes as long as `stall_ms` says.
        Stall = "stall",
        /// The connection closes in the middle of the body.
        Cut = "cut",
        /// 200 with a page of HTML.
        NotJson = "not_json",
        /// 200 with JSON of another shape.
        WrongShape = "wrong_shape",
        /// 200 without data, and an error beside them.
        ErrorsInOk = "errors_in_ok",
        /// Days come twice.
        Duplicate = "duplicate",
        /// Days come in no order.
        OutOfOrder = "out_of_order",
        /// A value is below zero.
        Negative = "negative",
        /// A value is above 2^53, where a float would lose its last digit.
        Huge = "huge",
        /// A value is above 2^63, too large for a signed whole number.
        Overflow = "overflow",
        /// A day comes without plots.
        Bare = "bare",
        /// `next` leads to the same page again.
        NextLoops = "next_loops",
        /// `next` leads to another host.
        NextElsewhere = "next_elsewhere",
        /// `next` leads past the end.
        NextBeyond = "next_beyond",
        /// Pages of lists hold fewer items than they may, and there is a next one.
        ShortPages = "short_pages",
    }
);

/// When a fault occurs: `FAULT[@ENDPOINT][:times=N,one_in=N,tries=N]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    pub fault: Fault,
    /// `None` for all endpoints.
    pub endpoint: Option<Endpoint>,
    /// Maximum occurrences; `None` for unlimited.
    pub times: Option<u32>,
    /// Applies to one request in this many.
    pub one_in: u32,
    /// Applies to the first attempts of each request; `None` for all.
    pub tries: Option<u32>,
}

impl Rule {
    /// A fault on every request to every endpoint.
    pub const fn always(fault: Fault) -> Self {
        Rule { fault, endpoint: None, times: None, one_in: 1, tries: None }
    }
}

impl FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (head, options) = text.split_once(':').map_or((text, None), |(head, rest)| (head, Some(rest)));
        let (fault, endpoint) = head.split_once('@').map_or((head, None), |(fault, at)| (fault, Some(at)));
        let said = |error: crate::domain::UnknownValue| error.to_string();
        let mut rule = Rule::always(fault.parse().map_err(said)?);
        rule.endpoint = endpoint.map(str::parse).transpose().map_err(said)?;
        for option in options.into_iter().flat_map(|options| options.split(',')) {
            let (name, number) = option.split_once('=').unwrap_or((option, ""));
            let number = number.parse().ok().filter(|number| *number > 0);
            match (name, number) {
                ("times", Some(number)) => rule.times = Some(number),
                ("one_in", Some(number)) => rule.one_in = number,
                ("tries", Some(number)) => rule.tries = Some(number),
                _ => {
                    return Err(format!(
                        "\"{option}\": expected times=N, one_in=N or tries=N, with N from 1"
                    ));
                }
            }
        }
        Ok(rule)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.fault.as_str())?;
        if let Some(endpoint) = self.endpoint {
            write!(f, "@{endpoint}")?;
        }
        let one_in = Some(self.one_in).filter(|one_in| *one_in > 1);
        let options = [("times", self.times), ("one_in", one_in), ("tries", self.tries)];
        let said = options.into_iter().filter_map(|(name, number)| Some(format!("{name}={}", number?)));
        let said: Vec<String> = said.collect();
        if said.is_empty() { Ok(()) } else { write!(f, ":{}", said.join(",")) }
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Counts of requests and occurred faults since the rules were set.
#[derive(Debug, Default)]
pub struct FaultHistory {
    tries: HashMap<String, u32>,
    times: HashMap<usize, u32>,
}

impl FaultHistory {
    /// The faults of a request, which is counted.
    pub fn faults(
        &mut self,
        rules: &[Rule],
        seed: u64,
        endpoint: Option<Endpoint>,
        line: &str,
    ) -> Vec<Fault> {
        if rules.is_empty() {
            return Vec::new();
        }
        let tries = self.tries.entry(line.to_owned()).or_default();
        *tries += 1;
        let (tries, times, seed) = (*tries, &mut self.times, seed.to_string());
        let mut faults = Vec::new();
        for (place, rule) in rules.iter().enumerate() {
            let times = times.entry(place).or_default();
            let is_hit = rule.endpoint.is_none_or(|wanted| endpoint == Some(wanted))
                && rule.tries.is_none_or(|most| tries <= most)
                && rule.times.is_none_or(|most| *times < most)
                && Chance::new(&[&seed, rule.fault.as_str(), line, &tries.to_string()])
                    .is_one_in(rule.one_in);
            if is_hit {
                *times += 1;
                faults.push(rule.fault);
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_written_as_they_are_read() {
        for text in
            ["stall", "cut@song_audience", "server_error:one_in=10", "quota@ranking:times=2,one_in=3,tries=1"]
        {
            assert_eq!(text.parse::<Rule>().unwrap().to_string(), text);
        }
        for text in ["", "stal", "cut@songs", "cut:often", "cut:times=0", "cut:times=x", "cut:"] {
            assert!(text.parse::<Rule>().is_err(), "{text}");
        }
    }

    #[test]
    fn rules_end() {
        let rules = ["cut:times=2", "stall@song:tries=1"].map(|rule| rule.parse().unwrap());
        let mut happened = FaultHistory::default();
        let mut faults = |endpoint, line| happened.faults(&rules, 0, Some(endpoint), line);
        assert_eq!(faults(Endpoint::Song, "/a"), [Fault::Cut, Fault::Stall]);
        assert_eq!(faults(Endpoint::Song, "/a"), [Fault::Cut]);
        assert_eq!(faults(Endpoint::Song, "/a"), []);
        assert_eq!(faults(Endpoint::Song, "/b"), [Fault::Stall]);
        assert_eq!(faults(Endpoint::Artist, "/c"), []);
    }

    #[test]
    fn chance_does_not_depend_on_the_order_of_requests() {
        let rules = ["cut:one_in=3".parse().unwrap()];
        let hits = |lines: &mut dyn Iterator<Item = u32>| {
            let mut happened = FaultHistory::default();
            let mut hits: Vec<u32> =
                lines.filter(|n| !happened.faults(&rules, 7, None, &format!("/{n}")).is_empty()).collect();
            hits.sort_unstable();
            hits
        };
        let forward = hits(&mut (0..300));
        assert_eq!(forward, hits(&mut (0..300).rev()));
        assert!((60..140).contains(&forward.len()), "{}", forward.len());
    }
}
