//! The artists page: artists in the database, adding and linking Soundcharts artists.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::list_artists;
use crate::components::artist_lists::{provider_artists, stored_artists};
use crate::components::notice::notice;
use crate::components::screen::{address_key, screen_body, screen_resource};
use crate::view::{ArtistList, ArtistsAddress};

/// `/artists`.
#[component]
pub fn ArtistsPage() -> impl IntoView {
    let here = address_key("");
    let list = screen_resource(here, |(_, search)| list_artists(search));
    let show = move |list: &ArtistList| {
        show(list, &here.with_untracked(|(_, search)| ArtistsAddress::parse(search)))
    };
    view! {
        <Title text="Artists" />
        <h1>"Artists"</h1>
        {screen_body(list, show)}
    }
}

fn show(list: &ArtistList, address: &ArtistsAddress) -> AnyView {
    let parts: Vec<AnyView> = notice(list.notice.as_ref())
        .into_iter()
        .chain([stored_artists(list, address), provider_artists(list, address)])
        .collect();
    parts.into_any()
}
