-- Who may use the product, what they are signed in with, and what they did. Times are milliseconds since
-- 1970-01-01. Secrets are never stored: passwords as Argon2id hashes, the others as SHA-256.

create table users (
    id text not null primary key,
    -- In lower case.
    email text not null,
    role text not null,
    -- Null for the visitor of demo data, who has no password and enters on the machine itself only.
    password_hash text,
    disabled bigint not null,
    created_at bigint not null,
    signed_in_at bigint
);

create unique index users_email on users (email);

create table sessions (
    id text not null primary key,
    token_hash text not null,
    user_id text not null references users (id),
    created_at bigint not null,
    used_at bigint not null,
    -- What the browser says it is, and where it last came from.
    device text not null,
    address text not null
);

create unique index sessions_token on sessions (token_hash);
create index sessions_of_user on sessions (user_id, used_at);

create table api_tokens (
    id text not null primary key,
    token_hash text not null,
    user_id text not null references users (id),
    name text not null,
    scope text not null,
    created_at bigint not null,
    -- Null: never.
    expires_at bigint,
    used_at bigint,
    -- Revoked ones stay, so that a token of the configuration is not made again.
    revoked_at bigint
);

create unique index api_tokens_token on api_tokens (token_hash);
create index api_tokens_of_user on api_tokens (user_id, created_at);

-- Tries to sign in: of an account, failures since its last success; of an address, tries in a minute.
create table sign_in_tries (
    subject text not null primary key,
    tries bigint not null,
    since bigint not null,
    blocked_until bigint not null
);

-- Words as they were at the time: entries outlive those they are about.
create table audit_log (
    id text not null primary key,
    at bigint not null,
    actor text not null,
    -- Session, token with its name, command line.
    via text not null,
    address text not null,
    action text not null,
    subject text not null
);

create index audit_log_by_time on audit_log (at, id);
