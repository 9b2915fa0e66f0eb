"""Create a sandbox, with the namespaces that every sandbox starts with."""

from django.db import transaction

from engine.models import Namespace, Sandbox
from engine.models.namespace import ANONYMOUS, STANDARD


def create_sandbox(*, name: str, title: str, kind: str) -> Sandbox:
    """The sandbox of this name; made if it is not there yet."""
    with transaction.atomic():
        sandbox, _ = Sandbox.objects.get_or_create(name=name, defaults={"title": title, "kind": kind})
        add_standard_namespaces(sandbox)
    return sandbox


def add_standard_namespaces(sandbox: Sandbox) -> None:
    for code, words in STANDARD.items():
        Namespace.objects.get_or_create(
            sandbox=sandbox, code=code, defaults={"title": words, "is_people_based": code not in ANONYMOUS}
        )
