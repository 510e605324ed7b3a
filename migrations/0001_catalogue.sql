-- Artists, tracks, platforms. One dialect for SQLite and PostgreSQL: ids are given out by the product
-- (table `ids`), booleans are 0 and 1, UUIDs lower-case text, days the number of days since 1970-01-01.

create table meta (
    key text not null primary key,
    value text not null
);

-- The last id given out, by table.
create table ids (
    name text not null primary key,
    last bigint not null
);

create table artists (
    id bigint not null primary key,
    uuid text unique,
    name text not null,
    slug text,
    country_code text,
    image_url text,
    source text not null,
    external_id text,
    -- What tells artists without a UUID apart: the source and its id, else the name. Null with a UUID.
    local_key text unique
);

create table tracks (
    id bigint not null primary key,
    uuid text not null unique,
    name text not null,
    credit_name text,
    isrc text,
    release_day bigint,
    image_url text
);

create table track_artists (
    track_id bigint not null references tracks (id),
    artist_id bigint not null references artists (id),
    role text not null,
    primary key (track_id, artist_id)
);

create index track_artists_by_artist on track_artists (artist_id, track_id);

create table platforms (
    id bigint not null primary key,
    code text not null unique,
    name text not null,
    -- Its place in the registry, and so in every report.
    position bigint not null
);

-- What a platform measures. `kind` and `unit` are null until somebody has found out.
create table platform_metrics (
    platform_id bigint not null references platforms (id),
    level text not null,
    metric text not null,
    kind text,
    unit text,
    platform_type text not null,
    mirrors bigint not null,
    enabled bigint not null,
    primary key (platform_id, level, metric)
);
