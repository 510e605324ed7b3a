//! The summary of a report in cards.

use leptos::prelude::*;

use crate::components::parts::{part, parts};
use crate::domain::report::Report;
use crate::view::report::cards::{Card, cards, subtotals};

pub fn summary_cards(report: &Report) -> AnyView {
    let cards: Vec<AnyView> = cards(report).into_iter().map(card).collect();
    let subtotals: Vec<AnyView> = subtotals(&report.summary)
        .into_iter()
        .map(|(unit, total)| view! { <div><dt>{unit}</dt><dd>{part(total)}</dd></div> }.into_any())
        .collect();
    let has_none = subtotals.is_empty();
    view! {
        <div class="cards">{cards}</div>
        <dl class="units" aria-label="Total by unit" hidden=has_none>
            {subtotals}
        </dl>
    }
    .into_any()
}

fn card(card: Card) -> AnyView {
    view! {
        <section class="card stat">
            <h3>{card.title}</h3>
            <p class="stat-number">{part(card.number)}</p>
            <div class="stat-detail">{parts(card.detail)}</div>
        </section>
    }
    .into_any()
}
