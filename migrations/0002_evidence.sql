-- What was observed, and where each observation came from. The track stands first in the key of every
-- big table, so that the tables can be spread over machines by it.

create table fetches (
    id bigint not null primary key,
    -- import, demo, soundcharts, ...
    source text not null,
    -- The file, the endpoint, ...
    detail text not null,
    -- Seconds since 1970-01-01, UTC.
    started_at bigint not null
);

create table identifiers (
    track_id bigint not null references tracks (id),
    platform_id bigint not null references platforms (id),
    identifier text not null,
    primary key (track_id, platform_id, identifier)
);

-- All observations of one identifier in one row: days, values and the fetch that brought each
-- (src/server/db/packed.rs).
create table observations (
    track_id bigint not null references tracks (id),
    platform_id bigint not null references platforms (id),
    identifier text not null,
    first_day bigint not null,
    last_day bigint not null,
    count bigint not null,
    packed bytea not null,
    primary key (track_id, platform_id, identifier)
);

-- Values that a later fetch replaced.
create table revisions (
    track_id bigint not null references tracks (id),
    platform_id bigint not null references platforms (id),
    identifier text not null,
    day bigint not null,
    replaced_by bigint not null references fetches (id),
    value bigint not null,
    fetch_id bigint not null references fetches (id),
    primary key (track_id, platform_id, identifier, day, replaced_by)
);

-- The read model: a track's observations on all its platforms, worked out (src/server/db/series.rs).
-- Written with the observations, rebuilt from them by `music-analytics rebuild`.
create table series (
    track_id bigint not null references tracks (id),
    packed bytea not null,
    primary key (track_id)
);

-- Days that the provider was asked for.
create table fetched_windows (
    track_id bigint not null references tracks (id),
    platform_id bigint not null references platforms (id),
    from_day bigint not null,
    to_day bigint not null,
    fetch_id bigint not null references fetches (id),
    primary key (track_id, platform_id, from_day, to_day)
);

create table artist_observations (
    artist_id bigint not null references artists (id),
    platform_id bigint not null references platforms (id),
    metric text not null,
    day bigint not null,
    value bigint not null,
    fetch_id bigint not null references fetches (id),
    primary key (artist_id, platform_id, metric, day)
);

create table artist_revisions (
    artist_id bigint not null references artists (id),
    platform_id bigint not null references platforms (id),
    metric text not null,
    day bigint not null,
    replaced_by bigint not null references fetches (id),
    value bigint not null,
    fetch_id bigint not null references fetches (id),
    primary key (artist_id, platform_id, metric, day, replaced_by)
);

create table charts (
    id bigint not null primary key,
    slug text not null unique,
    platform_id bigint not null references platforms (id),
    -- Null for a chart of the whole world.
    country_code text,
    name text not null,
    -- daily or weekly; null where nobody has said.
    frequency text,
    positions bigint,
    active bigint not null
);

create index charts_by_country on charts (country_code);

-- Days of a chart that were fetched, whoever was on it.
create table chart_days (
    chart_id bigint not null references charts (id),
    day bigint not null,
    fetch_id bigint not null references fetches (id),
    primary key (chart_id, day)
);

create table chart_entries (
    track_id bigint not null references tracks (id),
    chart_id bigint not null references charts (id),
    day bigint not null,
    position bigint not null,
    primary key (track_id, chart_id, day)
);
