//! Secrets appear neither in logs (at any level) nor in responses.

use std::fs::File;
use std::process::{Child, Command, Stdio};

use reqwest::Client;

use super::signed_in::{EMAIL, PASSWORD, TOKEN, anonymous, with_token};
use super::support::{cookie, form, sign_in, until};

const API_KEY: &str = "s3cret-key-of-the-provider";

struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn secrets_stay_out_of_the_log() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log");
    let serving = Command::new(env!("CARGO_BIN_EXE_music-analytics"))
        .arg("serve")
        .current_dir(directory.path())
        .env_clear()
        .env("RUST_LOG", "debug,music_analytics=trace")
        .env("MUSIC_ANALYTICS_LOG_FORMAT", "json")
        .env("MUSIC_ANALYTICS_ADDR", "127.0.0.1:0")
        .env("MUSIC_ANALYTICS_METRICS_ADDR", "127.0.0.1:0")
        .env("MUSIC_ANALYTICS_ADMIN_EMAIL", EMAIL)
        .env("MUSIC_ANALYTICS_ADMIN_PASSWORD", PASSWORD)
        .env("MUSIC_ANALYTICS_API_TOKEN", TOKEN)
        .env("SOUNDCHARTS_BASE_URL", "http://127.0.0.1:9")
        .env("SOUNDCHARTS_APP_ID", "an-app")
        .env("SOUNDCHARTS_API_KEY", API_KEY)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let _serving = Serving(serving);
    let told = || std::fs::read_to_string(&log).unwrap();
    let address = |mark: &str| {
        told().split(mark).nth(1).map(|rest| {
            let end =
                rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':')).unwrap_or(rest.len());
            format!("http://{}", &rest[..end])
        })
    };
    until("it serves", async || {
        address("serving at http://").is_some() && address("metrics at http://").is_some()
    })
    .await;
    let (base, metrics) = (address("serving at http://").unwrap(), address("metrics at http://").unwrap());
    let client = anonymous().build().unwrap();
    until("it is ready", async || {
        client.get(format!("{base}/readyz")).send().await.is_ok_and(|answer| answer.status() == 200)
    })
    .await;

    let mut answers = Vec::new();
    let signed = sign_in(&client, &base, EMAIL, PASSWORD).await;
    assert_eq!(signed.status(), 303);
    let session = cookie(&signed);
    answers.push(sign_in(&client, &base, EMAIL, "a wrong secret").await.text().await.unwrap());
    answers.push(get(&client, &format!("{base}/set-up/a-guessed-secret")).await);
    answers.push(get(&client, &format!("{base}/analytics?q=x&secret=a-secret-in-an-address")).await);
    answers.push(
        get(&with_token("a-forged-secret-0123456789abcdef"), &format!("{base}/api/v1/platforms")).await,
    );
    answers.push(get(&with_token(TOKEN), &format!("{base}/api/v1/provider/artists?q=x")).await);
    let with_session = client.get(format!("{base}/account")).header("cookie", &session).send().await.unwrap();
    answers.push(with_session.text().await.unwrap());
    let made = form(
        client.post(format!("{base}/users")).header("cookie", &session),
        &[("email", "bob@example.com"), ("role", "viewer")],
    );
    let made = made.send().await.unwrap();
    let cookie = made.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let shown = client.get(format!("{base}/users")).header("cookie", format!("{session}; {cookie}"));
    let made = shown.send().await.unwrap().text().await.unwrap();
    let password = made.split("class=\"secret\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let invented = reqwest::Method::from_bytes(b"INVENTED").unwrap();
    client.request(invented, format!("{base}/healthz")).send().await.unwrap();
    let measured = get(&client, &format!("{metrics}/metrics")).await;
    assert!(
        measured.contains("http_requests_total{") && measured.contains("syncs{state=\"queued\"} 0"),
        "{measured}"
    );
    assert!(!measured.contains("INVENTED") && measured.contains("method=\"OTHER\""), "{measured}");
    answers.push(measured);

    let token = session.split_once('=').unwrap().1;
    let told = told();
    assert!(told.contains("\"route\":\"/sign-in\"") && told.lines().count() > 20, "much is logged: {told}");
    for secret in [
        PASSWORD,
        TOKEN,
        API_KEY,
        token,
        password.as_str(),
        "a wrong secret",
        "a-guessed-secret",
        "a-secret-in-an-address",
        "a-forged-secret",
    ] {
        let line = told.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is in the log");
        if secret != "a-secret-in-an-address" {
            assert!(!answers.iter().any(|answer| answer.contains(secret)), "{secret} is in an answer");
        }
    }
}

async fn get(client: &Client, url: &str) -> String {
    client.get(url).send().await.unwrap().text().await.unwrap()
}
