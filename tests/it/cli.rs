//! The command line, run as a script runs it.

use crate::common;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::common::golden_directories;
use crate::common::shell::Cli;
use serde_json::Value;

fn counts(shell: &Cli) -> Vec<u64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        use music_analytics::server::store::Db;
        use music_analytics::server::store::tables::counts;
        let db = Db::open(&shell.url()).await.unwrap();
        let c = counts::all(&mut db.read().await.unwrap()).await.unwrap();
        db.close().await;
        vec![c.artists, c.tracks, c.observations, c.revisions, c.chart_entries]
    })
}

fn options(query: &Value) -> Vec<String> {
    let mut options = vec!["report".to_owned(), "--json".to_owned()];
    for (key, option) in [
        ("artists", "--artist"),
        ("platforms", "--platform"),
        ("from", "--from"),
        ("to", "--to"),
        ("country", "--country"),
    ] {
        match &query[key] {
            Value::Array(values) => options
                .extend(values.iter().flat_map(|v| [option.to_owned(), v.as_str().unwrap().to_owned()])),
            Value::String(value) => options.extend([option.to_owned(), value.clone()]),
            _ => {}
        }
    }
    options
}

#[test]
fn golden_reports_on_the_command_line() {
    for directory in golden_directories() {
        let shell = Cli::new();
        shell.import(&directory);
        let before = counts(&shell);
        shell.import(&directory);
        assert_eq!(counts(&shell), before, "a second import changes nothing");
        for (index, expected) in
            common::expected(&directory)["reports"].as_array().unwrap().iter().enumerate()
        {
            let options = options(&expected["query"]);
            let options: Vec<&str> = options.iter().map(String::as_str).collect();
            let (out, _) = shell.expect(0, &options);
            let report = serde_json::from_str(&out).unwrap();
            common::assert_report(&report, expected, &format!("{directory:?} #{index}"));
        }
    }
}

#[test]
fn artists_are_found_by_name_and_nothing_is_made_by_looking() {
    let shell = Cli::new();
    let (_, told) = shell.expect(1, &["artist", "search", "x"]);
    assert!(told.contains("DATABASE_URL"), "{told}");
    assert_eq!(std::fs::read_dir(shell.directory.path()).unwrap().count(), 0, "a mistyped path stays empty");

    let file = shell.path("artists.csv");
    std::fs::write(&file, "uuid,name\n11e81bcc-9c1c-ce38-b96b-a0369fe50396,R.E.M.\n,Remy\n").unwrap();
    shell.expect(0, &["import", file.to_str().unwrap()]);
    let (out, _) = shell.expect(0, &["artist", "search", "rem"]);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 3, "{out}");
    assert!(lines[1].contains("11e81bcc-9c1c-ce38-b96b-a0369fe50396"), "the very name first: {out}");
    let (out, _) = shell.expect(0, &["artist", "search", "remy", "--json"]);
    let found: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(found["items"][0]["name"], "Remy");
    assert_eq!(found["items"][0]["selectable"], false);
}

#[test]
fn every_example_of_the_document_is_imported() {
    let shell = Cli::new();
    let document = include_str!("../../docs/import.md");
    let files: Vec<String> = document
        .split("```csv\n")
        .skip(1)
        .enumerate()
        .map(|(number, rest)| {
            let file = shell.path(&format!("{number}.csv"));
            std::fs::write(&file, rest.split("```").next().unwrap()).unwrap();
            file.to_str().unwrap().to_owned()
        })
        .collect();
    let kinds = music_analytics::domain::catalogue::file_kind::FileKind::ALL.len();
    assert_eq!(files.len(), kinds, "an example of every file");
    let import: Vec<&str> = ["import"].into_iter().chain(files.iter().map(String::as_str)).collect();
    shell.expect(0, &import);
    assert_eq!(counts(&shell)[..3], [2, 1, 2]);
}

#[test]
fn wrong_usage_says_what_to_do() {
    let shell = Cli::new();
    shell.import(&golden_directories()[0]);
    let artist = common::expected(&golden_directories()[0])["reports"][0]["query"]["artists"][0]
        .as_str()
        .unwrap()
        .to_owned();
    for (arguments, word) in [
        (vec!["report", "--artist", "x", "--month", "2026-04"], "--artist"),
        (vec!["report", "--artist", &artist, "--month", "2026-4"], "--month"),
        (vec!["report", "--artist", &artist], "--month"),
        (vec!["report", "--artist", &artist, "--from", "2026-04-02", "--to", "2026-04-01"], "--to"),
        (vec!["report", "--artist", &artist, "--month", "2026-04", "--platform", "gramophone"], "--platform"),
        (vec!["sing"], "sing"),
    ] {
        let (_, err) = shell.expect(2, &arguments);
        assert!(err.contains(word), "{arguments:?}: {err}");
    }
    let (csv, _) = shell.expect(0, &["report", "--artist", &artist, "--month", "2026-04", "--csv"]);
    assert!(csv.starts_with("from,to,track_uuid,"));
    let (table, _) = shell.expect(0, &["report", "--artist", &artist, "--month", "2026-04"]);
    assert!(table.contains("TOTAL") && table.contains("April 2026"));
}

