"""The log of who did what. It is written in the transaction of the deed."""

from datetime import datetime

from django.contrib.auth.models import User

from designer.models import AuditEntry, Journey, Version


def record(
    verb: str,
    what: object,
    *,
    by: User | None,
    now: datetime,
    sandbox_id: int,
    **details: object,
) -> None:
    """Write one line. `by` is None when the product did it by itself."""
    AuditEntry.objects.create(
        at=now,
        sandbox_id=sandbox_id,
        by_id=by.pk if by else None,
        by=by.get_username() if by else "JourneyOpt",
        verb=verb,
        object_type=type(what).__name__.lower(),
        object_id=getattr(what, "pk", None) or getattr(what, "id", None),
        object_name=str(what)[:300],
        details=details,
    )


def of_version(verb: str, version: Version, *, by: User | None, now: datetime, **details: object) -> None:
    record(verb, version, by=by, now=now, sandbox_id=version.journey.sandbox_id, **details)


def of_journey(verb: str, journey: Journey, *, by: User | None, now: datetime, **details: object) -> None:
    record(verb, journey, by=by, now=now, sandbox_id=journey.sandbox_id, **details)
