//! The artists page: artists in the database, adding and linking Soundcharts artists.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::list_artists;
use crate::components::artist_lists::{found, here};
use crate::components::notice::told;
use crate::components::screen::{asked_of_address, body, data};
use crate::view::{ArtistList, ArtistsAddress};

/// `/artists`.
#[component]
pub fn ArtistsPage() -> impl IntoView {
    let here = asked_of_address("");
    let list = data(here, |(_, search)| list_artists(search));
    let show = move |list: &ArtistList| {
        show(list, &here.with_untracked(|(_, search)| ArtistsAddress::parse(search)))
    };
    view! {
        <Title text="Artists" />
        <h1>"Artists"</h1>
        {body(list, show)}
    }
}

fn show(list: &ArtistList, address: &ArtistsAddress) -> AnyView {
    let parts: Vec<AnyView> =
        told(list.told.as_ref()).into_iter().chain([here(list, address), found(list, address)]).collect();
    parts.into_any()
}