#[test]
fn a_report_is_written_as_a_workbook() {
    let shell = Cli::new();
    shell.import(&golden_directories()[0]);
    let query = &common::expected(&golden_directories()[0])["reports"][0]["query"];
    let options = options(query);
    let options: Vec<&str> =
        options.iter().map(String::as_str).filter(|option| *option != "--json").collect();
    let path = shell.directory.path().join("report.xlsx");
    std::fs::write(&path, "what was there before").unwrap();
    let (out, err) = shell.expect(0, &[&options, &["--xlsx", "report.xlsx"][..]].concat());
    assert!(out.is_empty() && err.contains("report.xlsx"), "{out}{err}");
    let book: calamine::Xlsx<_> = calamine::open_workbook(&path).unwrap();
    assert_eq!(calamine::Reader::sheet_names(&book)[0], "Summary");
    let names = std::fs::read_dir(shell.directory.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(
        names.into_iter().all(|name| name == "report.xlsx" || name == "data"),
        "nothing is left beside it"
    );
    for other in ["--json", "--csv"] {
        shell.expect(2, &[&options, &["--xlsx", "report.xlsx", other][..]].concat());
    }
    let (_, err) = shell.expect(1, &[&options, &["--xlsx", "no/such/place.xlsx"][..]].concat());
    assert!(err.contains("place.xlsx"), "{err}");
}

#[test]
fn a_bad_file_leaves_nothing_behind() {
    let shell = Cli::new();
    shell.import(&golden_directories()[0]);
    let before = counts(&shell);
    let track = "9b810e76-6ec9-4286-a3ca-828dd5f4b3b2";
    let bad = shell.directory.path().join("bad.csv");
    let lines = [
        "track_uuid,platform,identifier,date,value".to_owned(),
        format!("{track},spotify,new,2026-08-01,5"),
        format!("{track},spotify,new,2026-08-32,5"),
        format!("{track},spotify,new,2026-08-01,6"),
        format!("{track},gramophone,new,2026-08-03,6"),
        format!("{track},spotify,new,2026-08-04,many"),
        "00000000-0000-0000-0000-000000000000,spotify,new,2026-08-04,1".to_owned(),
    ];
    std::fs::write(&bad, lines.join("\n")).unwrap();
    let bad = bad.to_str().unwrap();
    let (_, err) = shell.expect(1, &["import", bad]);
    for line in [3, 4, 5, 6, 7] {
        assert!(err.contains(&format!("bad.csv:{line}")), "line {line} is not reported: {err}");
    }
    assert_eq!(counts(&shell), before, "nothing of a bad file is kept");
    shell.expect(3, &["import", "--skip-bad", bad]);
    assert!(counts(&shell)[2] > before[2], "the good lines are kept when asked for");
    let (_, err) = shell.expect(1, &["import", "no-such-file.csv"]);
    assert!(err.contains("no-such-file.csv"));
}

#[test]
fn demo_and_real_data_do_not_mix() {
    let real = Cli::new();
    real.import(&golden_directories()[0]);
    let (_, err) = real.expect(1, &["demo"]);
    assert!(err.contains("DATABASE_URL"), "{err}");

    let demo = Cli::new();
    demo.expect(0, &["demo"]);
    let before = counts(&demo);
    assert_eq!(before[0], 40);
    let artists = golden_directories()[0].join("artists.csv");
    let (_, err) = demo.expect(1, &["import", artists.to_str().unwrap()]);
    assert!(err.contains("DATABASE_URL"), "{err}");
    demo.expect(1, &["demo"]);
    let (_, err) = demo.expect(0, &["rebuild"]);
    assert!(err.contains(" 0 differed"), "the read model is what the observations give: {err}");
    assert_eq!(counts(&demo), before);
}

/// A configuration error: the settings, and the expected words in the message.
type Wrong = (&'static [(&'static str, &'static str)], &'static [&'static str]);

const WRONG_SETTINGS: &[Wrong] = &[
    (&[("MUSIC_ANALYTICS_SYNC_WORKERS", "many")], &["SYNC_WORKERS", "a whole number from 0 to 16"]),
    (&[("MUSIC_ANALYTICS_SYNC_WORKERS", "17")], &["SYNC_WORKERS", "a whole number from 0 to 16"]),
    (&[("MUSIC_ANALYTICS_MAX_REQUESTS", "-1")], &["MAX_REQUESTS", "a whole number"]),
    (&[("SOUNDCHARTS_MAX_PER_MINUTE", "1e9")], &["MAX_PER_MINUTE", "a whole number"]),
    (&[("MUSIC_ANALYTICS_ADDR", "3000")], &["ADDR", "an address and port such as 127.0.0.1:3000"]),
    (&[("MUSIC_ANALYTICS_METRICS_ADDR", "here:1")], &["METRICS_ADDR", "an address and port"]),
    (&[("MUSIC_ANALYTICS_PUBLIC_URL", "music.example.com")], &["PUBLIC_URL", "https://music.example.com"]),
    (&[("MUSIC_ANALYTICS_TRUSTED_PROXIES", "proxy")], &["TRUSTED_PROXIES", "10.0.0.0/8"]),
    (&[("MUSIC_ANALYTICS_LOG_FORMAT", "xml")], &["LOG_FORMAT", "text or json"]),
    (&[("RUST_LOG", "a=b=c")], &["RUST_LOG", "a log filter such as info"]),
    (&[("DATABASE_URL", "mysql://ada:s3cret@db/music")], &["DATABASE_URL", "sqlite://PATH or postgres://"]),
    (&[("DATABASE_URL", "sqlite://~/music.db")], &["DATABASE_URL", "write the whole path"]),
    (&[("DATABASE_READ_URL", "postgres://ada:s3cret@db/music")], &["DATABASE_READ_URL", "to be empty"]),
    (&[("MUSIC_ANALYTICS_ADMIN_PASSWORD", "s3cret of Ada")], &["ADMIN_EMAIL", "an address"]),
    (
        &[("MUSIC_ANALYTICS_ADMIN_EMAIL", "ada@example.com"), ("MUSIC_ANALYTICS_ADMIN_PASSWORD", "s3cret")],
        &["ADMIN_PASSWORD", "a better one"],
    ),
    (&[("MUSIC_ANALYTICS_API_TOKEN", "s3cret")], &["API_TOKEN", "at least 32 printable"]),
    (&[("SOUNDCHARTS_APP_ID", "s3cret")], &["SOUNDCHARTS_API_KEY"]),
    (&[("SOUNDCHARTS_API_KEY_FILE", "none")], &["API_KEY_FILE", "a file that can be read"]),
    (&[("MUSIC_ANALYTICS_API_TOKEN_FILE", ".")], &["API_TOKEN_FILE", "a file that can be read"]),
    (&[("MUSIC_ANALYTICS_API_TOKEN_FILE", "empty")], &["API_TOKEN_FILE", "a file with a secret in it"]),
    (
        &[("SOUNDCHARTS_API_KEY_FILE", "secret"), ("SOUNDCHARTS_API_KEY", "s3cret too")],
        &["API_KEY_FILE", "nothing, because SOUNDCHARTS_API_KEY is set, too"],
    ),
    (&[("MUSIC_ANALYTICS_OIDC_CLIENT_SECRET", "s3cret")], &["OIDC_ISSUER", "the provider's address"]),
    (
        &[("MUSIC_ANALYTICS_OIDC_ISSUER", "https://ada:s3cret@id.example.com")],
        &["OIDC_ISSUER", "https://..."],
    ),
    (&[("MUSIC_ANALYTICS_OIDC_ISSUER", "http://id.example.com")], &["OIDC_ISSUER", "https://..."]),
    (&[("MUSIC_ANALYTICS_OIDC_ISSUER", "https://id.example.com")], &["OIDC_CLIENT_ID", "the client's id"]),
    (
        &[
            ("MUSIC_ANALYTICS_OIDC_ISSUER", "https://id.example.com"),
            ("MUSIC_ANALYTICS_OIDC_CLIENT_ID", "music"),
            ("MUSIC_ANALYTICS_OIDC_CLIENT_SECRET", "s3cret"),
        ],
        &["PUBLIC_URL", "the https address that people open"],
    ),
];

/// The exit code tells a supervisor that another start would fail as well.
#[test]
fn a_wrong_setting_is_wrong_usage_says_what_to_do_and_repeats_no_secret() {
    let shell = Cli::new();
    std::fs::write(shell.path("empty"), "\n").unwrap();
    std::fs::write(shell.path("secret"), "s3cret\n").unwrap();
    for (settings, words) in WRONG_SETTINGS {
        // One of them only fails when a database is opened; none of them creates one.
        for command in [&["check"][..], &["serve"]] {
            let mut command = shell.command(command);
            let output = command.envs(settings.iter().copied()).output().unwrap();
            let err = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{settings:?}: {err}");
            assert!(words.iter().all(|word| err.contains(word)), "{settings:?}: {err}");
            assert!(!err.contains("s3cret") && output.stdout.is_empty(), "{settings:?}: {err}");
        }
    }
    assert!(!shell.path("data").exists(), "nothing was made");
}

#[test]
fn a_wrong_configuration_file_is_wrong_usage_and_repeats_no_secret() {
    let shell = Cli::new();
    for (line, words) in [
        ("SOUNDCHARTS_API_KEY = s3cret of mine", "wrong.toml, line 2, is not valid TOML"),
        ("MUSIC_ANALYTICS_SYNC_WORKERS = \"many\"", "MUSIC_ANALYTICS_SYNC_WORKERS"),
        ("SOUNDCHARTS_API_KY = \"s3cret\"", "SOUNDCHARTS_API_KY"),
        ("SOUNDCHARTS_API_KEY = [\"s3cret\"]", "expected text, a whole number, true or false"),
        ("MUSIC_ANALYTICS_API_TOKEN = \"s3cret\"", "at least 32 printable"),
    ] {
        std::fs::write(shell.path("wrong.toml"), format!("RUST_LOG = \"info\"\n{line}\n")).unwrap();
        let (_, err) = shell.expect(2, &["--config", "wrong.toml", "check"]);
        assert!(err.contains(words) && !err.contains("s3cret"), "{line}: {err}");
    }
    let (_, err) = shell.expect(2, &["--config", "none.toml", "check"]);
    assert!(err.contains("cannot read the configuration file none.toml"), "{err}");
}

/// All files below a directory that other users can read or write.
fn open_to_others(directory: &Path) -> (Vec<PathBuf>, usize) {
    let (mut open, mut count) = (Vec::new(), 0);
    for entry in std::fs::read_dir(directory).unwrap().map(Result::unwrap) {
        // Locks and logs may disappear in the meantime.
        let Ok(found) = entry.metadata() else { continue };
        if found.permissions().mode() & 0o077 != 0 {
            open.push(entry.path());
        }
        if found.is_dir() {
            let (inner, more) = open_to_others(&entry.path());
            open.extend(inner);
            count += more;
        } else {
            count += 1;
        }
    }
    (open, count)
}

#[test]
fn files_are_for_their_owner_alone() {
    let shell = Cli::new();
    let artist = "11e81bcc-9c1c-ce38-b96b-a0369fe50396";
    std::fs::create_dir(shell.path("work")).unwrap();
    std::fs::write(shell.path("artists.csv"), format!("uuid,name\n{artist},Anna\n")).unwrap();
    // With the most permissive umask.
    let open = |arguments: &[&str]| {
        let mut command = Command::new("/bin/sh");
        let product = shell.command(arguments);
        command.args(["-c", "umask 0; exec \"$@\"", "sh"]).arg(product.get_program()).args(arguments);
        command.current_dir(shell.path("work")).env_clear();
        command.env("DATABASE_URL", "sqlite://data/test.db").env("MUSIC_ANALYTICS_ADDR", "127.0.0.1:0");
        command
    };
    for arguments in [
        &["import", "../artists.csv"][..],
        &["backup", "copy.db"],
        &["report", "--artist", artist, "--month", "2026-04", "--xlsx", "report.xlsx"],
        &["copy", "sqlite://data/test.db", "sqlite://other/copy.db"],
        &["restore", "copy.db"],
    ] {
        let output = open(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    for file in ["data/test.db", "copy.db", "report.xlsx", "other/copy.db"] {
        assert!(shell.path("work").join(file).is_file(), "{file}");
    }
    let mut serving = open(&["serve"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let told = BufReader::new(serving.stderr.take().unwrap());
    let serves = told.lines().map_while(Result::ok).any(|line| line.contains("http://127.0.0.1:"));
    let (open, count) = open_to_others(&shell.path("work"));
    let has_log = shell.path("work/data/test.db-wal").is_file();
    serving.kill().unwrap();
    serving.wait().unwrap();
    assert!(serves && has_log && count > 6, "{count} files");
    assert!(open.is_empty(), "{open:?}");
}

/// A full disk or a closed pipe loses log lines, but nothing else.
#[cfg(target_os = "linux")]
#[test]
fn a_log_that_cannot_be_written_costs_its_lines_alone() {
    let shell = Cli::new();
    std::fs::write(shell.path("a.csv"), "uuid,name,slug\na0000000-0000-4000-8000-000000000001,Anna,\n")
        .unwrap();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = shell.command(&["import", "a.csv"]);
    let status = command.env("RUST_LOG", "trace").stderr(full).output().unwrap().status;
    assert_eq!(status.code(), Some(0));
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let failed = shell.command(&["import", "none.csv"]).stderr(full).output().unwrap().status;
    assert_eq!(failed.code(), Some(1), "the last word is lost, the code is not");
}
