-- The second factor of a sign-in, passwords that somebody else has made, and when somebody last proved who they are. Times
-- are milliseconds since 1970-01-01.

-- Null: a password of the account's own. Otherwise it was made by somebody else, is to be changed at once, and ends then.
alter table users add column password_ends_at bigint;

-- When the password, and the code where there is a second factor, were last given in this session.
alter table sessions add column confirmed_at bigint not null default 0;

-- The secret of a second factor that this session is setting up, until a code proves that it has arrived.
alter table sessions add column offered_secret text;

create table second_factors (
    user_id text not null primary key references users (id),
    -- In base32, as an authenticator has it: codes cannot be checked without it.
    secret text not null,
    created_at bigint not null,
    -- The step of the last code that was used: the next one is of a later step.
    last_step bigint not null
);

-- What lets somebody in who has lost their authenticator, once each: a used one is removed.
create table recovery_codes (
    user_id text not null references users (id),
    -- SHA-256 of a random code.
    code_hash text not null,
    primary key (user_id, code_hash)
);

-- Sign-ins that have the right password and wait for the code. They let nobody in.
create table half_sign_ins (
    token_hash text not null primary key,
    user_id text not null references users (id),
    began_at bigint not null
);

create index half_sign_ins_of_user on half_sign_ins (user_id);
