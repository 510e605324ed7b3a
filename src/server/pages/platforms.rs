//! Data and actions of the platforms page, where admins define how a platform's values are read.

use serde::Deserialize;

use super::caller;
use crate::domain::accounts::{Action, Right};
use crate::domain::{Kind, Level, Metric, Problem};
use crate::server::accounts::{Person, audit};
use crate::server::error::Error;
use crate::server::reports::listings;
use crate::server::state::context::Context;
use crate::server::store::observations::rebuild;
use crate::server::store::tables::platforms::{self, PlatformMetric};
use crate::server::web::flash;
use crate::view::PlatformList;

pub async fn list(context: &Context) -> Result<PlatformList, Problem> {
    let can_change = caller::person().is_some_and(|person| person.right >= Right::Admin);
    let listed = async { listings::platforms(&mut *context.db.read_report().await?).await };
    Ok(PlatformList { platforms: listed.await?, can_change, notice: flash::take() })
}

/// The form of one metric. Browsers do not send unchecked checkboxes.
#[derive(Debug, Clone, Deserialize)]
pub struct Setting {
    pub platform: String,
    /// Track or artist.
    pub level: Level,
    pub metric: Metric,
    /// Kind of the values; empty if unknown.
    #[serde(default)]
    pub kind: String,
    /// Unit of the values.
    #[serde(default)]
    pub unit: String,
    /// Whether all identifiers of a track carry the same counter (S6).
    #[serde(default)]
    pub mirrors: bool,
    /// Whether it is fetched and reported.
    #[serde(default)]
    pub enabled: bool,
}

/// Sets the definition of a metric; affected tracks are recomputed in the same transaction. Returns a
/// message.
///
/// # Errors
/// The metric does not exist; the kind is invalid; a metric is enabled without kind and unit.
pub async fn set(context: &Context, person: &Person, setting: &Setting) -> Result<String, Problem> {
    let kind = Some(setting.kind.trim()).filter(|kind| !kind.is_empty());
    let kind: Option<Kind> =
        kind.map(str::parse).transpose().map_err(|error: crate::domain::UnknownValue| {
            Problem::new(400, "Bad Request", format!("{error}."))
        })?;
    let unit = Some(setting.unit.trim().to_owned()).filter(|unit| !unit.is_empty());
    if setting.enabled && (kind.is_none() || unit.is_none()) {
        let words =
            "Say what the values mean first: a kind and a unit. Without them nothing can be reported.";
        return Err(Problem::new(422, "Unprocessable Content", words));
    }
    Ok(write(context, person, setting, kind, unit).await?)
}

async fn write(
    context: &Context,
    person: &Person,
    setting: &Setting,
    kind: Option<Kind>,
    unit: Option<String>,
) -> Result<String, Error> {
    let mut tx = context.db.write().await?;
    let missing = || Error::NotFound { what: "platform", id: setting.platform.clone() };
    let registry = platforms::registry(&mut tx).await?;
    let platform =
        registry.into_iter().find(|platform| platform.code == setting.platform).ok_or_else(missing)?;
    let before = platform.metric(setting.level, setting.metric).ok_or_else(missing)?.clone();
    if setting.level == Level::Track && kind.is_none() && platforms::is_observed(&mut tx, platform.id).await?
    {
        let message =
            format!("{} has stored values, so its type cannot be removed: disable it instead", platform.name);
        return Err(Error::invalid("kind", message));
    }
    let (mirrors, enabled) = (setting.mirrors, setting.enabled);
    let after = PlatformMetric { kind, unit, mirrors, enabled, ..before.clone() };
    platforms::put_metric(&mut tx, platform.id, &after).await?;
    let is_read_otherwise = (before.kind, before.mirrors) != (after.kind, after.mirrors);
    let rebuilt = if setting.level == Level::Track && is_read_otherwise && kind.is_some() {
        rebuild::platform(&mut tx, platform.id).await?.tracks
    } else {
        0
    };
    let meaning = after.kind.map_or("meaning not set", Kind::as_str);
    let enabled = if after.enabled { "enabled" } else { "disabled" };
    let subject = format!("{}, {} {}: {meaning}, {enabled}", platform.name, setting.level, setting.metric);
    audit::write(&mut tx, person, Action::PlatformChanged, subject).await?;
    tx.commit().await?;
    let again = match rebuilt {
        0 => String::new(),
        count => format!(" {count} tracks were recomputed."),
    };
    Ok(format!("{} was changed.{again}", platform.name))
}
