//! The track page: master data and the audit of its figures, with every step and observation.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::track_page;
use crate::components::daily_chart::daily_chart;
use crate::components::logo::thumbnail;
use crate::components::parts::{part, parts};
use crate::components::screen::{address_resource, screen_body};
use crate::components::table::scrolling_table;
use crate::domain::State;
use crate::domain::amounts::figure::Precision;
use crate::domain::report::DayRow;
use crate::domain::time::range::range_label;
use crate::view::TrackView;
use crate::view::analytics::form::adjacent_periods;
use crate::view::analytics::picker::image_href;
use crate::view::report::chart::{PlotSubject, chart};
use crate::view::report::table::Part;
use crate::view::track::{PlatformAudit, facts, identifier_text, observation_table, period_href, step_table};

/// `/tracks/{uuid}`.
#[component]
pub fn TrackPage() -> impl IntoView {
    screen_body(address_resource("uuid", |(uuid, search)| track_page(uuid, search)), show)
}

fn show(view: &TrackView) -> AnyView {
    let image =
        thumbnail(image_href("track", Some(view.uuid), view.image_url.as_deref()).as_deref(), &view.name);
    let facts: Vec<AnyView> = facts(view)
        .into_iter()
        .map(|(words, value)| view! { <div><dt>{words}</dt><dd>{value}</dd></div> }.into_any())
        .collect();
    let artists: Vec<AnyView> = view
        .artists
        .iter()
        .map(|artist| {
            let href = format!("/artists/{}", artist.id);
            view! { <a class="pill" href=href>{artist.name.clone()}</a> }.into_any()
        })
        .collect();
    let (before, after) = adjacent_periods(view.from, view.to, view.today);
    let uuid = view.uuid;
    let periods: Vec<AnyView> = [before, after]
        .into_iter()
        .flatten()
        .map(|(words, period)| {
            view! { <a class="pill" href=period_href(uuid, period)>{words}</a> }.into_any()
        })
        .collect();
    let platforms: Vec<AnyView> = view.platforms.iter().map(|audit| platform(audit, &view.days)).collect();
    let empty = platforms.is_empty().then(|| {
        view! { <p class="card empty">"Nothing is known of this track on any platform that reports cover."</p> }.into_any()
    });
    let days = range_label(view.from, view.to);
    view! {
        <Title text=format!("{}, {days}", view.name) />
        <header class="report-header">
            {image}
            <div>
                <h1>{view.name.clone()}</h1>
                <p class="period">{view.credit.clone()}</p>
            </div>
            <nav class="neighbours" aria-label="Artists">{artists}</nav>
        </header>
        <dl class="units">{facts}</dl>
        <header class="report-header">
            <h2>{days}</h2>
            <nav class="neighbours" aria-label="Periods beside this one">{periods}</nav>
        </header>
        {platforms}
        {empty}
    }
    .into_any()
}

fn platform(audit: &PlatformAudit, days: &[DayRow]) -> AnyView {
    let PlatformAudit { platform, name, unit, total, peak, .. } = audit;
    let peak = peak.map(|peak| (peak, if peak.exact { Precision::Exact } else { Precision::About }));
    let subject = PlotSubject { platform, name, unit, total: *total, peak };
    let days = (audit.state == State::Known).then(|| daily_chart(chart(days, subject, None)));
    let steps: Vec<AnyView> =
        (0..audit.series.len()).map(|index| scrolling_table(step_table(audit, index))).collect();
    let has_none = audit.observations.is_empty();
    view! {
        <section class="card">
            <div class="section-head">
                <h3 class="with-logo">{parts(subject.title())}</h3>
                <div class="audit-total">{part(Part::figure_or_none(audit.total, audit.state))}</div>
            </div>
            <p class="hint">{identifier_text(audit)}</p>
            {days}
            {steps}
            <details class="failures" hidden=has_none>
                <summary>{format!("Observations ({})", audit.observations.len())}</summary>
                {scrolling_table(observation_table(audit))}
            </details>
        </section>
    }
    .into_any()
}
