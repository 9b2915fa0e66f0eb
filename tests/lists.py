"""Lists for tests: made, and filled from the text of a file as production does it."""

import io
from typing import Any

from django.db import transaction

from engine import audience_control, tasks
from engine.audiences.keeping import Wanted, keep
from engine.models import Audience, AudienceImport, Identity, Membership, Namespace
from tests.cast import Shop


def makes_list(shop: Shop, name: str = "Members", *, namespace: str = "userId") -> Audience:
    """A list with nobody in it."""
    Namespace.objects.get_or_create(sandbox=shop.sandbox, code=namespace)
    return keep(sandbox_id=shop.sandbox.pk, wanted=Wanted(name=name, kind="upload", namespace=namespace), by="ana")


def uploads(
    audience: Audience,
    content: str | bytes,
    *,
    key: str = "id",
    namespace: str = "",
    mode: str = "replace",
    **columns: str,
) -> AudienceImport:
    """Read a file in, and let nobody in yet. `columns`: in the file -> in the list."""
    source = io.BytesIO(content.encode() if isinstance(content, str) else content)
    reading = audience_control.ListReading(key=key, namespace=namespace or audience.namespace, columns=columns)
    with transaction.atomic():
        staged = audience_control.stage_list(source, reading)
        return audience_control.begin_import(
            staged, reading, audience_id=audience.pk, file_name="list.csv", mode=mode, by="ana"
        )


def imports(audience: Audience, content: str | bytes, **how: Any) -> AudienceImport:
    """Read a file in, and let its people in as the job does."""
    made = uploads(audience, content, **how)
    tasks.import_lists()
    made.refresh_from_db()
    return made


def listed(audience: Audience) -> dict[str, dict[str, str] | None]:
    """Who is in a list, by what they are known by in it, and what it says of them."""
    audience.refresh_from_db()
    inside = Membership.objects.filter(audience_id=audience.pk, is_member=True).values_list("profile_id", "attributes")
    said = dict(inside)
    known = Identity.objects.filter(namespace=audience.namespace, profile_id__in=said)
    return {value: said[profile] for value, profile in known.values_list("value", "profile_id")}
