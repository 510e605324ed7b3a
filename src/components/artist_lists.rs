//! The two lists of the artists page. Every button is a plain form.

use leptos::prelude::*;

use crate::components::icon::{Icon, IconView};
use crate::components::logo::thumbnail;
use crate::domain::ArtistId;
use crate::domain::query::listing::{ArtistItem, ProviderArtist};
use crate::view::analytics::picker::{artist_image, artist_summary, image_href};
use crate::view::artists::{artist_href, link_href, report_href, source_label};
use crate::view::{ArtistList, ArtistsAddress};

/// Artists in the database.
pub fn stored_artists(list: &ArtistList, address: &ArtistsAddress) -> AnyView {
    let rows: Vec<AnyView> = list.artists.iter().map(|artist| row(artist, list.can_fetch)).collect();
    let empty = match (rows.is_empty(), address.q.as_str()) {
        (false, _) => String::new(),
        (true, "") => "No artist is here yet: find one at Soundcharts below, or import a file.".to_owned(),
        (true, q) => format!("No artist here is called “{q}”. Look at Soundcharts below."),
    };
    let links: Vec<AnyView> = list
        .links(address)
        .into_iter()
        .map(|(words, href)| view! { <a class="button-quiet" href=href>{words}</a> }.into_any())
        .collect();
    view! {
        <section class="card" aria-labelledby="here-title">
            <div class="section-head">
                <h2 id="here-title">"In this database"</h2>
                {search_form("q", &address.q, "Find artists here", None)}
            </div>
            <ul class="artist-list">{rows}</ul>
            <p class="hint">{empty}</p>
            <nav class="pager" aria-label="Pages of artists">{links}</nav>
        </section>
    }
    .into_any()
}

fn row(artist: &ArtistItem, can_fetch: bool) -> AnyView {
    let image = thumbnail(artist_image(artist).as_deref(), &artist.name);
    let way = match (artist.selectable, can_fetch) {
        (true, _) => view! { <a class="button-quiet" href=report_href(artist)>"Report"</a> }.into_any(),
        (false, true) => link_form(artist),
        (false, false) => ().into_any(),
    };
    let badge = if artist.selectable { "badge" } else { "badge badge-warn" };
    let reason =
        artist.reason.clone().map(|reason| view! { <p class="hint artist-reason">{reason}</p> }.into_any());
    view! {
        <li class="artist-row">
            {image}
            <div class="artist-words">
                <p class="artist-name">
                    <a class="link" href=artist_href(artist)>{artist.name.clone()}</a>
                </p>
                <p class="hint">{artist_summary(artist)}</p>
            </div>
            <span class=badge>{source_label(&artist.source)}</span>
            {way}
            {reason}
        </li>
    }
    .into_any()
}

/// Links an artist without a UUID: by search or by id.
fn link_form(artist: &ArtistItem) -> AnyView {
    let field = |name: &'static str, words: &'static str| {
        view! {
            <label>
                {words}
                <input class="input" name=name autocomplete="off" spellcheck="false" />
            </label>
        }
        .into_any()
    };
    view! {
        <details class="link-artist for-analysts">
            <summary class="button-quiet">"Link…"</summary>
            <a class="button-quiet" href=link_href(artist)>
                {format!("Find {} at Soundcharts", artist.name)}
            </a>
            <form method="post" action="/artists/act">
                <input type="hidden" name="act" value="link" />
                <input type="hidden" name="id" value=artist.id.to_string() />
                <p class="hint">"Or give one of these:"</p>
                {field("spotify_id", "Spotify artist id")}
                {field("isrc", "ISRC of a recording")}
                {field("uuid", "Soundcharts UUID")}
                <button type="submit" class="button">"Link"</button>
            </form>
        </details>
    }
    .into_any()
}

/// Artists from Soundcharts. Searched on submit and not while typing, because every search costs a call.
pub fn provider_artists(list: &ArtistList, address: &ArtistsAddress) -> AnyView {
    if !list.can_fetch {
        let words = "Sync is off, so that no artist can be added from Soundcharts: there are no credentials.";
        return view! { <p class="hint">{words}</p> }.into_any();
    }
    let rows: Vec<AnyView> =
        list.found.iter().flatten().map(|artist| found_row(artist, list.linked.as_ref())).collect();
    let hint = match (&list.found, &list.linked) {
        (Some(found), _) if found.is_empty() => {
            format!("Soundcharts knows no artist called “{}”.", address.provider)
        }
        (Some(_), Some(linked)) => {
            format!(
                "Names are not unique: choose the artist who {} is. Country and picture help.",
                linked.name
            )
        }
        (Some(_), None) => "Names are not unique: country and picture help to tell artists apart.".to_owned(),
        (None, _) => "Type a name and press Enter. Each new search costs one call.".to_owned(),
    };
    view! {
        <section class="card" aria-labelledby="found-title">
            <div class="section-head">
                <h2 id="found-title">"At Soundcharts"</h2>
                {search_form("provider", &address.provider, "Find artists at Soundcharts", address.link)}
            </div>
            <p class="hint">{hint}</p>
            <ul class="artist-list">{rows}</ul>
        </section>
    }
    .into_any()
}

fn found_row(artist: &ProviderArtist, linked: Option<&ArtistItem>) -> AnyView {
    // This server only has pictures of artists in the database.
    let image =
        image_href("artist", Some(artist.uuid), artist.image_url.as_deref()).filter(|_| artist.is_here);
    let image = thumbnail(image.as_deref(), &artist.name);
    let (act, id, words) = match linked {
        Some(linked) => ("link", linked.id.to_string(), format!("Link {} to {}", linked.name, artist.name)),
        None => ("add", String::new(), format!("Add {}", artist.name)),
    };
    let is_added = artist.is_here && linked.is_none();
    let way = if is_added {
        view! { <span class="badge badge-good">"Here already"</span> }.into_any()
    } else {
        view! {
            <form method="post" action="/artists/act" class="for-analysts">
                <input type="hidden" name="act" value=act />
                <input type="hidden" name="id" value=id />
                <input type="hidden" name="uuid" value=artist.uuid.to_string() />
                <button type="submit" class="button-quiet" aria-label=words>
                    {if linked.is_some() { "Link" } else { "Add" }}
                </button>
            </form>
        }
        .into_any()
    };
    view! {
        <li class="artist-row">
            {image}
            <div class="artist-words">
                <p class="artist-name">{artist.name.clone()}</p>
                <p class="hint">{artist.country.clone().unwrap_or_default()}</p>
            </div>
            {way}
        </li>
    }
    .into_any()
}

fn search_form(name: &'static str, value: &str, label: &'static str, link: Option<ArtistId>) -> AnyView {
    let link = link.map(|id| view! { <input type="hidden" name="link" value=id.to_string() /> }.into_any());
    view! {
        <form class="find find-artists" method="get" action="/artists" role="search" aria-label=label>
            <IconView icon=Icon::Search />
            <input class="input" type="search" name=name value=value.to_owned() aria-label=label placeholder=label />
            {link}
            <button type="submit" class="button-quiet">"Find"</button>
        </form>
    }
    .into_any()
}
