"""Give a journey its tags, in any status of its versions."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Lower

from designer import audit, permissions
from designer.errors import BadTags
from designer.models import Journey, Tag

MOST = 20
LENGTH = 50


def set_tags(journey: Journey, names: Iterable[str], *, by: User, now: datetime) -> list[str]:
    """These and no others; their names as they are kept. One that differs in case only from one there is, is that one.

    BadTags when there are too many, or one is too long.
    """
    permissions.require(by, "rename", journey.sandbox_id)
    wanted = {name.lower(): name for name in (" ".join(name.split()) for name in names) if name}
    too_long = next((name for name in wanted.values() if len(name) > LENGTH), "")
    if too_long or len(wanted) > MOST:
        what = f"The tag “{too_long[:40]}…” is too long." if too_long else f"These are {len(wanted)} tags."
        raise BadTags(what, hint=f"At most {MOST} tags of at most {LENGTH} characters.")
    with transaction.atomic():
        Journey.objects.select_for_update().get(pk=journey.pk)
        sandbox = journey.sandbox_id
        Tag.objects.bulk_create([Tag(sandbox_id=sandbox, name=name) for name in wanted.values()], ignore_conflicts=True)
        tags = list(Tag.objects.filter(sandbox_id=sandbox).annotate(low=Lower("name")).filter(low__in=wanted))
        before = {tag.name for tag in journey.tags.all()}
        if before != {tag.name for tag in tags}:
            journey.tags.set(tags)
            audit.of_journey("journey.tagged", journey, by=by, now=now, tags=sorted(tag.name for tag in tags))
        Tag.objects.filter(sandbox_id=sandbox, journeys__isnull=True).delete()
    return [tag.name for tag in tags]


def tags_in(text: str) -> list[str]:
    """The tags that a person wrote, with commas between them."""
    return text.split(",")
