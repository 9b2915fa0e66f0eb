"""Create a sandbox, with the namespaces that every sandbox starts with."""

from datetime import datetime
from itertools import chain, count

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from designer import audit, permissions
from designer.errors import NameTaken
from engine.models import Namespace, Sandbox
from engine.models.namespace import ANONYMOUS, STANDARD

TAKEN = "sandbox.name_taken"


def create_sandbox(*, name: str, title: str, kind: str) -> Sandbox:
    """The sandbox of this name; made if it is not there yet."""
    with transaction.atomic():
        sandbox, _ = Sandbox.objects.get_or_create(name=name, defaults={"title": title, "kind": kind})
        add_standard_namespaces(sandbox)
    return sandbox


def create_sandbox_titled(title: str, *, kind: str, by: User, now: datetime) -> Sandbox:
    """A new sandbox, made by who runs the server. Raises NameTaken for a title that is in use."""
    permissions.require_superuser(by)
    if Sandbox.objects.filter(title__iexact=title).exists():
        raise NameTaken(f"There is a sandbox called “{title}” already.", hint="Choose another name.", code=TAKEN)
    try:
        with transaction.atomic():
            sandbox = Sandbox.objects.create(name=_free_name(title), title=title, kind=kind)
            add_standard_namespaces(sandbox)
            audit.record("sandbox.created", sandbox, by=by, now=now, sandbox_id=sandbox.pk, kind=kind)
    except IntegrityError as exc:  # somebody took the name since we looked
        raise NameTaken("Somebody is making a sandbox of this name right now.", hint="Try again.", code=TAKEN) from exc
    return sandbox


def add_standard_namespaces(sandbox: Sandbox) -> None:
    for code, words in STANDARD.items():
        Namespace.objects.get_or_create(
            sandbox=sandbox, code=code, defaults={"title": words, "is_people_based": code not in ANONYMOUS}
        )


def _free_name(title: str) -> str:
    """A short name for addresses and logs, made from the title."""
    name = slugify(title)[:50] or "sandbox"
    taken = set(Sandbox.objects.filter(name__startswith=name).values_list("name", flat=True))
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    return next(free for free in names if free not in taken)
