-- A row of the read model says by a short digest whether it is the one that a process has in memory. It is
-- worked out anew: its layout has changed, too.

drop table series;

create table series (
    track_id bigint not null references tracks (id),
    digest bigint not null,
    packed bytea not null,
    primary key (track_id)
);

create index series_digests on series (track_id, digest);
