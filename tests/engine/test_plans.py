"""Every query of the engine uses the index that its header names, with many rows in the tables."""

import re

import pytest
from django.db import connection, transaction

from engine import clock
from engine.models import Sandbox
from engine.runtime.retention import deletion
from engine.store.queries import FOLDER, query

pytestmark = pytest.mark.django_db
QUERIES = sorted(
    str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.glob("*/*.sql") if path.parent.name != "schema"
)
MANY = "{" + ",".join(map(str, range(1, 300))) + "}"
NOW = "2026-11-24T12:00:00+00:00"
VALUES = {
    "now": NOW,
    "until": NOW,
    "day": NOW,
    "week": NOW,
    "month": NOW,
    "shard": 1,
    "id": 65,
    "writer": 1,
    "courier": "c",
    "held": "{65}",
    "most": 100,
    "first": 0,
    "each": 50,
    "only": None,
    "shards": "{1,2,3}",
    "more": 3,
    "ids": MANY,
    "profiles": MANY,
    "journeys": MANY,
    "supplements": ["", ""],
    "versions": [1, 2],
    "nodes": ["n1", "n2"],
    "taken": [1, 2],
    "since": NOW,
    "winner": 1,
    "loser": 2,
    "sandboxes": "{1,1}",
    "namespaces": "{userId,userId}",
    "values": "{u1,u2}",
    "sandbox": 1,
    "text": "u12",
    "version": 7,
    "after": 0,
    "before": 2**60,
    "runs": 50,
    "window": 500,
    "node": "n1",
    "failed": False,
    "run": 1,
    "moved": 1,
    "turns": 1,
    "stimuli": 1,
    "steps": 1,
    **dict.fromkeys(("claim", "load", "decide", "write", "commit"), 0.1),
    "name": "A",
    "tokens": 1.5,
    "done": False,
    "rests": False,
    "preferred": ["Email", "userId"],
    "audience": 1,
    "audiences": "{1,2}",
    "import": 1,
    "last": 1000,
    "imports": "{1,2}",
    "namespace": "userId",
    "made": 1,
    "entered": 1,
    "gone": 1,
    "duplicates": 1,
    "at": NOW,
    "replaces": True,
    "is_heard": True,
    "asks": True,
    "outcomes": ['[{"definition": "Order"}]'],
    "kinds": "{event,event}",
    "payloads": "{}\n{}",
    "received": "{2026-11-24T12:00:00+00:00,2026-11-24T12:00:00+00:00}",
    "digests": "{00000000-0000-0000-0000-000000000001,00000000-0000-0000-0000-000000000002}",
    "moments": [NOW],
    "width": "1 minute",
    "port": "next",
    "sandbox_id": 1,
    "journey_id": 1,
    "code": "people.nowhere",
    "many": 1,
    "goes_on": False,
    "rows": '[{"shard": 1, "id": 65, "version_id": 1, "node": "a", "port": "", "metric": "left", "value": 1}]',
}
PAIRS = {
    "unknown": "{0,1}",
    "shards": "{1,2}",
    "ids": "{65,2}",
    "profiles": "{1,2}",
    "journeys": "{1,2}",
}  # where arrays stand side by side
SIDE_BY_SIDE = {
    *("turn/finish_inbox", "turn/forward_inbox", "turn/last_entries", "deliveries/renew", "people/add_identities"),
    *("people/new_profiles", "stuck/set_moments", "deliveries/hold_back", "inbox/put"),
}
FEW_SINCE = {
    "audiences/changed",
    "vitals/discards",
    "vitals/made",
    "vitals/samples",
    "vitals/work",
    "vitals/work_history",
    "vitals/workers",
}  # asked of the last minutes
FILL = """
INSERT INTO engine_profile (shard, id, sandbox_id, attributes, created_at, updated_at)
SELECT id % 64, id, 1, '{}', now(), now() FROM generate_series(1, 30000) AS id;
INSERT INTO engine_identity (sandbox_id, namespace, value, profile_id, created_at)
SELECT 1, 'userId', 'u' || id, id, now() FROM generate_series(1, 30000) AS id;
INSERT INTO engine_inbox (shard, sandbox_id, profile_id, kind, payload, received_at)
SELECT id % 64, 1, id, 'event', '{}', now() FROM generate_series(1, 30000) AS id;
INSERT INTO engine_instance (shard, id, sandbox_id, profile_id, journey_id, version_id, key, state, node, visit,
                             wake_at, entered_at, moved_at, expires_at, ended_at)
SELECT id % 64, id, 1, id, id % 20, id % 40, 'k', CASE WHEN id % 3 = 0 THEN 'active' ELSE 'completed' END, 'n1', 1,
       now() + id * interval '1 second', now(), now(), now(), CASE WHEN id % 3 = 0 THEN NULL ELSE now() END
  FROM generate_series(1, 30000) AS id;
INSERT INTO engine_delivery (shard, id, sandbox_id, profile_id, journey_id, version_id, instance_id, node, visit,
                             channel, state, due_at, created_at)
SELECT id % 64, id, 1, id, 1, 1, id, 'n', 1, 'email', CASE WHEN id % 2 = 0 THEN 'queued' ELSE 'sent' END, now(), now()
  FROM generate_series(1, 30000) AS id;
INSERT INTO engine_caughtmail (received_at, message_id, sender, recipient, subject, source)
SELECT now(), '<' || id || '@example.org>', 's', 'r', 'Hi', 'x' FROM generate_series(1, 30000) AS id;
INSERT INTO engine_rejectedevent (sandbox_id, received_at, dialect, code, message, item)
SELECT 1, now(), 'segment', 'c', 'm', '{}' FROM generate_series(1, 30000) AS id;
INSERT INTO engine_counter (version_id, node, port, metric, minute, writer, value)
SELECT id % 300, 'n' || id % 9, '', 'left', now(), id, 1 FROM generate_series(1, 30000) AS id;
INSERT INTO engine_work (minute, writer, turns, taken, steps, claim, load, decide, write, commit)
SELECT now() - id * interval '1 minute', id, 1, 1, 1, 0, 0, 0, 0, 0 FROM generate_series(1, 30000) AS id;
INSERT INTO engine_sample (minute, inbox, inbox_seconds, overdue, late_seconds, deliveries, delivery_seconds, refused)
SELECT now() - id * interval '1 minute', 0, 0, 0, 0, 0, 0, 0 FROM generate_series(1, 10000) AS id;
INSERT INTO engine_cap (version_id, node, taken) SELECT id, 'n1', 0 FROM generate_series(1, 30000) AS id;
INSERT INTO engine_assignment (shard, profile_id, version_id, node, treatment, assigned_at)
SELECT id % 64, id, 1, 'n1', 'a', now() FROM generate_series(1, 30000) AS id;
INSERT INTO engine_membership (shard, profile_id, audience_id, is_member, changed_at)
SELECT id % 64, id, audience, true, now() FROM generate_series(1, 30000) AS id, generate_series(1, 3) AS audience;
INSERT INTO engine_audience (sandbox_id, name, description, kind, evaluation, rule, types, composition, namespace,
                             columns, size, created_at, created_by, updated_at, updated_by)
SELECT 1, 'A' || id, '', 'rule', 'batch', 'true', '{}', '{}', '', '[]', 0, now(), '', now(), ''
  FROM generate_series(1, 3000) AS id;
INSERT INTO engine_audiencerun (audience_id, state, is_incremental, asked_by, started_at, shards_done, entered, "left",
                                stayed, size, error)
SELECT min_id, 'running', false, '', now(), 0, 0, 0, 0, 0, ''
  FROM (SELECT min(id) AS min_id FROM engine_audience) AS first, generate_series(1, 3000);
INSERT INTO engine_seen_message (sandbox_id, digest, seen_at)
SELECT 1, gen_random_uuid(), now() FROM generate_series(1, 30000);
INSERT INTO engine_step (shard, id, at, sandbox_id, journey_id, version_id, instance_id, profile_id, visit, node,
                         status)
SELECT id % 64, id, now(), 1, 1, id % 40, id, id, 1, 'n1', 'transitions' FROM generate_series(1, 30000) AS id;
INSERT INTO engine_event (shard, id, sandbox_id, profile_id, name, message_id, payload, outcomes, occurred_at,
                          received_at)
SELECT id % 64, id, 1, id, 'Order', 'm', '{}', '[]', now(), now() FROM generate_series(1, 30000) AS id;
INSERT INTO engine_discard (shard, id, at, sandbox_id, profile_id, event, code)
SELECT id % 64, id, now(), 1, id, 'Order', 'c' FROM generate_series(1, 30000) AS id;
INSERT INTO engine_read_member (run_id, profile_id) SELECT id % 10, id FROM generate_series(1, 30000) AS id;
INSERT INTO engine_read_count (run_id, writer, entered, refused)
SELECT id % 300, id, 1, 1 FROM generate_series(1, 30000) AS id;
INSERT INTO engine_readrun (sandbox_id, journey_id, version_id, audience_name, due_at, state, reason, retries, total,
                            read, rate, tokens, after)
SELECT 1, id, id, 'A', now(), CASE WHEN id % 50 = 0 THEN 'resting' ELSE 'done' END, '', 0, 1, 1, 500, 0, 0
  FROM generate_series(1, 30000) AS id;
INSERT INTO engine_audienceimport (audience_id, file_name, namespace, key_column, columns, mode, state, rows, bad,
                                   duplicates, new_people, entered, "left", stayed, recognised, after, shards_done,
                                   attempts, created_at, created_by, error_code, error)
SELECT min_id, '', 'userId', 'id', '[]', 'replace', 'done', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, now(), '', '', ''
  FROM (SELECT min(id) AS min_id FROM engine_audience) AS first, generate_series(1, 3000);
INSERT INTO engine_import_row (import_id, line, key, columns)
SELECT id % 10, id, 'u' || id, '{}' FROM generate_series(1, 30000) AS id;
INSERT INTO engine_import_member (import_id, shard, profile_id, line, is_new, key, columns)
SELECT id % 10, id % 64, id, id, false, 'u' || id, '{}' FROM generate_series(1, 30000) AS id;
INSERT INTO engine_importproblem (audience_import_id, line, code, message, key)
SELECT min_id + id % 10, id, 'no_key', '', 'u' || id
  FROM (SELECT min(id) AS min_id FROM engine_audienceimport) AS first, generate_series(1, 30000) AS id;
-- Or every test would look after 60,000 rows whether what they refer to is there: 130 ms each.
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
ANALYZE;
"""


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker):
    """Tables large enough that a plan without an index would be chosen only by mistake. Rolled back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        Sandbox.objects.create(id=1, name="plans", title="Plans")
        with connection.cursor() as cursor:
            cursor.execute(FILL)
        yield connection
        transaction.set_rollback(True)


def header(name: str) -> str:
    lines = (FOLDER / f"{name}.sql").read_text().splitlines()
    return "\n".join(line for line in lines if line.startswith("--"))


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_uses_the_index_that_its_header_names(name, filled, django_db_blocker):
    wanted = re.search(r"-- Index: ([^.;(]+(?:[.;(][^\n]*)?)", header(name))
    values = {
        **VALUES,
        **(PAIRS if name in SIDE_BY_SIDE else {}),
        **({"since": clock.now()} if name in FEW_SINCE else {}),
    }
    with django_db_blocker.unblock(), filled.cursor() as cursor:
        cursor.execute("EXPLAIN (COSTS OFF) " + query(name).decode(), values)
        plan = "\n".join(row[0] for row in cursor.fetchall())

    used = set(re.findall(r"(?:using|Bitmap Index Scan on|Conflict Arbiter Indexes:) (\w+)", plan))
    for index in _named(wanted.group(1)) if wanted else ():
        if f"Insert on {index.removesuffix('_pkey')}" in plan:
            continue  # what an ON CONFLICT DO NOTHING looks at stands in no plan
        assert any(found == index or _is_partition(found, index) for found in used), plan
    read_whole = {table for table in re.findall(r"Seq Scan on (engine_\w+)", plan) if not _is_empty(table)}
    # What is configured is small: a few hundred definitions are read whole.
    assert read_whole <= {"engine_shard", "engine_catalogue", "engine_definition", "engine_sandbox"}, plan


def test_where_people_are_is_never_asked_of_the_moments_of_everybody(filled, django_db_blocker):
    """Of a table that has just been filled PostgreSQL knows how it was when it was empty: any index looks as good."""
    with django_db_blocker.unblock(), transaction.atomic(), filled.cursor() as cursor:
        cursor.execute("DROP INDEX engine_instance_one_active, engine_instance_inside_at, engine_instance_of_version")
        cursor.execute("ALTER TABLE engine_instance_inside DROP CONSTRAINT engine_instance_inside_pkey")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN (COSTS OFF) " + query("turn/load_instances").decode(), VALUES)
        plan = "\n".join(row[0] for row in cursor.fetchall())
        transaction.set_rollback(True)

    assert "engine_instance_due" not in plan


@pytest.mark.parametrize(
    "table", ["instance_over", "delivery", "seen_message", "rejectedevent", "caughtmail", "assignment"]
)
def test_what_is_to_be_forgotten_is_never_looked_for_in_the_whole_of_a_large_table(table, filled, django_db_blocker):
    values = {"long": NOW, "short": NOW, "most": 10_000}
    with django_db_blocker.unblock(), filled.cursor() as cursor:
        cursor.execute("EXPLAIN (COSTS OFF) " + deletion(f"engine_{table}"), values)
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert set(re.findall(r"Seq Scan on (engine_\w+)", plan)) <= {"engine_sandbox"}, plan


def _is_empty(table: str) -> bool:
    """Whether it is the partition of another month, in which nothing was put."""
    return table.endswith("_default") or (
        re.search(r"_y\d+m\d+$", table) and not table.endswith(f"{clock.now():_y%Ym%m}")
    )


def _is_partition(found: str, index: str) -> bool:
    """engine_event_y2026m11_profile_id_… is a part of engine_event_of_profile; of _latest, by sandbox and time."""
    if index.endswith("_pkey"):
        return bool(re.match(rf"{index.removesuffix('_pkey')}_(y\d+m\d+|default)_pkey", found))
    table, _, what = index.partition("_of_") if "_of_" in index else index.rpartition("_")
    column = {"profile": "profile_id", "latest": "sandbox_id", "version": "version_id"}.get(what, "-")
    return bool(re.match(rf"{table}_(y\d+m\d+|default|inside|over)_{column}_", found))


def _named(text: str) -> list[str]:
    """Index names in the words of a header: engine_x_y as it stands, 'the primary key of engine_x' as engine_x_pkey."""
    names = re.findall(r"engine_\w+", text)
    after = text.partition("primary key")[2]
    return [f"{name}_pkey" if name in after and name.count("_") <= 2 and name in TABLES else name for name in names]


TABLES = {
    "engine_profile", "engine_identity", "engine_inbox", "engine_instance_inside", "engine_delivery",
    "engine_counter", "engine_seen_message", "engine_cap", "engine_assignment", "engine_membership",
    "engine_audience", "engine_audiencerun", "engine_readrun", "engine_read_member", "engine_read_count",
    "engine_audienceimport", "engine_import_row", "engine_import_member", "engine_work", "engine_sample", "engine_step"
}  # fmt: skip


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_that_reads_or_changes_rows_names_its_index(name):
    text = query(name).decode()
    is_plain_insert = text.lstrip().startswith("INSERT") and "FROM engine_" not in text and "ON CONFLICT" not in text

    assert header(name), "a header says what it does"
    if not is_plain_insert and name != "catalogue/touch":
        assert "-- Index:" in header(name)
