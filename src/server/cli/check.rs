//! `music-analytics check`: verifies the database and prints what it holds.

use std::process::ExitCode;

use indicatif::ProgressBar;

use super::{bar, or_interrupted, print, update_bar};
use crate::domain::text::format::grouped;
use crate::server::base::terminal::tell;
use crate::server::error::Error;
use crate::server::store::observations::rebuild;
use crate::server::store::ops::check;
use crate::server::store::ops::checksum::{self, Contents};
use crate::server::store::{Conn, Db};

/// Checks a snapshot of the database while others use it, with a progress bar on a terminal.
pub async fn check(url: &str) -> anyhow::Result<ExitCode> {
    let db = Db::open_existing("DATABASE_URL", url).await?;
    let checking = async {
        let mut tx = db.read().await?;
        let findings = findings(&mut tx).await?;
        // A damaged file may not be completely readable.
        let contents = if findings.is_empty() { Some(contents(&mut tx).await?) } else { None };
        Ok((findings, contents))
    };
    let checked = or_interrupted(checking, "nothing was changed").await;
    db.close().await;
    let (findings, contents) = checked?;
    for finding in &findings {
        tell(&format!("- {finding}"));
    }
    let Some(contents) = contents else {
        tell("The database is not sound; docs/operations.md says what to do");
        return Ok(ExitCode::FAILURE);
    };
    print(&text(&contents))?;
    tell("All is well");
    Ok(ExitCode::SUCCESS)
}

async fn findings(conn: &mut Conn) -> Result<Vec<String>, Error> {
    let waiting = ProgressBar::new_spinner().with_message("reading the database");
    waiting.enable_steady_tick(std::time::Duration::from_millis(100));
    let findings = check::find_damage(conn).await;
    waiting.finish_and_clear();
    let mut findings = findings?;
    if !findings.is_empty() {
        return Ok(findings);
    }
    let bar = bar("tracks");
    let compared = rebuild::compare(conn, update_bar(&bar)).await;
    bar.finish_and_clear();
    let compared = compared?;
    if compared.changed > 0 {
        findings.push(format!(
            "series: {} of {} tracks are not what their observations give; `music-analytics rebuild` works them out \
             again",
            compared.changed, compared.tracks
        ));
    }
    Ok(findings)
}

async fn contents(conn: &mut Conn) -> Result<Contents, Error> {
    let bar = bar("rows");
    let contents = checksum::read(conn, update_bar(&bar)).await;
    bar.finish_and_clear();
    contents
}

/// Rows by table, then the checksum of everything, then that of the data.
fn text(contents: &Contents) -> String {
    let mut text = String::new();
    for (table, rows) in &contents.tables {
        text += &format!("{:>15} {table}\n", grouped(i128::from(*rows)));
    }
    text + &format!("contents {}\ndata {}\n", contents.checksum, contents.data)
}
