//! The platforms page: the metrics of each platform and the kind of their values.

use serde::{Deserialize, Serialize};

use crate::domain::query::listing::{MetricItem, PlatformItem};
use crate::domain::{Kind, Level};
use crate::view::forms::notice::Notice;

/// The page's path.
pub const PATH: &str = "/platforms";

/// The data of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformList {
    /// The registry, in its order.
    pub platforms: Vec<PlatformItem>,
    /// Whether the user may edit it.
    pub can_change: bool,
    /// The result of the last form submission.
    pub notice: Option<Notice>,
}

/// The label of a metric: "Tracks: audience".
pub fn metric_label(metric: &MetricItem) -> String {
    let of = match metric.level {
        Level::Track => "Tracks",
        Level::Artist => "Artists",
    };
    format!("{of}: {}", metric.metric)
}

/// A kind with a short explanation.
pub const fn kind_label(kind: Kind) -> &'static str {
    match kind {
        Kind::Counter => "counter: a lifetime total",
        Kind::Flow => "flow: the amount of a day",
        Kind::Stock => "stock: a level",
        Kind::Rolling => "rolling: a window of days",
        Kind::Index => "index: a score",
    }
}

/// CSS class and text of the badge that shows whether reports include the metric.
pub fn status(metric: &MetricItem) -> (&'static str, &'static str) {
    match (metric.enabled, metric.kind) {
        (_, None) => ("badge badge-warn", "Meaning not set"),
        (false, _) => ("badge", "Disabled"),
        (true, Some(kind)) if metric.level == Level::Track && kind.additive().is_none() => {
            ("badge", "Not added up")
        }
        (true, _) => ("badge badge-good", "Enabled"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Metric, PlatformType};

    #[test]
    fn says_what_reports_cover() {
        let of = |kind, enabled| {
            status(&MetricItem {
                level: Level::Track,
                metric: Metric::Audience,
                kind,
                unit: None,
                platform_type: PlatformType::Audience,
                mirrors: false,
                enabled,
            })
            .1
        };
        assert_eq!(of(None, true), "Meaning not set");
        assert_eq!(of(Some(Kind::Counter), true), "Enabled");
        assert_eq!(of(Some(Kind::Counter), false), "Disabled");
        assert_eq!(of(Some(Kind::Stock), true), "Not added up");
    }
}
