"""kill -9 in the middle of an import: what it had done stands, and the next one goes on there, to the same end."""

import os
import signal
import subprocess
import sys
import threading
from urllib.request import Request, urlopen

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from designer.models import Membership, Role
from engine import audience_control, tasks
from engine.models import Audience, AudienceImport, AudienceRun, Identity, Namespace, Profile
from engine.models import Membership as Member
from tests.cast import Shop
from tests.lists import imports, makes_list, uploads
from tests.processes import ROOT, Product, database_url, wait_until

IMPORT = "import django; django.setup(); from engine import tasks; tasks.import_lists()"


def process(code: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "journeyopt.settings"}
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment)


def kill(victim: subprocess.Popen[bytes]) -> None:
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait(10)


def ask(question: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def waiting() -> object:
    """What imports have written down and not dealt with."""
    return ask("SELECT (SELECT count(*) FROM engine_import_row) + (SELECT count(*) FROM engine_import_member)")


@pytest.mark.crash
@pytest.mark.parametrize("mode", ["replace", "add"])
def test_an_import_that_is_killed_ends_as_if_it_had_not_been(committed, mode):
    shop = Shop()
    audience = makes_list(shop)
    before, after = range(3_000), range(1_500, 6_000)
    imports(audience, "id\n" + "".join(f"u{n}\n" for n in before))
    oldest = Profile.objects.latest("id").id
    uploads(audience, "id\n" + "".join(f"u{n}\n" for n in after) + "u1500\n", mode=mode)

    with connection.cursor() as holding:
        # Somebody holds a shard in the middle, as a worker would: half of it goes on, and then it is killed.
        holding.execute("BEGIN")
        holding.execute("SELECT id FROM engine_shard WHERE id = 32 FOR UPDATE")
        victim = process(IMPORT)
        wait_until(lambda: AudienceImport.objects.filter(shards_done=32).exists(), "half of the shards are done")
        kill(victim)
        holding.execute("ROLLBACK")
    half = AudienceImport.objects.latest("pk")
    assert (half.state, half.shards_done) == ("running", 32)
    assert half.entered == Member.objects.filter(is_member=True, profile_id__gt=oldest).count() > 0

    tasks.import_lists()

    half.refresh_from_db()
    expected = {*after, *(before if mode == "add" else ())}
    inside = Member.objects.filter(audience_id=audience.pk, is_member=True).values_list("profile_id", flat=True)
    known = dict(Identity.objects.values_list("profile_id", "value"))
    assert sorted(known[profile] for profile in inside) == sorted(f"u{n}" for n in expected)
    assert (half.state, half.entered, half.left) == ("done", 3_000, 1_500 if mode == "replace" else 0)
    assert (half.new_people, half.duplicates, half.stayed) == (3_000, 1, len(expected) - 3_000)
    assert Profile.objects.count() == Identity.objects.count() == 6_000
    assert AudienceRun.objects.filter(audience=audience, state="done").count() == 2
    assert waiting() == 0
    shop.close()


@pytest.mark.crash
def test_who_is_killed_while_cancelling_has_cancelled_nothing(committed):
    shop = Shop()
    audience = makes_list(shop)
    made = uploads(audience, "id,Plan\n" + "".join(f"u{n},gold\n" for n in range(500)), Plan="plan")
    cancel = f"from engine import audience_control; audience_control.cancel_import({made.pk}, {audience.pk})"

    with connection.cursor() as holding:
        # The last but one thing that it writes is held: all before that is written, and nothing is committed.
        holding.execute("BEGIN")
        holding.execute("SELECT * FROM engine_catalogue FOR UPDATE")
        victim = process(f"import django; django.setup(); {cancel}")
        wait_until(lambda: ask("SELECT count(*) FROM pg_locks WHERE NOT granted"), "it waits in the middle")
        kill(victim)
        holding.execute("ROLLBACK")
    gone = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    wait_until(lambda: ask(gone) == 0, "the database has noticed")

    made.refresh_from_db()
    assert (made.state, waiting()) == ("waiting", 500)
    tasks.import_lists()
    made.refresh_from_db()
    assert (made.state, made.entered) == ("done", 500)
    audience.refresh_from_db()
    assert audience.columns == ["plan"]
    shop.close()


@pytest.mark.crash
def test_an_import_whose_job_was_killed_can_be_cancelled(committed):
    shop = Shop()
    audience = makes_list(shop)
    imports(audience, "id\nana\n")
    made = uploads(audience, "id\n" + "".join(f"u{n}\n" for n in range(30_000)))

    with connection.cursor() as holding:
        holding.execute("BEGIN")
        holding.execute("SELECT id FROM engine_shard WHERE id = 0 FOR UPDATE")
        victim = process(IMPORT)
        wait_until(lambda: AudienceImport.objects.filter(recognised=30_000).exists(), "everybody is recognised")
        kill(victim)
        holding.execute("ROLLBACK")
    audience_control.cancel_import(made.pk, audience.pk)

    tasks.import_lists()
    made.refresh_from_db()
    assert (made.state, made.entered, made.new_people, waiting()) == ("cancelled", 0, 30_000, 0)
    assert Member.objects.filter(audience_id=audience.pk, is_member=True).count() == 1
    assert Identity.objects.count() == Profile.objects.count() == 30_001
    shop.close()


@pytest.mark.crash
def test_of_a_file_whose_web_process_is_killed_nothing_is_left(committed, tmp_path):
    shop = Shop()
    Namespace.objects.create(sandbox=shop.sandbox, code="userId")
    user = User.objects.create_user("ada")
    Membership.objects.create(user=user, sandbox=shop.sandbox, role=Role.MARKETER)
    client = Client()
    client.force_login(user)
    token = "k" * 32
    product = Product(tmp_path)
    product.start("web")
    request = Request(
        f"{product.url}/api/audiences/import/?name=Many&key=id&namespace=userId",
        data=b"id\n" + b"".join(b"u%d\n" % number for number in range(2_000_000)),
        headers={
            "Cookie": f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}",
            "X-CSRFToken": token,
            "Content-Type": "text/csv",
        },
    )
    answers = []

    def send() -> None:
        try:
            answers.append(urlopen(request, timeout=120).status)
        except OSError as error:  # the other end is gone
            answers.append(error)

    sender = threading.Thread(target=send)
    sender.start()
    # Nobody sees the rows yet, but there are pages of them.
    wait_until(lambda: ask("SELECT pg_relation_size('engine_import_row') > 1000000"), "a part of the file is written")
    product.kill("web")
    sender.join(30)

    copying = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY engine_import_row%%' AND state = 'active'"
    wait_until(lambda: ask(copying) == 0, "the database has noticed")
    assert isinstance(answers[0], OSError), answers
    assert waiting() == 0
    assert not AudienceImport.objects.exists()
    assert not Audience.objects.exists()
    shop.close()
