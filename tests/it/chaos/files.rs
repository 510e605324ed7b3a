//! A catalogue as the files of `import` and `simulate --data`.

use std::path::{Path, PathBuf};

use music_analytics::domain::catalogue::{ArtistKey, Catalogue};

/// Writes the files; returns their paths.
pub fn write(catalogue: &Catalogue, directory: &Path) -> Vec<PathBuf> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let artists = catalogue
        .artists
        .iter()
        .map(|artist| format!("{},{},{}", artist.uuid.unwrap(), artist.name, text(&artist.country_code)));
    let tracks = catalogue.tracks.iter().map(|track| {
        let release = track.release_date.map(|day| day.to_string()).unwrap_or_default();
        format!("{},{},{},{},{release}", track.uuid, track.name, text(&track.credit_name), text(&track.isrc))
    });
    let parts = catalogue.track_artists.iter().map(|part| {
        let ArtistKey::Uuid(artist) = part.artist else { panic!("no UUID") };
        format!("{},{artist},{}", part.track_uuid, part.role)
    });
    let observations = catalogue.observations.iter().flat_map(|line| {
        let head = format!("{},{},{}", line.track_uuid, line.platform, line.identifier);
        line.observations.iter().map(move |o| format!("{head},{},{}", o.day, o.value))
    });
    let of_artists = catalogue.artist_observations.iter().flat_map(|line| {
        let head = format!("{},{},{}", line.artist_uuid, line.platform, line.metric);
        line.observations.iter().map(move |o| format!("{head},{},{}", o.day, o.value))
    });
    vec![
        file(directory, "artists", "uuid,name,country_code", artists),
        file(directory, "tracks", "uuid,name,credit_name,isrc,release_date", tracks),
        file(directory, "parts", "track_uuid,artist_uuid,role", parts),
        file(directory, "observations", "track_uuid,platform,identifier,date,value", observations),
        file(directory, "of-artists", "artist_uuid,platform,metric,date,value", of_artists),
    ]
}

fn file(directory: &Path, name: &str, header: &str, lines: impl Iterator<Item = String>) -> PathBuf {
    let path = directory.join(format!("{name}.csv"));
    let mut text = format!("{header}\n");
    lines.for_each(|line| text.extend([&line, "\n"]));
    std::fs::write(&path, text).unwrap();
    path
}
