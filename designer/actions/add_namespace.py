"""Add a namespace: a kind of id by which people, or things, are known."""

import re
from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from designer import audit, permissions
from designer.errors import BadNamespace
from engine.models import Namespace, Sandbox

CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}\Z")


def add_namespace(
    *, sandbox: Sandbox, code: str, title: str, is_people_based: bool, by: User, now: datetime
) -> Namespace:
    """Add it. Raises BadNamespace for a code that cannot be one, or that is there already."""
    permissions.require(by, "manage_namespaces", sandbox.pk)
    if not CODE.match(code):
        raise BadNamespace(
            f"“{code[:60]}” cannot be a code." if code else "A namespace needs a code.",
            hint="Use letters, digits and _, with a letter first; at most 60.",
        )
    try:
        with transaction.atomic():
            namespace = Namespace.objects.create(
                sandbox=sandbox, code=code, title=title or code, is_people_based=is_people_based
            )
            audit.record("namespace.added", namespace, by=by, now=now, sandbox_id=sandbox.pk)
    except IntegrityError as exc:
        raise BadNamespace(f"There is a namespace {code} already.", hint="Choose another code.") from exc
    return namespace
