"""Give a member another role."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from designer.actions.remove_member import require_an_administrator_beside
from designer.models import Membership, Role


def change_member(membership: Membership, *, role: str, by: User, now: datetime) -> Membership:
    """Change the role. Raises LastAdministrator for the only administrator that a sandbox has."""
    permissions.require(by, "manage_members", membership.sandbox_id)
    with transaction.atomic():
        if role != Role.ADMINISTRATOR:
            require_an_administrator_beside(membership)
        before = Membership.objects.select_for_update().get(pk=membership.pk).role
        if before != role:
            Membership.objects.filter(pk=membership.pk).update(role=role)
            membership.refresh_from_db()
            audit.record(
                "member.changed",
                membership,
                by=by,
                now=now,
                sandbox_id=membership.sandbox_id,
                before=before,
                after=role,
            )
    return membership
