//! A story's database and import files.

use std::path::{Path, PathBuf};

use music_analytics::domain::Day;
use music_analytics::domain::series::track_platform::{EvidenceDigest, TrackPlatform};
use music_analytics::server::ingest::import::watch::ImportProgress;
use music_analytics::server::ingest::import::{self, FileReport, ImportOutcome, Mode};
use music_analytics::server::store::Db;
use music_analytics::server::store::observations::series;
use music_analytics::server::store::ops::checksum;
use music_analytics::server::store::tables::counts::{self, TableCounts};
use music_analytics::server::store::tables::{platforms, tracks};

pub const ANNA: &str = "a0000000-0000-4000-8000-000000000001";
pub const BERT: &str = "a0000000-0000-4000-8000-000000000002";
pub const SOLO: &str = "70000000-0000-4000-8000-000000000001";
pub const DUET: &str = "70000000-0000-4000-8000-000000000002";
pub const MUTE: &str = "70000000-0000-4000-8000-000000000003";

/// Import files, and the database to import them into.
pub struct Story<'a> {
    pub db: Db,
    pub directory: &'a Path,
}

impl Story<'_> {
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.directory.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub async fn import(&self, files: &[PathBuf], skip_bad: bool) -> (ImportOutcome, Vec<FileReport>) {
        let mut told = Vec::new();
        let mode = if skip_bad { Mode::SkipBad } else { Mode::Keep };
        let ending =
            import::run(&self.db, files, mode, &ImportProgress::hidden(), |report| told.push(report.clone()))
                .await;
        (ending.unwrap(), told)
    }

    /// Imports one file of a few lines.
    pub async fn import_text(&self, name: &str, text: &str, skip_bad: bool) -> (ImportOutcome, FileReport) {
        let (ending, mut told) = self.import(&[self.file(name, text)], skip_bad).await;
        assert_eq!(told.len(), 1);
        (ending, told.remove(0))
    }

    /// The checksum of all data.
    pub async fn data(&self) -> String {
        checksum::read(&mut self.db.read().await.unwrap(), |_, _| {}).await.unwrap().data
    }

    pub async fn counts(&self) -> TableCounts {
        counts::all(&mut self.db.read().await.unwrap()).await.unwrap()
    }

    /// The whole stored read model.
    pub async fn read_model(&self) -> Vec<(i64, Vec<u8>)> {
        let mut tx = self.db.read().await.unwrap();
        sqlx::query_as("select track_id, packed from series order by track_id")
            .fetch_all(&mut *tx)
            .await
            .unwrap()
    }

    pub async fn track(&self, uuid: &str) -> i64 {
        tracks::numbers(&mut self.db.read().await.unwrap()).await.unwrap()[&uuid.parse().unwrap()]
    }

    pub async fn platform(&self, code: &str) -> i64 {
        let registry = platforms::registry(&mut self.db.read().await.unwrap()).await.unwrap();
        registry.iter().find(|platform| platform.code == code).unwrap().id
    }

    /// Digest, series and windows of a track on a platform.
    pub async fn pair(
        &self,
        track: &str,
        platform: &str,
    ) -> (Option<(EvidenceDigest, TrackPlatform)>, Vec<(Day, Day)>) {
        let (track, platform) = (self.track(track).await, self.platform(platform).await);
        let rows = series::for_tracks(&mut self.db.read().await.unwrap(), &[track]).await.unwrap();
        let pairs = rows.first().map(|row| row.evidence().unwrap());
        let pair = pairs.iter().flat_map(|pairs| pairs.iter()).find(|(number, _)| *number == platform);
        pair.map_or((None, Vec::new()), |(_, pair)| {
            (pair.derived.as_ref().map(|(digest, pair)| (*digest, pair.unpack())), pair.windows.clone())
        })
    }
}

/// The first day of most observations.
pub fn start() -> Day {
    "2026-08-20".parse().unwrap()
}
