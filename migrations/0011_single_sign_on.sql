-- Single sign-on: who is who at the provider, and sign-ins that people have begun there and not ended yet.
-- Accounts that were made by it have 'none' as their password hash, which is the hash of no password: null stays the mark of
-- the visitor of demo data. Times are milliseconds since 1970-01-01.

create table identities (
    issuer text not null,
    -- The provider's id of a person, which unlike an address is never given to somebody else.
    subject text not null,
    user_id text not null references users (id),
    created_at bigint not null,
    primary key (issuer, subject)
);

-- An account is one person at a provider.
create unique index identities_of_user on identities (user_id, issuer);

create table sign_in_flows (
    -- SHA-256 of what the browser has in its cookie, of which all that is sent to the provider is made.
    token_hash text not null primary key,
    -- Where the person goes on afterwards.
    next text not null,
    -- Where it was begun: how many are open is limited for each.
    network text not null,
    created_at bigint not null
);

create index sign_in_flows_by_network on sign_in_flows (network, created_at);
