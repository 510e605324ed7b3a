//! Import files in all formats that programs produce, with the same lines.

use std::io::Write as _;
use std::path::PathBuf;

use music_analytics::server::ingest::import::watch::ImportProgress;
use music_analytics::server::ingest::import::{self, ImportOutcome, Mode};

use super::database::{DUET, SOLO, Story};

const HEADER: &str = "track_uuid,platform,identifier,date,value";

/// Two lines, comma-separated.
fn plain() -> String {
    format!("{HEADER}\n{SOLO},spotify,f,2026-10-21,1000\n{SOLO},spotify,f,2026-10-22,1005\n")
}

fn utf16(text: &str) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// With empty rows above and within the table, the day as a date and the value as a number.
fn workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let date = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    for (column, name) in (0..).zip(["Track UUID", "Platform", "Identifier", "Date ", "Value"]) {
        sheet.write_string(1, column, name).unwrap();
    }
    for (row, day, value) in [(2, 21, 1_000.0), (4, 22, 1_005.0)] {
        sheet.write_string(row, 0, SOLO).unwrap();
        sheet.write_string(row, 1, "Spotify").unwrap();
        sheet.write_string(row, 2, "f").unwrap();
        let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 10, day).unwrap();
        sheet.write_datetime_with_format(row, 3, &day, &date).unwrap();
        sheet.write_number(row, 4, value).unwrap();
    }
    book.save_to_buffer().unwrap()
}

pub async fn reads_what_programs_write(story: &Story<'_>) {
    let text = plain();
    let (_, told) = story.import_text("plain.csv", &text, false).await;
    assert_eq!(told.counts.added, 2);
    let model = story.read_model().await;
    let semicolons = text.replace(',', ";");
    let tabs = text.replace(',', "\t");
    let variants: [(&str, Vec<u8>); 14] = [
        ("semicolons.csv", semicolons.clone().into_bytes()),
        ("tabs.tsv", tabs.clone().into_bytes()),
        ("bars.txt", text.replace(',', "|").into_bytes()),
        ("sep.csv", format!("sep=;\r\n{}", semicolons.replace('\n', "\r\n")).into_bytes()),
        ("utf16.txt", utf16(&tabs)),
        ("packed.csv.gz", gzip(text.as_bytes())),
        ("packed16.csv.gz", gzip(&utf16(&semicolons))),
        ("returns.csv", text.replace('\n', "\r").into_bytes()),
        (
            "headers.csv",
            text.replace(HEADER, "Track_UUID, Platform ,IDENTIFIER,Date ,value").into_bytes(),
        ),
        (
            "index.csv",
            format!("{}\n\n,,,,,\n  \n", text.trim_end())
                .replace(HEADER, ",track_uuid,platform,identifier,date,value")
                .replace(SOLO, &format!("0,{SOLO}"))
                .into_bytes(),
        ),
        ("ends.csv", text.replace('\n', ",\n").into_bytes()),
        (
            "numbers.csv",
            text.replace("1000\n", " 1000.0\n").replace("2026-10-22", "2026-10-22T00:00:00+02:00").into_bytes(),
        ),
        (
            "feed.tsv",
            format!(
                "song_uuid\tidentifier\tplatform_code\tdate\taudience\n{SOLO}\tf\tSPOTIFY\t2026-10-21 00:00:00\t1000\n\
                 {SOLO}\tf\tspotify\t2026-10-22\t1005\n"
            )
            .into_bytes(),
        ),
        ("book.xlsx", workbook()),
    ];
    for (name, bytes) in variants {
        let path = story.directory.join(name);
        std::fs::write(&path, bytes).unwrap();
        let (ending, told) = story.import(&[path], false).await;
        let told = &told[0];
        assert_eq!((ending, told.lines, told.counts.same), (ImportOutcome::Done, 2, 2), "{name}: {told:?}");
    }
    assert_eq!(story.read_model().await, model);
}

pub async fn counts_lines_as_they_are(story: &Story<'_>) {
    let line = format!("{SOLO},spotify,r,2026-10-21,7\n");
    let (_, told) = story.import_text("three.csv", &format!("{HEADER}\n{line}{line}{line}"), false).await;
    assert_eq!((told.counts.added, told.counts.same, told.repeated), (1, 0, 2));
    let lines = "2026-10-21,7\r".replace("2026", &format!("{SOLO},spotify,r,2026")).repeat(10);
    let (_, told) = story.import_text("returns.csv", &format!("{HEADER}\r{lines}x\r"), false).await;
    assert!(told.bad.describe("f").starts_with("f:12: "), "{}", told.bad.describe("f"));
    let header = "chart_slug,platform,country_code,date,track_uuid,position";
    let place = |position| format!("best-it,Spotify,it,2026-10-21,{DUET},{position}\n");
    let text = format!("{header}\n{}{}{}", place(7), place(5), place(9));
    let (ending, told) = story.import_text("best.csv", &text, false).await;
    assert_eq!((ending, told.counts.added, told.repeated), (ImportOutcome::Done, 1, 2));
    let best: i64 = sqlx::query_scalar(
        "select position from chart_entries where chart_id = (select id from charts where slug = 'best-it')",
    )
    .fetch_one(&mut *story.db.read().await.unwrap())
    .await
    .unwrap();
    assert_eq!(best, 5);
}

pub async fn tries_without_a_change(story: &Story<'_>) {
    let before = (story.counts().await, story.read_model().await);
    let track = "70000000-0000-4000-8000-0000000000c1";
    let files: Vec<PathBuf> = vec![
        story.file(
            "try-o.csv",
            &format!("{HEADER}\n{track},spotify,x,2026-10-01,5\n{SOLO},spotify,f,2026-10-21,9\n"),
        ),
        story.file("try-tracks.csv", &format!("uuid,name,isrc\n{track},Tried,\n")),
    ];
    let mut told = Vec::new();
    let ending = import::run(&story.db, &files, Mode::Check, &ImportProgress::hidden(), |report| {
        told.push(report.clone())
    })
    .await;
    assert_eq!(ending.unwrap(), ImportOutcome::Done);
    let counts: Vec<_> = told.iter().map(|told| (told.counts.added, told.counts.changed)).collect();
    assert_eq!(counts, [(1, 0), (1, 1)], "the second file sees the tracks of the first");
    assert_eq!((story.counts().await, story.read_model().await), before);
}
