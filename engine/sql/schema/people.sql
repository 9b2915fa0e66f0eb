-- The tables people move through. The shard leads every primary key, so that they can be distributed by it.

CREATE TABLE engine_shard (id smallint PRIMARY KEY);
INSERT INTO engine_shard SELECT generate_series(0, 63);

-- One number is a block of 1,000 ids: a process draws a block and hands them out in memory, without a query per id.
CREATE SEQUENCE engine_id_block;

-- One row: it changes whenever an event definition or a definition does, and tells workers to look again.
CREATE TABLE engine_catalogue (id smallint PRIMARY KEY CHECK (id = 1), revision bigint NOT NULL);
INSERT INTO engine_catalogue VALUES (1, 1);

CREATE SEQUENCE engine_profile_id;
CREATE TABLE engine_profile (
    shard       smallint    NOT NULL,
    id          bigint      NOT NULL,
    sandbox_id  bigint      NOT NULL,
    attributes  jsonb       NOT NULL DEFAULT '{}',
    merged_into bigint,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (shard, id),
    CHECK (shard = id % 64)
) WITH (fillfactor = 85);
-- Who was merged into a profile: erased with it.
CREATE INDEX engine_profile_merged ON engine_profile (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX engine_profile_latest ON engine_profile (sandbox_id, updated_at DESC) WHERE merged_into IS NULL;

CREATE TABLE engine_identity (
    sandbox_id bigint      NOT NULL,
    namespace  text        NOT NULL,
    value      text        NOT NULL,
    profile_id bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (sandbox_id, namespace, value)
);
CREATE INDEX engine_identity_of_profile ON engine_identity (profile_id);

CREATE TABLE engine_inbox (
    shard       smallint    NOT NULL,
    id          bigint      GENERATED ALWAYS AS IDENTITY,
    sandbox_id  bigint      NOT NULL,
    profile_id  bigint      NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('event', 'result', 'merge', 'control')),
    payload     json        NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (shard, id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
        autovacuum_vacuum_insert_threshold = -1, autovacuum_vacuum_cost_delay = 0);

-- What a sender called its event, for 30 days: clients retry with the same id, and an event counts once.
CREATE TABLE engine_seen_message (
    sandbox_id bigint      NOT NULL,
    digest     uuid        NOT NULL,
    seen_at    timestamptz NOT NULL,
    PRIMARY KEY (sandbox_id, digest)
);

-- Migration 0024 divides it in two: who is inside, and who was.
CREATE TABLE engine_instance (
    shard            smallint    NOT NULL,
    id               bigint      NOT NULL,
    sandbox_id       bigint      NOT NULL,
    profile_id       bigint      NOT NULL,
    journey_id       bigint      NOT NULL,
    version_id       bigint      NOT NULL,
    key              text        NOT NULL,
    supplemental_key text        NOT NULL DEFAULT '',
    state            text        NOT NULL,
    node             text        NOT NULL,
    port             text,
    visit            integer     NOT NULL,
    timers           jsonb,
    wake_at          timestamptz,
    entered_at       timestamptz NOT NULL,
    moved_at         timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    ended_at         timestamptz,
    context          jsonb       NOT NULL DEFAULT '{}',
    PRIMARY KEY (shard, id),
    CHECK (state IN ('active', 'completed', 'error', 'stopped', 'timed_out', 'exited')),
    CHECK ((state = 'active') = (ended_at IS NULL)),
    -- Nobody is stuck: whoever is inside has a moment at which the engine looks again.
    CHECK (state <> 'active' OR wake_at IS NOT NULL)
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02);
-- One person, one active instance per journey over all its versions.
CREATE UNIQUE INDEX engine_instance_one_active
    ON engine_instance (shard, profile_id, journey_id, supplemental_key) WHERE ended_at IS NULL;
CREATE INDEX engine_instance_due ON engine_instance (shard, wake_at) WHERE ended_at IS NULL;
CREATE INDEX engine_instance_history ON engine_instance (profile_id, journey_id, entered_at);
-- Who walked through a version, newest first: the people behind a count, and the step events written out.
CREATE INDEX engine_instance_of_version ON engine_instance (version_id, id);
CREATE INDEX engine_instance_inside ON engine_instance (version_id, node) WHERE ended_at IS NULL;

CREATE TABLE engine_delivery (
    shard       smallint    NOT NULL,
    id          bigint      NOT NULL,
    sandbox_id  bigint      NOT NULL,
    profile_id  bigint      NOT NULL,
    journey_id  bigint      NOT NULL,
    version_id  bigint      NOT NULL,
    instance_id bigint      NOT NULL,
    node        text        NOT NULL,
    visit       integer     NOT NULL,
    channel     text        NOT NULL,
    state       text        NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'dropped')),
    attempts    smallint    NOT NULL DEFAULT 0,
    due_at      timestamptz NOT NULL,
    leased_by   text,
    recipient   text,
    content     jsonb,
    response    jsonb,
    error_code  text,
    error       text,
    created_at  timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (shard, id)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
-- The effect ledger: one delivery for one visit of one node by one instance.
CREATE UNIQUE INDEX engine_delivery_once ON engine_delivery (shard, instance_id, node, visit);
CREATE INDEX engine_delivery_due ON engine_delivery (due_at) WHERE state IN ('queued', 'sending');
CREATE INDEX engine_delivery_latest ON engine_delivery (sandbox_id, created_at DESC);
CREATE INDEX engine_delivery_of_profile ON engine_delivery (profile_id, created_at DESC);

CREATE TABLE engine_counter (
    version_id bigint      NOT NULL,
    node       text        NOT NULL,
    port       text        NOT NULL,
    metric     text        NOT NULL,
    minute     timestamptz NOT NULL,
    writer     integer     NOT NULL,
    value      bigint      NOT NULL,
    PRIMARY KEY (version_id, node, port, metric, minute, writer)
) WITH (fillfactor = 50);
