//! The days as a line for each platform: small charts one below the other rather than one with
//! several scales. Rendered on the server; a gap breaks the line.

use leptos::prelude::*;

use crate::components::parts::parts;
use crate::domain::format::grouped;
use crate::domain::report::Report;
use crate::domain::view::chart::{Chart, HEIGHT, WIDTH};
use crate::domain::view::table::Part;

/// One platform's days.
pub fn line_chart(report: &Report, platform: Vec<Part>, chart: Chart) -> AnyView {
    let Chart { line, area, dots, gaps, top, sentence } = chart;
    let key = if gaps.is_empty() { "" } else { "shaded: no data" };
    let (from, to) = (report.query.from.to_string(), report.query.to.to_string());
    view! {
        <figure class="chart">
            <figcaption>{parts(platform)}</figcaption>
            <p class="chart-top">{grouped(top)}</p>
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=sentence>
                <path class="chart-gap" d=gaps />
                <path class="chart-area" d=area />
                <path class="chart-line" d=line />
                <path class="chart-dot" d=dots />
            </svg>
            <p class="chart-days">
                <span>{from}</span>
                <span>{key}</span>
                <span>{to}</span>
            </p>
        </figure>
    }
    .into_any()
}
