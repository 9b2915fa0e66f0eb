"""Add a member to a sandbox: an existing user, with a role."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from designer import audit, permissions
from designer.errors import BadMember
from designer.models import Membership
from engine.models import Sandbox


def add_member(*, sandbox: Sandbox, username: str, role: str, by: User, now: datetime) -> Membership:
    """Add them. Raises BadMember when there is no such user, or they belong to the sandbox already."""
    permissions.require(by, "manage_members", sandbox.pk)
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise BadMember(
            f"There is no user called “{username[:150]}”.",
            hint="Users are made in the administration, by the person who runs this server.",
        )
    try:
        with transaction.atomic():
            membership = Membership.objects.create(user=user, sandbox=sandbox, role=role)
            audit.record("member.added", membership, by=by, now=now, sandbox_id=sandbox.pk, role=role)
    except IntegrityError as exc:
        raise BadMember(f"{username} is a member already.", hint="Change their role in the list.") from exc
    return membership
