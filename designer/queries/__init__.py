"""What a user may see: every read of the designer, scoped by membership and bounded."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.db.models import QuerySet

from designer.models import Journey, Membership, Version
from engine.models import Definition, EventDefinition, Instance, Profile, Sandbox
from engine.shards import SHARDS, shard_of

Someone = User | AbstractBaseUser | AnonymousUser


def sandboxes_of(user: Someone) -> QuerySet[Sandbox]:
    """The sandboxes a user belongs to; a superuser belongs to all."""
    if not user.is_authenticated:
        return Sandbox.objects.none()
    if getattr(user, "is_superuser", False):
        return Sandbox.objects.all()
    return Sandbox.objects.filter(pk__in=Membership.objects.filter(user_id=user.pk).values("sandbox_id"))


def journeys_of(user: Someone) -> QuerySet[Journey]:
    return Journey.objects.filter(sandbox__in=sandboxes_of(user)).select_related("sandbox", "created_by")


def versions_of(user: Someone) -> QuerySet[Version]:
    return Version.objects.filter(journey__sandbox__in=sandboxes_of(user)).select_related(
        "journey__sandbox", "saved_by", "published_by"
    )


def event_definitions_of(sandbox: Sandbox) -> QuerySet[EventDefinition]:
    return EventDefinition.objects.filter(sandbox=sandbox).order_by("name")


def definition_of(version: Version) -> Definition | None:
    return Definition.objects.filter(version_id=version.pk).first()


def instance_of(user: Someone, instance_id: int) -> Instance | None:
    """One instance, if it is in a sandbox of the user. The shard is unknown here: 64 look-ups in the primary key."""
    instance = Instance.objects.filter(shard__in=range(SHARDS), id=instance_id).first()
    if instance is None or not sandboxes_of(user).filter(pk=instance.sandbox_id).exists():
        return None
    return instance


def is_instance_of(instance_id: int, version_id: int | None) -> bool:
    """Whether this instance walks through that version."""
    return Instance.objects.filter(shard__in=range(SHARDS), id=instance_id, version_id=version_id).exists()


def profile_in(sandbox: Sandbox, profile_id: int) -> Profile | None:
    return Profile.objects.filter(shard=shard_of(profile_id), id=profile_id, sandbox=sandbox).first()
