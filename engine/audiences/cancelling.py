"""Cancelling the import of a list, for as long as it has let nobody in."""

from django.db import connection, transaction

from engine import clock
from engine.audiences.applying import asks
from engine.errors import JourneyOptError
from engine.models import Audience, AudienceImport
from engine.store.catalogue import touch
from engine.store.lists import give_up


class NotCancellable(JourneyOptError):
    """People are being let in, or the import has ended."""

    code = "list.not_cancellable"
    status = 409


def cancel_import(import_id: int, audience_id: int) -> AudienceImport:
    """The list is as it was before the file came: who is in it, its namespace and its columns.

    Whoever the file made known as a person stays one, in no list. Raises NotCancellable.
    """
    # Whom it is certain to be refused waits for nothing, and does not get in the way of who lets people in.
    _require_open(AudienceImport.objects.filter(pk=import_id, audience_id=audience_id).first())
    with transaction.atomic(), connection.cursor() as cursor:
        # Held before its import is, as whoever lets people in does. The import waits for the slice under way.
        audience = Audience.objects.select_for_update(no_key=True).filter(pk=audience_id).first()
        found = AudienceImport.objects.select_for_update().filter(pk=import_id, audience=audience).first()
        held = _require_open(found)
        assert audience is not None
        held.state, held.finished_at = AudienceImport.State.CANCELLED, clock.now()
        held.save(update_fields=["state", "finished_at"])
        if held.namespace_before:  # those that were begun by an older release do not say
            audience.namespace, audience.columns = held.namespace_before, held.columns_before
            audience.save(update_fields=["namespace", "columns"])
            touch(cursor)
        give_up(
            cursor, held.pk, sandbox_id=audience.sandbox_id, asks=asks(audience.sandbox_id), now=held.finished_at
        )  # fmt: skip
    return held


def _require_open(found: AudienceImport | None) -> AudienceImport:
    if found is None or not found.is_open:
        raise NotCancellable(
            "This import has ended already.", hint="Load the page again: it says how it ended."
        )  # fmt: skip
    if not found.can_be_cancelled:
        raise NotCancellable(
            "Its people are being let in: it cannot be cancelled any more.",
            hint="Wait until everybody is in. Then upload the file that is right, and let it replace the list.",
        )
    return found
