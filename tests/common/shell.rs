//! Runs the command line program.

#![allow(dead_code, reason = "every test crate uses its own part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A temporary working directory with a database.
pub struct Cli {
    pub directory: tempfile::TempDir,
}

impl Cli {
    pub fn new() -> Self {
        Cli { directory: tempfile::tempdir().unwrap() }
    }

    /// A file in the working directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The database URL with an absolute path.
    pub fn url(&self) -> String {
        format!("sqlite://{}", self.path("data/test.db").display())
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_music-analytics"));
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .env_clear()
            .env("DATABASE_URL", "sqlite://data/test.db")
            .env("MUSIC_ANALYTICS_ADDR", "127.0.0.1:0");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command, asserts its exit code, and returns its output.
    #[track_caller]
    pub fn expect(&self, code: i32, arguments: &[&str]) -> (String, String) {
        let output = self.run(arguments);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {out}{err}");
        (out, err)
    }

    pub fn import(&self, directory: &Path) {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "csv"));
        let files: Vec<&str> = files.iter().map(|path| path.to_str().unwrap()).collect();
        self.expect(0, &[&["import"], files.as_slice()].concat());
    }
}
