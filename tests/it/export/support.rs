//! Reports for export tests.

use music_analytics::domain::Day;
use music_analytics::domain::query::{Compare, Parameters};
use music_analytics::domain::report::{Report, report};
use music_analytics::server::base::clock::{now, today};
use music_analytics::server::ingest::catalogue::fill;
use music_analytics::server::store::Db;
use music_analytics::server::{demo, reports};

use crate::common::{Catalogue, expected, golden_directories, golden_query};

/// Every golden report, with days and a comparison.
pub fn golden() -> Vec<Report> {
    let today: Day = "2026-11-22".parse().unwrap();
    let mut all = Vec::new();
    for directory in golden_directories() {
        let catalogue = Catalogue::read(&directory);
        for (number, expected) in expected(&directory)["reports"].as_array().unwrap().iter().enumerate() {
            let mut query = golden_query(&expected["query"]);
            query.daily = true;
            query.compare = [None, Some(Compare::Previous), Some(Compare::Year)][number % 3];
            all.push(report(&catalogue.evidence(&query), &query, today));
        }
    }
    all
}

/// A report on the demo catalogue: several artists with artist-level metrics, filtered by country.
pub async fn demo() -> Report {
    let directory = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite://{}/demo.db", directory.path().display())).await.unwrap();
    fill::demo(&db, &demo::catalogue(today()), now()).await.unwrap();
    let artists: Vec<String> =
        sqlx::query_scalar("select uuid from artists where uuid is not null order by id limit 6")
            .fetch_all(&mut *db.read().await.unwrap())
            .await
            .unwrap();
    let some = |text: &str| Some(text.to_owned());
    let parameters = Parameters {
        artists,
        month: some("2026-09"),
        country: some("IT"),
        daily: some("true"),
        compare: some("previous"),
        ..Parameters::default()
    };
    let report = reports::report(&db, &parameters.check().unwrap(), today()).await.unwrap();
    db.close().await;
    report
}
