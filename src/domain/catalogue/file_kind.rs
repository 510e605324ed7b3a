//! The kind of an import file, detected from its header line.

use std::path::Path;

use crate::domain::text::string_enum::string_enum;

string_enum!(
    /// Kinds of import files, in order of dependence.
    FileKind, "kind of import file", {
        /// The platform registry.
        Platforms = "platforms",
        /// Artists.
        Artists = "artists",
        /// Tracks.
        Tracks = "tracks",
        /// Who is on which track.
        TrackArtists = "track artists",
        /// Observations of tracks.
        Observations = "observations",
        /// Observations of artists.
        ArtistObservations = "artist observations",
        /// What the provider was asked for.
        FetchedWindows = "fetched windows",
        /// Places in charts.
        ChartEntries = "chart entries",
    }
);

impl FileKind {
    /// Required and optional columns. Modules that parse a kind refer to columns by their index in this list.
    pub const fn columns(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            FileKind::Platforms => (
                &["code", "name", "level", "kind", "unit"],
                &["metric", "platform_type", "mirrors", "enabled"],
            ),
            FileKind::Artists => {
                (&["uuid", "name"], &["slug", "country_code", "image_url", "source", "external_id"])
            }
            FileKind::Tracks => (&["uuid", "name"], &["credit_name", "isrc", "release_date", "image_url"]),
            FileKind::TrackArtists => (&["track_uuid", "artist_uuid"], &["role"]),
            FileKind::Observations => (&["track_uuid", "platform", "identifier", "date", "value"], &[]),
            FileKind::ArtistObservations => (&["artist_uuid", "platform", "metric", "date", "value"], &[]),
            FileKind::FetchedWindows => (&["track_uuid", "platform", "from", "to"], &[]),
            FileKind::ChartEntries => {
                (&["chart_slug", "platform", "country_code", "date", "track_uuid", "position"], &[])
            }
        }
    }

    /// All columns, required ones first.
    pub fn all_columns(self) -> impl Iterator<Item = &'static str> {
        let (needed, optional) = self.columns();
        needed.iter().chain(optional).copied()
    }

    fn knows(self, column: &str) -> bool {
        self.all_columns().any(|known| known == column)
    }

    /// A summary of the columns: `tracks: uuid, name, [credit_name], ...`.
    pub fn column_summary(self) -> String {
        let (needed, optional) = self.columns();
        let needed = needed.iter().map(|column| (*column).to_owned());
        let columns: Vec<String> =
            needed.chain(optional.iter().map(|column| format!("[{column}]"))).collect();
        format!("{self}: {}", columns.join(", "))
    }

    fn has_all_of(self, header: &[String]) -> bool {
        self.columns().0.iter().all(|needed| header.iter().any(|column| column == needed))
    }

    /// The kind of a file with this header line, or the error in the line.
    pub fn detect(header: &[String], file: &Path) -> Result<Self, String> {
        if let Some((at, column)) = header
            .iter()
            .enumerate()
            .find(|(at, column)| !column.is_empty() && header[..*at].contains(column))
        {
            return Err(format!("column {} is the second \"{column}\"", at + 1));
        }
        let fitting: Vec<FileKind> = Self::ALL
            .iter()
            .copied()
            .filter(|kind| kind.has_all_of(header) && named(header).all(|column| kind.knows(column)))
            .collect();
        match fitting.as_slice() {
            [kind] => Ok(*kind),
            [] => Err(Self::mismatch_reason(header)),
            _ => Self::by_name(&fitting, file),
        }
    }

    /// Artists and tracks may have the same columns; the file name then decides.
    fn by_name(fitting: &[FileKind], file: &Path) -> Result<Self, String> {
        let name = file.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let named = |kind: &&FileKind| name.contains(kind.as_str().trim_end_matches('s'));
        let mut named_so = fitting.iter().filter(named);
        match (named_so.next(), named_so.next()) {
            (Some(kind), None) => Ok(*kind),
            _ => Err("it could hold artists or tracks: name the file artists.csv or tracks.csv, or add an empty column \
                      slug or isrc"
                .to_owned()),
        }
    }

    /// Describes the closest kind and how the header differs from it.
    fn mismatch_reason(header: &[String]) -> String {
        let shared = |kind: &&FileKind| {
            let needed = kind.columns().0;
            let found = needed.iter().filter(|needed| header.iter().any(|column| column == *needed)).count();
            (found * 100 / needed.len(), named(header).filter(|column| kind.knows(column)).count())
        };
        // If several kinds are equally close, the first.
        let nearest = Self::ALL.iter().rev().max_by_key(shared).filter(|kind| shared(kind).1 > 0);
        let Some(nearest) = nearest else {
            let kinds: Vec<String> = Self::ALL.iter().map(|kind| kind.column_summary()).collect();
            return format!(
                "the header line \"{}\" is none of an import file's; expected the columns of one of these: {}",
                header.join(","),
                kinds.join("; ")
            );
        };
        let quoted =
            |columns: Vec<&str>| columns.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(", ");
        let missing: Vec<&str> = nearest
            .columns()
            .0
            .iter()
            .copied()
            .filter(|needed| !header.iter().any(|c| c == needed))
            .collect();
        let unknown: Vec<&str> = named(header).filter(|column| !nearest.knows(column)).collect();
        let mut faults = Vec::new();
        if !missing.is_empty() {
            faults.push(format!("without {}", quoted(missing)));
        }
        if !unknown.is_empty() {
            faults.push(format!("with the unknown {}", quoted(unknown)));
        }
        format!(
            "the header line \"{}\" is that of a file of {nearest}, but {}; expected {}",
            header.join(","),
            faults.join(" and "),
            nearest.column_summary()
        )
    }
}

/// The columns with a name: programs add unnamed ones for row numbers.
fn named(header: &[String]) -> impl Iterator<Item = &str> {
    header.iter().map(String::as_str).filter(|column| !column.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str, file: &str) -> Result<FileKind, String> {
        FileKind::detect(&header.split(',').map(str::to_owned).collect::<Vec<_>>(), Path::new(file))
    }

    #[test]
    fn headers_tell_files_apart_in_any_order_of_columns() {
        for kind in FileKind::ALL {
            let mut columns: Vec<&str> = kind.all_columns().collect();
            columns.reverse();
            assert_eq!(of(&columns.join(","), "x.csv"), Ok(*kind));
        }
        assert_eq!(of("name,uuid,isrc", "x.csv"), Ok(FileKind::Tracks));
        assert_eq!(of("uuid,name", "data/Artists-2026.csv"), Ok(FileKind::Artists));
        assert_eq!(of("uuid,name,image_url", "my_tracks.csv"), Ok(FileKind::Tracks));
    }

    #[test]
    fn says_what_is_wrong_with_a_header() {
        for (header, expected) in [
            ("uuid,name", "artists.csv or tracks.csv"),
            ("track_uuid,platform,identifier,date,valu", "without \"value\" and with the unknown \"valu\""),
            (
                "track_uuid,platform,identifier,date,value,note",
                "track_uuid, platform, identifier, date, value",
            ),
            ("a,b", "none of an import file's"),
            ("uuid,name,uuid", "the second \"uuid\""),
        ] {
            let error = of(header, "x.csv").unwrap_err();
            assert!(error.contains(expected), "{header}: {error}");
        }
    }
}
