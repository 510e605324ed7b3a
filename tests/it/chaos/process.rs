//! The program as child processes.

#![allow(dead_code, reason = "every test crate uses its own part")]

use std::ffi::OsStr;
use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

#[cfg(target_os = "linux")]
use rustix::process::{Pid, Resource, getrlimit, prlimit};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::catalogue::artist;
use super::signed_in;
use super::support::{Fixture, ReportSpec, until};

/// A child process, killed on drop.
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Runs `sync` with the fixture's database and provider.
    pub fn sync(world: &Fixture, question: &ReportSpec) -> Self {
        Self::start(world, &Self::sync_arguments(question))
    }

    /// Runs `sync` with a file size limit.
    #[cfg(target_os = "linux")]
    pub fn sync_within(world: &Fixture, question: &ReportSpec, bytes: u64) -> Self {
        let program = env!("CARGO_BIN_EXE_music-analytics");
        let script = format!("trap '' XFSZ; ulimit -S -f {}; exec {program} \"$@\"", bytes / 512);
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &script, "sh"]).args(Self::sync_arguments(question));
        Self::spawn(world, command)
    }

    fn sync_arguments(question: &ReportSpec) -> Vec<String> {
        let mut arguments = vec!["sync".to_owned()];
        for number in &question.artists {
            arguments.extend(["--artist".to_owned(), artist(*number).to_string()]);
        }
        for (name, day) in [("--from", question.from), ("--to", question.to)] {
            arguments.extend([name.to_owned(), day.to_string()]);
        }
        arguments
    }

    pub fn start(world: &Fixture, arguments: &[impl AsRef<OsStr>]) -> Self {
        Self::start_on(world, &world.url(), arguments)
    }

    /// Runs a command on another database.
    pub fn start_on(world: &Fixture, url: &str, arguments: &[impl AsRef<OsStr>]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_music-analytics"));
        command.args(arguments);
        Self::spawn_on(world, url, command)
    }

    /// Runs `serve` with additional settings.
    pub fn serve_with(world: &Fixture, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_music-analytics"));
        command.arg("serve");
        Self::spawn_with(world, &world.url(), command, settings)
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn spawn(world: &Fixture, command: Command) -> Self {
        Self::spawn_on(world, &world.url(), command)
    }

    fn spawn_on(world: &Fixture, url: &str, command: Command) -> Self {
        Self::spawn_with(world, url, command, &[])
    }

    fn spawn_with(world: &Fixture, url: &str, mut command: Command, settings: &[(&str, &str)]) -> Self {
        let log = world.directory().join(format!("{:016x}.log", fastrand::u64(..)));
        let child = command
            .current_dir(world.directory())
            .env_clear()
            .env("DATABASE_URL", url)
            .env("MUSIC_ANALYTICS_ADDR", "127.0.0.1:0")
            .env("SOUNDCHARTS_BASE_URL", world.base())
            .env("SOUNDCHARTS_APP_ID", "soundcharts")
            .env("SOUNDCHARTS_API_KEY", "soundcharts")
            .env("SOUNDCHARTS_MAX_PER_MINUTE", "1000000")
            .env("MUSIC_ANALYTICS_ADMIN_EMAIL", signed_in::EMAIL)
            .env("MUSIC_ANALYTICS_ADMIN_PASSWORD", signed_in::PASSWORD)
            .env("MUSIC_ANALYTICS_API_TOKEN", signed_in::TOKEN)
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        Process { child, log }
    }

    /// Sends a signal by name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success(), "kill -{name}");
    }

    /// Removes the file size limit.
    #[cfg(target_os = "linux")]
    pub fn unlimit(&self) {
        let ours = getrlimit(Resource::Fsize);
        prlimit(Some(Pid::from_child(&self.child)), Resource::Fsize, ours).unwrap();
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for the exit status.
    pub async fn exit(&mut self, within: Duration) -> ExitStatus {
        let deadline = Instant::now() + within;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "it has not ended in {within:?}: {}", self.stderr_text());
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Asserts that it exits successfully in time.
    pub async fn succeeds(&mut self, within: Duration) {
        let status = self.exit(within).await;
        assert!(status.success(), "{status}: {}", self.stderr_text());
    }

    /// Its standard error so far.
    pub fn stderr_text(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// The address it serves on, from its log.
    pub async fn address(&self) -> String {
        let mut found = None;
        until("the process serves", async || {
            let told = self.stderr_text();
            found = told.split("http://").nth(1).and_then(|rest| {
                let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':'))?;
                Some(format!("http://{}", &rest[..end]))
            });
            found.is_some()
        })
        .await;
        found.unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a sync through the API; returns its id.
pub async fn start_sync(base: &str, question: &ReportSpec) -> String {
    let artists: Vec<String> = question.artists.iter().map(|number| artist(*number).to_string()).collect();
    let body = json!({"artists": artists, "from": question.from.to_string(), "to": question.to.to_string()});
    let started = signed_in::with_token(signed_in::TOKEN)
        .post(format!("{base}/api/v1/syncs"))
        .header("content-type", "application/json")
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(started.status(), 202);
    let started: Value = serde_json::from_str(&started.text().await.unwrap()).unwrap();
    started["id"].as_str().unwrap().to_owned()
}
