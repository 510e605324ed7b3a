//! API calls per token and minute, over all instances.

use sqlx::AssertSqlSafe;

use crate::server::error::Error;
use crate::server::store::Conn;
use crate::server::store::sql::small;

/// Length of the counting interval, in milliseconds.
pub const MINUTE: i64 = 60_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinuteCalls {
    pub token_id: String,
    /// Start of the minute, in milliseconds since 1970-01-01.
    pub since: i64,
    pub calls: u32,
}

/// Adds calls to the stored counts of the same minutes and returns the sums. Tokens must be distinct.
pub async fn add(conn: &mut Conn, minutes: &[MinuteCalls]) -> Result<Vec<MinuteCalls>, Error> {
    let places = |at: usize| format!("(${}, ${}, ${})", at * 3 + 1, at * 3 + 2, at * 3 + 3);
    let values = (0..minutes.len()).map(places).collect::<Vec<_>>().join(", ");
    let is_same =
        format!("api_calls.since between excluded.since - {0} and excluded.since + {0}", MINUTE - 1);
    let sql = format!(
        "insert into api_calls (token_id, since, calls) values {values} on conflict (token_id) do update set
         since = case when {is_same} then api_calls.since else excluded.since end,
         calls = case when {is_same} then api_calls.calls + excluded.calls else excluded.calls end
         returning token_id, since, calls"
    );
    let mut query = sqlx::query_as(AssertSqlSafe(sql)).persistent(false);
    for minute in minutes {
        query = query.bind(&minute.token_id).bind(minute.since).bind(i64::from(minute.calls));
    }
    let rows: Vec<(String, i64, i64)> = query.fetch_all(conn).await?;
    rows.into_iter()
        .map(|(token_id, since, calls)| Ok(MinuteCalls { token_id, since, calls: small(calls)? }))
        .collect()
}
