//! The JSON API on a real server with its own listener and database.

use crate::common;
use std::path::PathBuf;

use crate::common::{engine, golden_directories, signed_in};
use music_analytics::domain::{Day, Role};
use music_analytics::server::base::clock::today;
use music_analytics::server::config::Config;
use music_analytics::server::ingest::import::watch::ImportProgress;
use music_analytics::server::ingest::import::{self, ImportOutcome};
use music_analytics::server::state::context::Context;
use music_analytics::server::store::Db;
use music_analytics::server::sync::Provider;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A server on a free port, with the files of a directory imported.
struct Server {
    base: String,
    client: Client,
    context: Context,
    _directory: TempDir,
}

/// Status, content type and body of a response.
type Reply = (StatusCode, String, Value);

impl Server {
    async fn start(files: &[PathBuf]) -> Self {
        let client = signed_in::with_token(signed_in::TOKEN);
        let directory = tempfile::tempdir().unwrap();
        let db = Db::open(&engine::new_database(directory.path()).await).await.unwrap();
        let ending = import::run(&db, files, import::Mode::Keep, &ImportProgress::hidden(), |told| {
            assert!(told.bad.is_empty())
        })
        .await;
        assert_eq!(ending.unwrap(), ImportOutcome::Done);
        let config = signed_in::configured(Config::default());
        let provider = Provider::choose(&config, &db).await.unwrap();
        let context = Context::new(config, db, provider);
        let base = signed_in::serve(&context).await;
        Server { base, client, context, _directory: directory }
    }

    async fn golden(number: usize) -> Self {
        let directory = &golden_directories()[number];
        let files = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        Self::start(&files.filter(|path| path.extension().is_some_and(|e| e == "csv")).collect::<Vec<_>>())
            .await
    }

    async fn get(&self, path: &str) -> Reply {
        let response = self.client.get(format!("{}{path}", self.base)).send().await.unwrap();
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        (
            response.status(),
            kind,
            serde_json::from_str(&response.text().await.unwrap()).unwrap_or(Value::Null),
        )
    }

    /// Status and invalid fields of a rejected request.
    async fn refusal(&self, query: &str) -> (u16, Vec<String>) {
        let (status, kind, body) = self.get(&format!("/api/v1/report?{query}")).await;
        assert_eq!(kind, "application/problem+json", "{query}: {body}");
        assert_eq!(body["status"], status.as_u16());
        for field in ["type", "title", "detail"] {
            assert!(body[field].is_string(), "{query}: {body}");
        }
        let errors = body["errors"].as_array().unwrap();
        assert!(errors.iter().all(|error| !error["message"].as_str().unwrap().is_empty()));
        (status.as_u16(), errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect())
    }
}

