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
