-- What happened: partitioned by month and dropped whole. A row outside every month goes to the default partition, not lost.

CREATE TABLE engine_event (
    shard       smallint    NOT NULL,
    id          bigint      NOT NULL,
    sandbox_id  bigint      NOT NULL,
    profile_id  bigint      NOT NULL,
    name        text        NOT NULL,
    message_id  text        NOT NULL,
    payload     jsonb       NOT NULL,
    outcomes    jsonb       NOT NULL,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (shard, id, received_at)
) PARTITION BY RANGE (received_at);
CREATE TABLE engine_event_default PARTITION OF engine_event DEFAULT;
CREATE INDEX engine_event_latest ON engine_event (sandbox_id, received_at DESC);
CREATE INDEX engine_event_of_profile ON engine_event (profile_id, received_at DESC);

-- Migration 0026 gives it one key in place of two: by person.
CREATE TABLE engine_step (
    shard       smallint    NOT NULL,
    id          bigint      NOT NULL,
    at          timestamptz NOT NULL,
    sandbox_id  bigint      NOT NULL,
    journey_id  bigint      NOT NULL,
    version_id  bigint      NOT NULL,
    instance_id bigint      NOT NULL,
    profile_id  bigint      NOT NULL,
    visit       integer     NOT NULL,
    node        text        NOT NULL,
    port        text,
    status      text        NOT NULL,
    details     jsonb,
    PRIMARY KEY (shard, id, at)
) PARTITION BY RANGE (at);
CREATE TABLE engine_step_default PARTITION OF engine_step DEFAULT;
CREATE INDEX engine_step_of_profile ON engine_step (profile_id, id);

CREATE TABLE engine_discard (
    shard      smallint    NOT NULL,
    id         bigint      NOT NULL,
    at         timestamptz NOT NULL,
    sandbox_id bigint      NOT NULL,
    profile_id bigint      NOT NULL,
    journey_id bigint,
    version_id bigint,
    event      text        NOT NULL,
    code       text        NOT NULL,
    details    jsonb,
    PRIMARY KEY (shard, id, at)
) PARTITION BY RANGE (at);
CREATE TABLE engine_discard_default PARTITION OF engine_discard DEFAULT;
CREATE INDEX engine_discard_of_profile ON engine_discard (profile_id, id);
CREATE INDEX engine_discard_latest ON engine_discard (sandbox_id, at DESC);

-- Make the partitions of one month. Safe to call again, and by two processes at once.
CREATE FUNCTION engine_make_month(month date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    part text;
    first date := date_trunc('month', month);
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('engine_make_month'));
    FOREACH part IN ARRAY ARRAY['engine_event', 'engine_step', 'engine_discard'] LOOP
        EXECUTE format(
            'CREATE TABLE IF NOT EXISTS %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
            part || to_char(first, '"_y"YYYY"m"MM'), part,
            first::timestamp AT TIME ZONE 'UTC', (first + interval '1 month')::timestamp AT TIME ZONE 'UTC'
        );
    END LOOP;
END $$;

-- A definition's graph is what people walk through: it never changes.
CREATE FUNCTION engine_definition_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.graph IS DISTINCT FROM OLD.graph OR NEW.properties IS DISTINCT FROM OLD.properties
       OR NEW.journey_id <> OLD.journey_id OR NEW.sandbox_id <> OLD.sandbox_id THEN
        RAISE EXCEPTION 'A published definition never changes (version %)', OLD.version_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER engine_definition_is_immutable BEFORE UPDATE ON engine_definition
    FOR EACH ROW EXECUTE FUNCTION engine_definition_is_immutable();
