-- Who is on a track is what the newest complete list of the provider, or the newest import, says (S24 of
-- docs/semantics.md). A link that has ended is kept; one that the provider's list of the artist's songs names is `listed`,
-- and ends when a complete list no longer names it.

alter table track_artists add column listed bigint not null default 0;

-- The songs of these artists were fetched: where nothing was ever imported, their links came from there. Elsewhere the next
-- list says which.
update track_artists set listed = 1
where artist_id in (select subject_id from fetched_lists where list = 'songs')
and not exists (select 1 from fetches where source = 'import');

create table ended_links (
    track_id bigint not null references tracks (id),
    artist_id bigint not null references artists (id),
    -- The fetch that brought the list or the import that ended it.
    ended_by bigint not null references fetches (id),
    role text not null,
    primary key (track_id, artist_id, ended_by)
);

-- Identifiers that several tracks carry on a platform: the same recording may be counted twice.

create table shared_identifiers (
    platform_id bigint not null,
    identifier text not null,
    track_id bigint not null,
    primary key (platform_id, identifier, track_id)
);

create index identifiers_by_identifier on identifiers (identifier, platform_id);

insert into shared_identifiers (platform_id, identifier, track_id)
select platform_id, identifier, track_id from identifiers
where identifier in (
    select identifier from identifiers group by platform_id, identifier having count(*) > 1
);

-- The same text may be another track's id on another platform.
delete from shared_identifiers where not exists (
    select 1 from shared_identifiers other
    where other.platform_id = shared_identifiers.platform_id and other.identifier = shared_identifiers.identifier
    and other.track_id <> shared_identifiers.track_id
);

-- Why a unit of work was given up, in a word; and the series that could not be fetched, until they can.

alter table sync_units add column cause text;

create table failed_series (
    track_id bigint not null,
    platform_id bigint not null,
    cause text not null,
    primary key (track_id, platform_id)
);

-- What the provider refused as a whole: not asked for again for a while.

create table refusals (
    task text not null,
    platform_id bigint not null,
    metric text not null,
    reason text not null,
    -- Seconds since 1970-01-01.
    refused_at bigint not null,
    primary key (task, platform_id, metric)
);
