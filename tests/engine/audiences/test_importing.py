"""A list from its file to its people: whoever is in it enters, what their row says is kept, and bad rows are told."""

import contextlib
import csv
import io
import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import audience_control, clock, control, tasks
from engine.audiences import applying, importing
from engine.audiences.cancelling import NotCancellable
from engine.audiences.importing import ImportUnderWay
from engine.audiences.keeping import Wanted, delete, keep
from engine.audiences.list_file import BadList
from engine.models import (
    Audience,
    AudienceImport,
    AudienceRun,
    Identity,
    ImportProblem,
    InboxItem,
    Membership,
    Namespace,
    Profile,
)
from engine.runtime import retention
from engine.runtime.erasing import erase
from engine.shards import SHARDS, shard_of
from tests.cast import Shop
from tests.lists import imports, listed, makes_list, uploads
from tests.processes import wait_until


def waiting() -> int:
    """What imports have written down and not dealt with."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM engine_import_row) + (SELECT count(*) FROM engine_import_member)")
        return cursor.fetchone()[0]


def profile_of(value):
    return Identity.objects.get(value=value).profile_id


def problems(made):
    return [(one.line, one.code) for one in ImportProblem.objects.filter(audience_import=made)]


def test_people_who_are_known_enter_and_those_nobody_knew_are_made(shop):
    shop.identifies("ana", city="Bern")
    shop.runs()
    ana = profile_of("ana")
    audience = makes_list(shop)

    made = imports(audience, "id,Plan\nana,gold\nbob,silver\n", Plan="plan")

    assert listed(audience) == {"ana": {"plan": "gold"}, "bob": {"plan": "silver"}}
    assert profile_of("ana") == ana
    bob = Profile.objects.get(id=profile_of("bob"))
    assert (bob.shard, bob.sandbox_id, bob.attributes) == (shard_of(bob.id), shop.sandbox.pk, {})
    assert (made.state, made.rows, made.bad, made.new_people) == ("done", 2, 0, 1)
    assert (made.entered, made.left, made.stayed, made.progress) == (2, 0, 0, 1.0)
    assert (audience.size, audience.columns, audience.evaluated_at) == (2, ["plan"], made.finished_at)
    run = AudienceRun.objects.get()
    assert (run.state, run.entered, run.size, run.asked_by) == ("done", 2, 2, "ana")
    assert waiting() == 0


def test_somebody_who_was_made_is_the_same_person_when_they_send_an_event(shop):
    audience = makes_list(shop)
    imports(audience, "id\nana\n")
    ana = profile_of("ana")

    shop.identifies("ana", city="Bern")
    shop.runs()

    assert Profile.objects.get().id == ana
    assert Profile.objects.get().attributes["city"] == "Bern"


def test_a_file_that_replaces_takes_out_who_is_not_in_it(shop):
    audience = makes_list(shop)
    with clock.travel(timedelta(days=-1)):
        imports(audience, "id,Plan,City\nana,gold,Bern\nbob,silver,Rome\n", Plan="plan", City="city")
    before = {one.profile_id: one.changed_at for one in Membership.objects.all()}

    made = imports(audience, "id,Plan\nbob,gold\ncy,\n", Plan="plan")

    assert listed(audience) == {"bob": {"plan": "gold"}, "cy": {}}
    assert (made.entered, made.left, made.stayed) == (1, 1, 1)
    ana = Membership.objects.get(profile_id=profile_of("ana"))
    assert (ana.is_member, ana.attributes) == (False, None)
    assert ana.changed_at > before[ana.profile_id]
    assert Membership.objects.get(profile_id=profile_of("bob")).changed_at == before[profile_of("bob")]
    assert audience.columns == ["plan"]


def test_a_file_that_adds_leaves_who_is_there_and_what_is_said_of_them(shop):
    audience = makes_list(shop)
    imports(audience, "id,Plan\nana,gold\nbob,silver\n", Plan="plan")

    made = imports(audience, "id,City\nbob,Rome\ncy,Bern\n", mode="add", City="city")

    assert listed(audience) == {
        "ana": {"plan": "gold"},
        "bob": {"plan": "silver", "city": "Rome"},
        "cy": {"city": "Bern"},
    }
    assert (made.entered, made.left, made.stayed) == (1, 0, 2)
    assert audience.columns == ["plan", "city"]


def test_somebody_who_left_comes_back(shop):
    audience = makes_list(shop)
    for content in ("id\nana\n", "id\nbob\n", "id\nana\n"):
        imports(audience, content)

    assert listed(audience) == {"ana": {}}
    assert Membership.objects.count() == 2


def test_rows_that_name_nobody_are_listed_and_the_first_of_the_same_counts(shop):
    shop.post("/v1/alias", {"userId": "ana", "previousId": "a"})
    audience = makes_list(shop)

    made = imports(
        audience,
        "id,Plan\n  ,none\nana,first\nbob,one,more\ncy\n ana ,second\n" + "x" * 301 + ",long\nbob,,\n",
        Plan="plan",
    )

    assert listed(audience) == {"ana": {"plan": "first"}, "bob": {}}
    assert problems(made) == [(2, "no_key"), (4, "cells"), (5, "cells"), (6, "duplicate"), (7, "long_key")]
    assert (made.rows, made.bad, made.duplicates, made.entered) == (7, 4, 1, 2)
    assert ImportProblem.objects.get(line=6).message == "The same person as line 3; that line counts."


def test_two_keys_of_one_person_are_one_person(shop):
    shop.post("/v1/alias", {"userId": "ana", "previousId": "anna"})
    shop.runs()
    Identity.objects.create(
        sandbox=shop.sandbox, namespace="userId", value="anna", profile_id=profile_of("ana"), created_at=clock.now()
    )
    audience = makes_list(shop)

    made = imports(audience, "id,Plan\nanna,first\nana,second\n", Plan="plan")

    assert Membership.objects.get().attributes == {"plan": "first"}
    assert (made.duplicates, problems(made)) == (1, [(3, "duplicate")])


def test_of_very_many_bad_rows_the_first_are_kept_and_all_are_counted(shop):
    audience = makes_list(shop)

    made = imports(audience, "id\n" + "ana\n" * 700 + '""\n' * 400 + "ana\n" * 700)

    assert (made.rows, made.bad, made.duplicates) == (1_800, 400, 1_399)
    lines = [line for line, _ in problems(made)]
    assert lines == list(range(3, 1_003))


@pytest.mark.parametrize(
    ("content", "how", "code"),
    [
        ("id,Plan\n", {}, "list.nobody"),
        ('id,Plan\n"",gold\n', {}, "list.nobody"),
        ("email,Plan\nana,gold\n", {}, "list.no_key_column"),
        ("id,Plan\nana,gold\n", {"City": "city"}, "list.no_such_column"),
        ("id,a,b\nana,1,2\n", {"a": "same", "b": "same"}, "list.column_twice"),
        ("id,Plan\nana," + "x" * 1_001 + "\n", {"Plan": "plan"}, "list.cell_too_long"),
        ("id," + ",".join(map(str, range(51))) + "\nana" + "," * 51 + "\n",
         {str(n): str(n) for n in range(51)}, "list.too_many_columns"),
        ("id\n" + "ana\n" * 30_000 + '"', {}, "list.unclosed_quote"),
    ],
)  # fmt: skip
def test_of_a_file_that_cannot_be_imported_nothing_is_kept(shop, content, how, code):
    audience = makes_list(shop)

    with pytest.raises(BadList) as refused:
        uploads(audience, content, **how)

    assert refused.value.code == code
    assert waiting() == 0
    assert not AudienceImport.objects.exists()
    audience.refresh_from_db()
    assert audience.columns == []


def test_a_file_that_is_too_large_is_refused_while_it_is_read(shop, settings):
    settings.LIST_LIMIT = 100_000

    with pytest.raises(BadList) as refused:
        uploads(makes_list(shop), "id\n" + "ana\n" * 30_000)

    assert (refused.value.code, refused.value.status, waiting()) == ("list.too_large", 413, 0)


def test_a_second_file_waits_until_the_first_is_in(shop):
    audience = makes_list(shop)
    uploads(audience, "id\nana\n")

    with pytest.raises(ImportUnderWay):
        uploads(audience, "id\nbob\n")
    with pytest.raises(ImportUnderWay):
        audience_control.refuse_another_import(audience.pk)

    assert waiting() == 1
    tasks.import_lists()
    imports(audience, "id\nbob\n", mode="add")
    assert set(listed(audience)) == {"ana", "bob"}


def test_of_two_files_that_come_at_the_same_moment_one_is_taken_in(shop):
    audience = makes_list(shop)
    came = []

    def upload(name):
        try:
            came.append(uploads(audience, f"id\n{name}\n"))
        except ImportUnderWay as error:
            came.append(error.code)
        finally:
            connections.close_all()

    senders = [threading.Thread(target=upload, args=[name]) for name in ("ana", "bob", "cy")]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(30)

    assert sorted(type(one).__name__ for one in came) == ["AudienceImport", "str", "str"]
    assert AudienceImport.objects.count() == waiting() == 1


NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=30), known=st.sets(st.integers(0, 29), max_size=5))
def test_whatever_is_written_as_csv_is_imported_as_it_is(committed, rows, known):
    shop = Shop(f"s{clock.now().timestamp()}")
    audience = makes_list(shop)
    expected: dict[str, dict[str, str]] = {}
    for key, said in rows:
        if key.strip():
            expected.setdefault(key.strip(), {"said": said} if said else {})
    some = [key for number, key in enumerate(expected) if number in known]
    if some:
        imports(audience, written([(key, "before") for key in some]), said="said")
    if expected:
        made = imports(audience, written(rows), said="said")
        assert listed(audience) == expected
        assert (made.entered, made.stayed) == (len(expected) - len(some), len(some))
        assert made.bad + made.duplicates == len(rows) - len(expected)
    shop.close()


def written(rows):
    file = io.StringIO(newline="")
    csv.writer(file).writerows([("id", "said"), *rows])
    return file.getvalue()


def test_an_import_goes_on_where_it_stopped(shop, monkeypatch):
    monkeypatch.setattr(applying, "SLICE", 30)
    monkeypatch.setattr(applying, "A_TURN", timedelta(0))  # each time a step is begun, the turn is over
    audience = makes_list(shop)
    made = uploads(audience, "id\n" + "".join(f"u{n}\n" for n in range(100)))
    steps = 0
    while AudienceImport.objects.get().is_open and steps < 100:
        with applying.connections.connect(autocommit=True) as own:
            one = applying._Applying(own, AudienceImport.objects.select_related("audience").get())
            one.step()
        steps += 1

    made.refresh_from_db()
    assert (made.state, made.entered, made.new_people, made.shards_done) == ("done", 100, 100, SHARDS)
    assert steps == 4 + SHARDS + 1
    assert len(listed(audience)) == 100


def test_somebody_who_is_merged_meanwhile_is_let_in_as_who_they_are(shop):
    for user in ("ana", "anna"):
        shop.identifies(user)
    shop.runs()
    older, younger = profile_of("ana"), profile_of("anna")
    audience = makes_list(shop)
    uploads(audience, "id,Plan\nanna,gold\n", Plan="plan")
    with applying.connections.connect(autocommit=True) as own:
        one = applying._Applying(own, AudienceImport.objects.select_related("audience").get())
        one.step()  # recognised
        Profile.objects.filter(shard=shard_of(younger), id=younger).update(merged_into=older)
        Identity.objects.filter(profile_id=younger).update(profile_id=older)

    tasks.import_lists()

    inside = Membership.objects.get()
    assert (inside.profile_id, inside.shard, inside.attributes) == (older, shard_of(older), {"plan": "gold"})
    assert waiting() == 0


@pytest.mark.parametrize("recognised", [False, True])
def test_somebody_who_is_erased_meanwhile_is_not_let_in(shop, recognised):
    for user in ("ana", "bob"):
        shop.identifies(user)
    shop.runs()
    audience = makes_list(shop)
    made = uploads(audience, "id\nana\nbob\nana,x\n")
    if recognised:
        with applying.connections.connect(autocommit=True) as own:
            applying._Applying(own, AudienceImport.objects.select_related("audience").get()).step()

    erase(sandbox_id=shop.sandbox.pk, profile_id=profile_of("ana"), now=clock.now())
    assert waiting() == 1
    tasks.import_lists()

    made.refresh_from_db()
    assert made.state == "done"
    assert listed(audience) == {"bob": {}}


def test_erasing_somebody_takes_them_out_of_the_rows_that_were_left_out(shop):
    audience = makes_list(shop)
    made = imports(audience, "id\nana\nbob\nana\nbob\n")

    erase(sandbox_id=shop.sandbox.pk, profile_id=profile_of("ana"), now=clock.now())

    assert [one.key for one in made.problems.all()] == ["bob"]


def test_who_has_to_hear_of_it_is_told_and_nobody_else(shop):
    audience, other = makes_list(shop), makes_list(shop, "Others")
    keep(
        sandbox_id=shop.sandbox.pk,
        wanted=Wanted(name="Follows", rule='inAudience("Members")', evaluation="streaming"),
        by="ana",
    )
    shop.identifies("ana")
    shop.runs()

    imports(other, "id\nana\n")
    assert not InboxItem.objects.exists()
    imports(audience, "id\nana\nnew\n")

    told = [(one.profile_id, one.payload) for one in InboxItem.objects.order_by("profile_id", "id")]
    assert told[0][0] == profile_of("ana")
    assert told[0][1] | {"at": ""} == {"audience": audience.pk, "is_member": True, "at": ""}
    assert [payload.get("check") for profile, payload in told if profile == profile_of("new")].count("all") == 1


def test_while_the_engine_is_behind_those_who_would_be_told_wait(shop, monkeypatch):
    audience = makes_list(shop)
    keep(
        sandbox_id=shop.sandbox.pk,
        wanted=Wanted(name="Follows", rule='inAudience("Members")', evaluation="streaming"),
        by="ana",
    )
    monkeypatch.setattr(applying, "MOST_WAITING", 1)
    monkeypatch.setattr(applying, "PATIENCE", timedelta(0))
    shop.identifies("bob")

    made = imports(audience, "id\nana\n")
    assert (made.state, made.shards_done) == ("running", 0)
    shop.runs()
    monkeypatch.undo()
    tasks.import_lists()

    made.refresh_from_db()
    assert made.state == "done"


def test_an_import_that_fails_again_and_again_says_so_and_leaves_nothing_waiting(shop, monkeypatch):
    audience = makes_list(shop)
    made = uploads(audience, "id\nana\n")
    asks_everybody(shop)
    with connection.cursor() as cursor:  # something in the database is in the way
        cursor.execute("ALTER TABLE engine_membership ADD CONSTRAINT in_the_way CHECK (false) NOT VALID")
    try:
        for _ in range(applying.TRIES):
            assert AudienceImport.objects.get().is_open
            tasks.import_lists()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE engine_membership DROP CONSTRAINT in_the_way")

    made.refresh_from_db()
    assert (made.state, made.error_code, waiting()) == ("failed", "list.not_applied", 0)
    assert [one.payload for one in InboxItem.objects.all()] == [{"check": "all"}]
    imports(audience, "id\nana\n")
    assert listed(audience) == {"ana": {}}


def test_deleting_a_list_takes_its_imports_with_it(shop):
    audience = makes_list(shop)
    imports(audience, "id\nana\nana\n")
    uploads(audience, "id\nbob\n")

    delete(sandbox_id=shop.sandbox.pk, audience_id=audience.pk)

    assert waiting() == 0
    assert not any(model.objects.exists() for model in (Audience, AudienceImport, ImportProblem))
    tasks.import_lists()


def test_old_imports_are_forgotten_but_the_last_of_each_list_is_not(shop):
    audience = makes_list(shop)
    for name in ("ana", "bob"):
        imports(audience, f"id\n{name}\n{name}\n")

    gone = retention.forget(clock.now() + timedelta(days=91))

    assert gone["engine_audienceimport"] == 1
    assert listed(audience) == {"bob": {}}
    assert AudienceImport.objects.get().problems.count() == ImportProblem.objects.count() == 1


def test_what_is_not_committed_is_not_there(shop):
    audience = makes_list(shop)
    reading = audience_control.ListReading(key="id", namespace="userId")

    class Cut:
        """The connection breaks in the middle of the file."""

        pieces = iter([b"id\nana\n" * 10, b"bob\n" * 100])

        def read(self, size):
            try:
                return next(self.pieces)
            except StopIteration:
                raise OSError("the connection is gone") from None

    with pytest.raises(OSError, match="gone"), transaction.atomic():
        importing.stage(Cut(), reading)

    assert waiting() == 0
    assert listed(audience) == {}


def test_what_a_list_says_of_somebody_is_in_what_they_may_ask_for(shop):
    audience = makes_list(shop)
    imports(audience, "id,Plan\nana,gold\n", Plan="plan")

    export = control.export_profile(sandbox_id=shop.sandbox.pk, profile_id=profile_of("ana"))

    (found,) = export["audiences"]
    assert (found["name"], found["is_member"], found["attributes"]) == ("Members", True, {"plan": "gold"})


def goes_on(steps=1):
    """What the job does, so many of its transactions."""
    with applying.connections.connect(autocommit=True) as own:
        one = applying._Applying(own, AudienceImport.objects.select_related("audience").latest("pk"))
        for _ in range(steps):
            one.step()


@pytest.mark.parametrize("is_recognised", [False, True])
def test_an_import_is_cancelled_and_the_list_is_as_it_was(shop, is_recognised):
    Namespace.objects.create(sandbox=shop.sandbox, code="Email")
    audience = makes_list(shop)
    imports(audience, "id,Plan\nana,gold\n", Plan="plan")
    made = uploads(audience, "mail,City\nbob@example.org,Bern\n,Rome\n", key="mail", namespace="Email", City="city")
    if is_recognised:
        goes_on()

    cancelled = audience_control.cancel_import(made.pk, audience.pk)

    assert (cancelled.state, cancelled.entered, cancelled.bad) == ("cancelled", 0, 1)
    assert cancelled.finished_at is not None
    assert listed(audience) == {"ana": {"plan": "gold"}}
    assert (audience.namespace, audience.columns, audience.size) == ("userId", ["plan"], 1)
    assert waiting() == 0
    assert tasks.import_lists() == 0
    assert Profile.objects.count() == (2 if is_recognised else 1)
    imports(audience, "id\ncy\n", mode="add")
    assert set(listed(audience)) == {"ana", "cy"}


def test_once_people_are_let_in_it_is_not_cancelled(shop):
    audience = makes_list(shop)
    made = uploads(audience, "id\nana\nbob\n")
    goes_on(2)

    with pytest.raises(NotCancellable, match="being let in"):
        audience_control.cancel_import(made.pk, audience.pk)
    tasks.import_lists()
    with pytest.raises(NotCancellable, match="ended already"):
        audience_control.cancel_import(made.pk, audience.pk)

    made.refresh_from_db()
    assert (made.state, made.entered) == ("done", 2)


def test_a_job_and_somebody_who_cancels_end_it_one_way_or_the_other(shop):
    audience = makes_list(shop)
    for round_ in range(6):
        made = uploads(audience, "id\n" + "".join(f"r{round_}u{n}\n" for n in range(500)))
        job = threading.Thread(target=lambda: (tasks.import_lists(), connections.close_all()))
        job.start()
        if round_ % 2:
            wait_until(lambda id_=made.pk: AudienceImport.objects.get(pk=id_).recognised, "the job is at work")
        with contextlib.suppress(NotCancellable):
            audience_control.cancel_import(made.pk, audience.pk)
        job.join(30)
        tasks.import_lists()  # a job that met the one who was refused leaves the rest to the next
        made.refresh_from_db()
        inside = sum(key.startswith(f"r{round_}u") for key in listed(audience))
        assert (made.state, made.entered, inside) in {("done", 500, 500), ("cancelled", 0, 0)}
        assert waiting() == 0


def asks_everybody(shop) -> Audience:
    """A streaming audience that has to look at whoever is new."""
    return keep(
        sandbox_id=shop.sandbox.pk, by="ana",
        wanted=Wanted(name="All", kind="rule", evaluation="streaming", rule='#{Profile.attributes.city} != "Rome"'),
    )  # fmt: skip


def test_whom_a_cancelled_import_made_is_looked_at_by_streaming_audiences(shop):
    everybody = asks_everybody(shop)
    made = uploads(makes_list(shop), "id\nana\nana\n")
    goes_on()

    audience_control.cancel_import(made.pk, made.audience_id)

    assert [one.payload for one in InboxItem.objects.all()] == [{"check": "all"}]
    shop.runs()
    assert InboxItem.objects.count() == 0
    assert Membership.objects.filter(audience_id=everybody.pk, is_member=True).count() == 1
