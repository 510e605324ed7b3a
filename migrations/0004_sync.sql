-- Fetching from the provider. Jobs, leases and limits are small and stay on one machine; they name rows of
-- the big tables by number only. Times are milliseconds since 1970-01-01, UTC.

-- What somebody asked to have fetched.
create table syncs (
    id text not null primary key,
    -- A digest of the request: the same open work is queued once.
    request_key text not null,
    request text not null,
    state text not null,
    -- How often missing work was looked for: the songs of an artist are known after the first round only.
    round bigint not null,
    -- Units that have ended, all units so far, and how far it all is; the percentage only grows.
    done bigint not null,
    total bigint not null,
    percent bigint not null,
    -- What is being done, and at the end why not all of it was.
    message text not null,
    created_at bigint not null,
    started_at bigint,
    finished_at bigint
);

create unique index syncs_open on syncs (request_key) where state in ('queued', 'running');
create index syncs_by_time on syncs (created_at);

-- A question to the provider, shared by all syncs that need its answer.
create table sync_units (
    id bigint not null primary key,
    -- What is asked, in one text.
    unit_key text not null,
    task text not null,
    -- The artist, the track or the chart; 0 where it is about none of them.
    subject_id bigint not null,
    -- 0 where it is about all platforms.
    platform_id bigint not null,
    metric text not null,
    from_day bigint not null,
    to_day bigint not null,
    -- For people: "Spotify for “AMOR”".
    label text not null,
    state text not null,
    attempts bigint not null,
    crashes bigint not null,
    -- Not before that time.
    ready_at bigint not null,
    -- The fencing token: raised by every claim. Whoever holds an older one writes nothing.
    lease bigint not null,
    leased_by text,
    leased_until bigint,
    -- Why it failed, or what of the answer could not be kept.
    reason text
);

create unique index sync_units_open on sync_units (unit_key) where state in ('queued', 'running');
create index sync_units_by_state on sync_units (state, ready_at, id);
create index sync_units_by_subject on sync_units (subject_id, state);

create table sync_needs (
    sync_id text not null references syncs (id),
    unit_id bigint not null references sync_units (id),
    primary key (sync_id, unit_id)
);

create index sync_needs_by_unit on sync_needs (unit_id, sync_id);

-- When the provider was last asked for lists: of an artist's songs, of a platform's charts, of platforms.
create table fetched_lists (
    list text not null,
    subject_id bigint not null,
    fetch_id bigint not null references fetches (id),
    primary key (list, subject_id)
);

-- Days that the provider was asked for about artists and charts, as fetched_windows has them of tracks.
create table artist_windows (
    artist_id bigint not null references artists (id),
    platform_id bigint not null references platforms (id),
    metric text not null,
    from_day bigint not null,
    to_day bigint not null,
    fetch_id bigint not null references fetches (id),
    primary key (artist_id, platform_id, metric, from_day, to_day)
);

create table chart_windows (
    chart_id bigint not null references charts (id),
    from_day bigint not null,
    to_day bigint not null,
    fetch_id bigint not null references fetches (id),
    primary key (chart_id, from_day, to_day)
);

-- The request limit, over all instances: when the bucket would be full again, in nanoseconds.
create table rate_limits (
    name text not null primary key,
    full_at bigint not null
);

-- Answers of the provider's search, kept for a day.
create table provider_searches (
    text text not null primary key,
    answer text not null,
    asked_at bigint not null
);
