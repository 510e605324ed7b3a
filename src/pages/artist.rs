//! The artist page: master data, totals by platform, artist-level metrics and tracks.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::artist_page;
use crate::components::cards::summary_cards;
use crate::components::daily_chart::charts;
use crate::components::logo::thumbnail;
use crate::components::screen::{address_resource, screen_body};
use crate::components::section::section;
use crate::components::table::scrolling_table;
use crate::domain::report::Report;
use crate::domain::time::range::range_label;
use crate::view::ArtistView;
use crate::view::analytics::form::adjacent_periods;
use crate::view::analytics::picker::artist_image;
use crate::view::artist::{facts, period_href, report_href, track_table};
use crate::view::report::chart::level_charts;
use crate::view::report::tables::{artist_level_table, platform_table};
use crate::view::report::wording::{ARTIST_LEVEL_NOTE, missing_summary};

/// `/artists/{id}`.
#[component]
pub fn ArtistPage() -> impl IntoView {
    screen_body(address_resource("id", |(id, search)| artist_page(id, search)), show)
}

fn show(view: &ArtistView) -> AnyView {
    let artist = &view.artist;
    let image = thumbnail(artist_image(artist).as_deref(), &artist.name);
    let facts: Vec<AnyView> = facts(artist)
        .into_iter()
        .map(|(words, value)| view! { <div><dt>{words}</dt><dd>{value}</dd></div> }.into_any())
        .collect();
    let reason = artist.reason.clone().map(|reason| view! { <p class="card">{reason}</p> }.into_any());
    let numbers = view.report.clone().map(|report| numbers(view, report));
    view! {
        <Title text=artist.name.clone() />
        <header class="report-header">
            {image}
            <h1>{artist.name.clone()}</h1>
        </header>
        <dl class="units">{facts}</dl>
        {reason}
        {numbers}
    }
    .into_any()
}

fn numbers(view: &ArtistView, report: Arc<Report>) -> AnyView {
    let (before, after) = adjacent_periods(report.query.from, report.query.to, view.today);
    let id = view.artist.id.to_string();
    let periods: Vec<AnyView> = [before, after]
        .into_iter()
        .flatten()
        .map(|(words, period)| view! { <a class="pill" href=period_href(&id, period)>{words}</a> }.into_any())
        .collect();
    let days = range_label(report.query.from, report.query.to);
    let plain = |id, title: &str, table, remark: &str| {
        section(id, title.to_owned(), vec![], vec![scrolling_table(table)], remark.to_owned())
    };
    let level = artist_level_table(&report).map(|table| {
        let content = vec![scrolling_table(table), charts(level_charts(&report))];
        section(
            "artist-level",
            "The artist as a whole".to_owned(),
            vec![],
            content,
            ARTIST_LEVEL_NOTE.to_owned(),
        )
    });
    view! {
        <header class="report-header">
            <h2>{days}</h2>
            <nav class="neighbours" aria-label="Periods beside this one">{periods}</nav>
            <div class="actions">
                <a class="button" href=report_href(view, &report)>"Full report"</a>
            </div>
        </header>
        <p class="hint">{missing_summary(&view.missing)}</p>
        {summary_cards(&report)}
        {plain("platforms-section", "Platforms", platform_table(&report), "")}
        {level}
        {plain("tracks", "Tracks", track_table(&report), "≈ not exact: open the track for its steps. – unknown: no day is covered.")}
    }
    .into_any()
}