fn query(expected: &Value) -> String {
    let texts = |key: &str| {
        expected[key].as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let mut parts: Vec<String> = texts("artists").iter().map(|id| format!("artist={id}")).collect();
    parts.extend(texts("platforms").iter().map(|code| format!("platform={code}")));
    parts.push(format!(
        "from={}&to={}",
        expected["from"].as_str().unwrap(),
        expected["to"].as_str().unwrap()
    ));
    parts.extend(expected["country"].as_str().map(|country| format!("country={country}")));
    parts.join("&")
}

#[tokio::test]
async fn golden_reports_over_http() {
    for (number, directory) in golden_directories().iter().enumerate() {
        let server = Server::golden(number).await;
        for (index, expected) in common::expected(directory)["reports"].as_array().unwrap().iter().enumerate()
        {
            let (status, _, report) =
                server.get(&format!("/api/v1/report?{}", query(&expected["query"]))).await;
            assert_eq!(status, StatusCode::OK, "{report}");
            common::assert_report(&report, expected, &format!("{directory:?} #{index}"));
        }
    }
}

#[tokio::test]
async fn one_question_has_one_hash() {
    let server = Server::golden(0).await;
    let expected = common::expected(&golden_directories()[0]);
    let asked = &expected["reports"][1]["query"];
    let ids: Vec<&str> = asked["artists"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    assert!(ids.len() > 1);
    let url = |ids: &[&str]| {
        let artists: Vec<String> = ids.iter().map(|id| format!("artist={id}")).collect();
        format!("/api/v1/report?{}&month=2026-04&daily=true", artists.join("&"))
    };
    let (_, _, one) = server.get(&url(&ids)).await;
    let mut reversed = ids.clone();
    reversed.reverse();
    reversed.push(ids[0]);
    let (_, _, two) = server.get(&url(&reversed)).await;
    for field in ["hash", "data_version", "summary", "artists", "shared", "tracks", "days", "query"] {
        assert_eq!(one[field], two[field], "{field}");
    }
    assert_eq!(one["days"].as_array().unwrap().len(), 30);
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let server = Server::golden(0).await;
    let expected = common::expected(&golden_directories()[0]);
    let artist = expected["reports"][0]["query"]["artists"][0].as_str().unwrap().to_owned();
    let ask = async |path: &str, known: &str| {
        let url = format!("{}/api/v1/{path}?artist={artist}&month=2026-04", server.base);
        let answer = server.client.get(url).header("if-none-match", known).send().await.unwrap();
        let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
        assert_eq!(answer.headers()["cache-control"], "no-store");
        (answer.status(), tag, answer.text().await.unwrap())
    };
    let mut tags = Vec::new();
    for path in ["report", "availability"] {
        let (status, tag, body) = ask(path, "\"another\"").await;
        assert!(status == StatusCode::OK && tag.starts_with("W/\"") && !body.is_empty(), "{path}: {tag}");
        assert_eq!(ask(path, "\"another\"").await.1, tag, "{path}: the same again");
        assert_eq!(ask(path, &tag).await, (StatusCode::NOT_MODIFIED, tag.clone(), String::new()), "{path}");
        tags.push(tag);
    }
    // Names are part of the response, though not of the figures and the hash.
    let file = server._directory.path().join("artists.csv");
    std::fs::write(&file, format!("uuid,name\n{artist},Another Name\n")).unwrap();
    let db = &server.context.db;
    let ending = import::run(db, &[file], import::Mode::Keep, &ImportProgress::hidden(), |told| {
        assert!(told.bad.is_empty())
    })
    .await;
    assert_eq!(ending.unwrap(), ImportOutcome::Done);
    let (status, tag, body) = ask("report", &tags[0]).await;
    assert!(status == StatusCode::OK && tag != tags[0] && body.contains("Another Name"), "{tag}");
}

#[tokio::test]
async fn bad_questions_are_refused_with_the_field() {
    let server = Server::golden(0).await;
    let expected = common::expected(&golden_directories()[0]);
    let artist = expected["reports"][0]["query"]["artists"][0].as_str().unwrap().to_owned();
    let day = |day: Day| day.to_string();
    let many: String = (0..201).map(|n| format!("artist=local-{n}&")).collect();
    let cases = [
        ("month=2026-04".to_owned(), 400, "artist"),
        (format!("artist={artist}"), 400, "month"),
        (format!("artist={artist}&month=2026-04&colour=red"), 400, "colour"),
        (format!("artist={artist}&month=2026-04&month=2026-05"), 400, "month"),
        (format!("artist={artist}&month="), 400, "month"),
        (format!("artist={artist}&month=2026-04&country="), 400, "country"),
        (format!("artist={artist}&from=2026-02-30&to=2026-03-01"), 400, "from"),
        (format!("artist={artist}&from=2026-03-02&to=2026-03-01"), 400, "to"),
        (format!("artist={artist}&from=2024-03-02&to=2026-03-01"), 400, "to"),
        (format!("{many}month=2026-04"), 400, "artist"),
        ("artist=00000000-0000-0000-0000-000000000000&month=2026-04".to_owned(), 422, "artist"),
        ("artist=local-99&month=2026-04".to_owned(), 422, "artist"),
        (format!("artist={artist}&month=2026-04&platform=gramophone"), 422, "platform"),
        (format!("artist={artist}&month=2026-04&platform=genius"), 422, "platform"),
        (format!("artist={artist}&month=2026-04&platform=boomplay"), 422, "platform"),
        (format!("artist={artist}&from={}&to={}", day(today() + 1), day(today() + 2)), 422, "from"),
        (format!("artist={artist}&month=2026-04&role=producer"), 400, "role"),
    ];
    for (query, status, field) in cases {
        assert_eq!(server.refusal(&query).await, (status, vec![field.to_owned()]), "{query}");
    }
    let (status, kind, _) = server.get("/api/v1/nothing").await;
    assert_eq!((status, kind.as_str()), (StatusCode::NOT_FOUND, "application/problem+json"));
    let posted = server.client.post(format!("{}/api/v1/report", server.base)).send().await.unwrap();
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn artists_are_found_by_name_page_by_page() {
    let server = Server::golden(0).await;
    let (_, _, all) = server.get("/api/v1/artists?limit=100").await;
    let count = all["items"].as_array().unwrap().len();
    assert!(count > 2 && all["next"].is_null());
    let mut names = Vec::new();
    let mut path = "/api/v1/artists?limit=1".to_owned();
    loop {
        let (status, _, page) = server.get(&path).await;
        assert_eq!(status, StatusCode::OK);
        names.push(page["items"][0]["name"].clone());
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/artists?limit=1&cursor={next}");
    }
    assert_eq!(
        names,
        all["items"].as_array().unwrap().iter().map(|item| item["name"].clone()).collect::<Vec<_>>()
    );
    // "Łódź 0" is found without accents.
    let (_, _, found) = server.get("/api/v1/artists?q=lodz").await;
    let first = &found["items"][0];
    assert_eq!(first["name"], "Łódź 0");
    assert_eq!((&first["selectable"], &first["id"]), (&json!(true), &first["uuid"]));
    for query in ["q=", "limit=0", "limit=101", "limit=x", "cursor=-1", "sort=name"] {
        let (status, kind, _) = server.get(&format!("/api/v1/artists?{query}")).await;
        assert!(status.is_client_error() && kind == "application/problem+json", "{query}");
    }
}

#[tokio::test]
async fn an_artist_without_uuid_is_left_out_with_a_warning() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let uuid = "11e81bcc-9c1c-ce38-b96b-a0369fe50396";
    let server = Server::start(&[
        file(
            "artists.csv",
            &format!("uuid,name,source,external_id\n{uuid},Known,soundcharts,\n,Heard,acrcloud,a1\n"),
        ),
        file("tracks.csv", "uuid,name\n22e81bcc-9c1c-ce38-b96b-a0369fe50396,=SUM(A1)\n"),
        file(
            "parts.csv",
            &format!(
                "track_uuid,artist_uuid,role\n22e81bcc-9c1c-ce38-b96b-a0369fe50396,{uuid},{}\n",
                Role::Featured
            ),
        ),
    ])
    .await;
    let (_, _, found) = server.get("/api/v1/artists?q=heard").await;
    let heard = &found["items"][0];
    assert_eq!((&heard["selectable"], &heard["uuid"]), (&json!(false), &Value::Null));
    assert!(heard["reason"].is_string());
    let id = heard["id"].as_str().unwrap();
    assert!(id.starts_with("local-"));

    let (status, _, report) =
        server.get(&format!("/api/v1/report?artist={uuid}&artist={id}&month=2026-04")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(report["artists"].as_array().unwrap().len(), 1);
    assert_eq!(report["warnings"][0]["code"], "artist_without_uuid");
    // Never fetched: unknown, not 0.
    assert_eq!(
        (&report["summary"]["total"], &report["tracks"][0]["state"]),
        (&Value::Null, &json!("unknown"))
    );
    let (_, _, main) = server.get(&format!("/api/v1/report?artist={uuid}&month=2026-04&role=main")).await;
    assert_eq!(main["tracks"], json!([]));
    assert_eq!(server.refusal(&format!("artist={id}&month=2026-04")).await, (422, vec!["artist".to_owned()]));

    let (_, _, availability) =
        server.get(&format!("/api/v1/availability?artist={uuid}&month=2026-04&platform=spotify")).await;
    assert_eq!(availability["complete"], false);
    assert_eq!(availability["coverage"], "0.0000");
    assert_eq!(availability["missing_platforms"], json!(["spotify"]));
    let window = &availability["never_fetched"][0];
    assert_eq!((&window["from"], &window["to"]), (&json!("2026-04-01"), &json!("2026-04-30")));

    let url = format!("{}/api/v1/report.csv?artist={uuid}&month=2026-04", server.base);
    let csv = server.client.get(url).send().await.unwrap().text().await.unwrap();
    assert!(csv.contains(",'=SUM(A1),"), "a spreadsheet must not take a name for a formula: {csv}");
}

#[tokio::test]
async fn csv_and_json_are_one_report() {
    let server = Server::golden(1).await;
    let expected = common::expected(&golden_directories()[1]);
    let query = query(&expected["reports"][2]["query"]);
    let (_, _, report) = server.get(&format!("/api/v1/report?{query}")).await;
    let text = server.client.get(format!("{}/api/v1/report.csv?{query}", server.base)).send().await.unwrap();
    assert_eq!(text.headers()["content-type"], "text/csv; charset=utf-8");
    let text = text.text().await.unwrap();
    let download =
        server.client.get(format!("{}/downloads/report.csv?{query}", server.base)).send().await.unwrap();
    assert!(download.headers()["content-disposition"].to_str().unwrap().ends_with(".csv\""));
    let bytes = download.bytes().await.unwrap();
    assert_eq!(
        bytes,
        format!("\u{feff}{text}"),
        "spreadsheets read it as UTF-8, programs as they always did"
    );
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<std::collections::BTreeMap<String, String>> =
        reader.deserialize().map(Result::unwrap).collect();
    let cells: Vec<&Value> = report["tracks"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|t| t["platforms"].as_array().unwrap())
        .collect();
    let filled: Vec<_> = rows.iter().filter(|row| !row["platform"].is_empty()).collect();
    assert_eq!(filled.len(), cells.len());
    for (row, cell) in filled.iter().zip(cells) {
        let number = |value: &Value| if value.is_null() { String::new() } else { value.to_string() };
        assert_eq!(row["platform"], cell["platform"].as_str().unwrap());
        for field in ["estimate", "low", "high", "exact"] {
            assert_eq!(row[field], number(&cell["total"][field]), "{field}");
        }
        assert_eq!(row["peak"], number(&cell["peak"]["value"]));
    }
}

#[tokio::test]
async fn other_hosts_and_other_sites_are_kept_out() {
    let server = Server::start(&[]).await;
    let host = server.client.get(format!("{}/api/v1/platforms", server.base)).header("host", "example.com");
    assert_eq!(host.send().await.unwrap().status(), StatusCode::MISDIRECTED_REQUEST);
    let post = server.client.post(format!("{}/theme", server.base)).header("sec-fetch-site", "cross-site");
    assert_eq!(post.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(server.get(path).await.0, StatusCode::OK);
    }
    let (_, _, platforms) = server.get("/api/v1/platforms").await;
    let codes: Vec<&str> =
        platforms["items"].as_array().unwrap().iter().map(|p| p["code"].as_str().unwrap()).collect();
    assert_eq!(codes[..5], ["spotify", "youtube", "shazam", "tiktok", "soundcloud"]);
    assert_eq!(server.get("/api/v1/countries").await.2["items"], json!([]));
}

#[tokio::test]
async fn a_workbook_is_a_file_with_a_name() {
    let server = Server::golden(0).await;
    let expected = common::expected(&golden_directories()[0]);
    let artist = expected["reports"][0]["query"]["artists"][0].as_str().unwrap().to_owned();
    let url = format!("{}/api/v1/report.xlsx?artist={artist}&month=2026-04&compare=previous", server.base);
    let get = || server.client.get(&url).header("accept-encoding", "gzip").send();
    let answer = get().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    let name = header("content-disposition");
    assert!(name.starts_with("attachment; filename=\"music-analytics-") && name.is_ascii(), "{name}");
    assert!(name.ends_with("-2026-04.xlsx\""), "{name}");
    assert!(!answer.headers().contains_key("content-encoding"), "it is compressed already");
    let length: usize = header("content-length").parse().unwrap();
    let bytes = answer.bytes().await.unwrap();
    assert_eq!(bytes.len(), length);
    let book: calamine::Xlsx<_> = calamine::Reader::new(std::io::Cursor::new(bytes.to_vec())).unwrap();
    assert_eq!(calamine::Reader::sheet_names(&book)[0], "Summary");

    let refused = server.get(&format!("/api/v1/report.xlsx?artist={artist}&month=2026-04&colour=red")).await;
    assert_eq!((refused.0, &refused.2["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("colour")));

    let others: Vec<_> = std::iter::from_fn(|| server.context.limits.exports.try_acquire()).collect();
    let answer = get().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers()["retry-after"], "5");
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    drop(others);
    assert_eq!(get().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn every_table_is_a_csv_file() {
    let server = Server::golden(0).await;
    let expected = common::expected(&golden_directories()[0]);
    let artist = expected["reports"][0]["query"]["artists"][0].as_str().unwrap().to_owned();
    let question = format!("artist={artist}&month=2026-04");
    let (_, _, report) = server.get(&format!("/api/v1/report?{question}&daily=true")).await;
    let lines = async |table: &str| {
        let answer = server.client.get(format!("{}/api/v1/report.csv?{question}{table}", server.base));
        let answer = answer.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{table}");
        let text = answer.text().await.unwrap();
        let rows = csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).count();
        (text.lines().next().unwrap().to_owned(), rows)
    };
    let count = |rows: &Value| rows.as_array().unwrap().len();
    let days = count(&report["days"]) * count(&report["platforms"]);
    assert_eq!(lines("").await, lines("&table=tracks").await);
    assert_eq!(lines("&table=platforms").await.1, count(&report["platforms"]));
    assert_eq!(lines("&table=track_totals").await.1, count(&report["tracks"]));
    assert_eq!(lines("&table=growth").await.1, 0, "nothing was compared");
    assert_eq!(
        lines("&table=growth&compare=previous").await.1,
        1 + count(&report["platforms"]) + count(&report["tracks"])
    );
    assert_eq!(lines("&table=artists").await.1, 3, "the artist, what is shared, the total");
    assert_eq!(lines("&table=days").await.1, days, "days need not be asked for twice");
    assert_eq!(lines("&table=artist_level").await.1, count(&report["artist_level"]));
    assert_eq!(lines("&table=summary").await.1, 1 + count(&report["summary"]["units"]));
    let charts = lines("&table=charts&country=IT").await;
    assert!(charts.0.starts_with("country,track_uuid,chart,"), "{}", charts.0);
    for wrong in ["table=rows", "table=", "table=charts", "table=days&table=days"] {
        let (status, _, problem) = server.get(&format!("/api/v1/report.csv?{question}&{wrong}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}");
        assert_eq!(problem["errors"][0]["field"], "table", "{problem}");
    }
}

/// Names, UUIDs, ISRCs and Spotify links, separated by lines and commas; unknown entries are reported.
#[tokio::test]
async fn a_pasted_list_names_artists_in_many_ways() {
    let directory = tempfile::tempdir().unwrap();
    let uuid = |number: u128| uuid::Uuid::from_u128(number).to_string();
    let names = ["Achille Lauro", "Tyler, The Creator", "Jay-Z", "Twin", "Twin", "Elodie"];
    let artists: String =
        names.iter().zip(1..).map(|(name, number)| format!("{},\"{name}\",\n", uuid(number))).collect();
    let track = "6qqNVTkY8uBg9cP3Jd7DAH";
    let files = [
        ("a.csv", format!("uuid,name,slug\n{artists},Nobody's Twin,\n")),
        ("t.csv", format!("uuid,name,isrc\n{},One,USUM71900764\n{},Two,\n", uuid(11), uuid(12))),
        (
            "l.csv",
            format!(
                "track_uuid,artist_uuid,role\n{},{},main\n{},{},main\n{},{},featured\n",
                uuid(11),
                uuid(1),
                uuid(12),
                uuid(6),
                uuid(12),
                uuid(1)
            ),
        ),
        (
            "o.csv",
            format!("track_uuid,platform,identifier,date,value\n{},spotify,{track},2026-09-01,5\n", uuid(12)),
        ),
    ];
    let files: Vec<PathBuf> = files
        .iter()
        .map(|(name, text)| {
            let path = directory.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        })
        .collect();
    let server = Server::start(&files).await;
    let resolve = async |list: &str| {
        let body = json!({"q": list, "is_list": true}).to_string();
        let request = server.client.post(format!("{}/api/find-artists", server.base));
        let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let resolved: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        let texts = |of: &str, field: &str| -> Vec<String> {
            let all = resolved[of].as_array().unwrap().iter();
            all.map(|item| if field.is_empty() { item } else { &item[field] }.as_str().unwrap().to_owned())
                .collect()
        };
        (texts("found", "name"), texts("missing", ""))
    };
    let (found, missing) = resolve("jayz, elodie, Achille Lauro").await;
    assert_eq!(found, ["Jay-Z", "Elodie", "Achille Lauro"]);
    assert_eq!(missing, Vec::<String>::new());
    let list = format!(
        "Tyler, The Creator\n{}\nus-um7-19-00764\r\nhttps://open.spotify.com/track/{track}?si=1\nTWIN\nXyz",
        uuid(3)
    );
    let (found, missing) = resolve(&list).await;
    assert_eq!(
        found,
        ["Tyler, The Creator", "Jay-Z", "Achille Lauro", "Elodie"],
        "each once, in the order of the list"
    );
    assert_eq!(missing.len(), 2, "{missing:?}");
    assert!(missing[0].starts_with("TWIN: 2 artists") && missing[1].starts_with("Xyz: "), "{missing:?}");
    let (found, missing) = resolve(&format!("{}; USUM71900765; nobody's twin", uuid(99))).await;
    assert!(found.is_empty() && missing.len() == 3, "{found:?} {missing:?}");
    // Without WASM the page offers them as checkboxes.
    let page = server.client.get(format!("{}/analytics?picked=1&q=jayz%2C+elodie%2C+xyz", server.base));
    let page = page.header("accept", "text/html").send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Not found: xyz"), "what was not found is named");
    assert!(page.matches("name=\"artist\"").count() >= 2);
}
