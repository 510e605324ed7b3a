-- Every import, and what takes it back.

-- A run of `import` of which anything was kept; its number is that of the fetch of its first file.
create table imports (
    id bigint not null primary key,
    -- Seconds since 1970-01-01, UTC.
    imported_at bigint not null,
    imported_by text not null,
    -- 0 where an earlier version made it, which did not note what it changed.
    can_be_undone bigint not null,
    undone_at bigint,
    undone_by text
);

create table import_files (
    fetch_id bigint not null primary key,
    import_id bigint not null references imports (id),
    file text not null,
    -- What it held; null where an earlier version imported it.
    kind text,
    lines bigint not null,
    added bigint not null,
    changed bigint not null,
    same bigint not null,
    bad bigint not null,
    -- Numbers of the tracks or artists of which it says values (src/server/db/imports.rs).
    subjects bytea
);

create index import_files_by_import on import_files (import_id, fetch_id);

insert into imports (id, imported_at, imported_by, can_be_undone)
select id, started_at, '', 0 from fetches where source = 'import';

insert into import_files (fetch_id, import_id, file, lines, added, changed, same, bad)
select id, id, detail, 0, 0, 0, 0, 0 from fetches where source = 'import';

-- Rows of the catalogue that a file made, changed or ended: what takes that back. `row_key` is what the row is known by,
-- `before` and `after` are its columns as JSON, null where there was no row. A row of `before` and `after` that are both
-- empty says that the file named once more what an earlier import had made.
create table import_changes (
    fetch_id bigint not null,
    relation text not null,
    row_key text not null,
    before text,
    after text,
    primary key (fetch_id, relation, row_key)
);

create index import_changes_by_row on import_changes (relation, row_key);

-- Days on which a later delivery said again what an import had said: they stay when that is taken back.
create table confirmations (
    track_id bigint not null references tracks (id),
    platform_id bigint not null references platforms (id),
    identifier text not null,
    fetch_id bigint not null references fetches (id),
    -- Runs of days (src/server/db/confirmations.rs).
    days bytea not null,
    primary key (track_id, platform_id, identifier, fetch_id)
);

create table artist_confirmations (
    artist_id bigint not null references artists (id),
    platform_id bigint not null references platforms (id),
    metric text not null,
    fetch_id bigint not null references fetches (id),
    days bytea not null,
    primary key (artist_id, platform_id, metric, fetch_id)
);

-- A pasted list names artists by the ISRCs of their recordings.
create index tracks_by_isrc on tracks (isrc);

-- The ranking of a chart on a day is looked at before and after an import, and when that is taken back.
create index chart_entries_by_day on chart_entries (chart_id, day);
