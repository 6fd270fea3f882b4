-- The store's schema, for SQLite and PostgreSQL alike: keys are (tenant, random id), times are UTC
-- milliseconds, no sequences. Steps are never edited once released; a change is a new "-- version N" at the
-- end, and a store is brought forward step by step when it is opened for writing.

-- version 1
CREATE TABLE quarantine (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    time_ms BIGINT NOT NULL,
    queue_id TEXT,
    client_ip TEXT,
    helo TEXT,
    sender TEXT,
    from_text TEXT,
    from_domain TEXT,
    subject TEXT,
    message_id TEXT,
    action TEXT,
    score BIGINT NOT NULL,
    axes TEXT,
    reason TEXT,
    rules_json TEXT,
    lookalikes_json TEXT,
    facts_json TEXT,
    verdict TEXT,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL,
    changed_ms BIGINT NOT NULL,
    changed_by TEXT,
    last_error TEXT,
    claim TEXT,
    claim_by TEXT,
    claim_until_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX quarantine_time ON quarantine (tenant, time_ms, id);
CREATE TABLE quarantine_rcpt (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    n BIGINT NOT NULL,
    address TEXT NOT NULL,
    released_ms BIGINT NOT NULL,
    reply TEXT,
    PRIMARY KEY (tenant, id, n)
);
-- The original bytes in pieces, so that neither side needs a whole message in memory.
CREATE TABLE quarantine_piece (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    n BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (tenant, id, n)
);
CREATE TABLE decision (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    time_ms BIGINT NOT NULL,
    queue_id TEXT,
    client_ip TEXT,
    helo TEXT,
    sender TEXT,
    from_text TEXT,
    from_domain TEXT,
    subject TEXT,
    message_id TEXT,
    action TEXT,
    score BIGINT NOT NULL,
    axes TEXT,
    reason TEXT,
    rules_json TEXT,
    lookalikes_json TEXT,
    facts_json TEXT,
    verdict TEXT,
    rcpts TEXT,
    quarantine_id TEXT,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX decision_time ON decision (tenant, time_ms, id);
CREATE TABLE audit (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    time_ms BIGINT NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    item TEXT,
    detail TEXT,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX audit_time ON audit (tenant, time_ms, id);
CREATE INDEX audit_item ON audit (tenant, item);

-- version 2
-- Single values: the key of all hashes ("key"), when history began and how much it learned.
CREATE TABLE history_meta (
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    number BIGINT NOT NULL,
    bytes BYTEA,
    PRIMARY KEY (tenant, name)
);
-- Organisations: registrable domains; whole addresses at free mail providers.
CREATE TABLE history_peer (
    tenant TEXT NOT NULL,
    peer TEXT NOT NULL,
    first_ms BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    first_in_ms BIGINT NOT NULL,
    first_out_ms BIGINT NOT NULL,
    received BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    archived BIGINT NOT NULL,
    PRIMARY KEY (tenant, peer)
);
CREATE INDEX history_peer_time ON history_peer (tenant, last_ms);
-- Which of our people had mail with whom.
CREATE TABLE history_person (
    tenant TEXT NOT NULL,
    peer TEXT NOT NULL,
    person TEXT NOT NULL,
    last_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant, peer, person)
);
CREATE INDEX history_person_time ON history_person (tenant, last_ms);
-- Keyed hashes of Message-IDs, and of the organisations that took part.
CREATE TABLE history_thread (
    tenant TEXT NOT NULL,
    hash BYTEA NOT NULL,
    last_ms BIGINT NOT NULL,
    parties BYTEA NOT NULL,
    PRIMARY KEY (tenant, hash)
);
CREATE INDEX history_thread_time ON history_thread (tenant, last_ms);
-- Keyed hashes of the accounts, their countries and banks that a payee named.
CREATE TABLE history_account (
    tenant TEXT NOT NULL,
    peer TEXT NOT NULL,
    hash BYTEA NOT NULL,
    country BYTEA NOT NULL,
    bank BYTEA NOT NULL,
    first_ms BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant, peer, hash)
);
CREATE INDEX history_account_time ON history_account (tenant, last_ms);
-- Keyed hashes of what several suspicious messages have in common.
CREATE TABLE history_campaign (
    tenant TEXT NOT NULL,
    kind TEXT NOT NULL,
    hash BYTEA NOT NULL,
    messages BIGINT NOT NULL,
    first_ms BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant, kind, hash)
);
CREATE INDEX history_campaign_time ON history_campaign (tenant, last_ms);

-- version 3
-- Whether the message counts for its correspondents: what came unauthenticated does not, until an archive has it.
ALTER TABLE history_thread ADD COLUMN counted BIGINT NOT NULL DEFAULT 1;

-- version 4
-- The same message once more; and messages that come in several transactions: their pieces are nobody's until the
-- last of these, which takes the row away again.
CREATE INDEX quarantine_bytes ON quarantine (tenant, sha256);
CREATE TABLE quarantine_part (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    begun_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);
-- Single values of the store itself: times of the clock, what was announced.
CREATE TABLE store_meta (
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (tenant, name)
);

-- version 5
-- Released mail on its way into a listener that runs Ringer: one row a release, gone when it has come through.
CREATE TABLE release_pass (
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    item TEXT NOT NULL,
    until_ms BIGINT NOT NULL,
    rcpts TEXT NOT NULL,
    seal BYTEA NOT NULL,
    PRIMARY KEY (tenant, name)
);
