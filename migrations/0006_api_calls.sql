-- The calls of API tokens over all instances that serve one database. Times are milliseconds since 1970-01-01.

create table api_calls (
    token_id text not null primary key,
    -- When the token's minute began.
    since bigint not null,
    calls bigint not null
);
