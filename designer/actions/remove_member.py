"""Remove a member from a sandbox: they see nothing of it any more. Their account stays."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, permissions
from designer.errors import LastAdministrator
from designer.models import Membership, Role


def remove_member(membership: Membership, *, by: User, now: datetime) -> None:
    """Remove them. Raises LastAdministrator for the only administrator that a sandbox has."""
    permissions.require(by, "manage_members", membership.sandbox_id)
    with transaction.atomic():
        require_an_administrator_beside(membership)
        audit.record("member.removed", membership, by=by, now=now, sandbox_id=membership.sandbox_id)
        membership.delete()


def require_an_administrator_beside(membership: Membership) -> None:
    """Somebody else has to administer the sandbox. The rows are held, so that two cannot leave at once."""
    rows = Membership.objects.select_for_update().filter(sandbox=membership.sandbox_id, role=Role.ADMINISTRATOR)
    administrators = set(rows.order_by("pk").values_list("pk", flat=True))
    if administrators == {membership.pk}:
        raise LastAdministrator(
            f"{membership.user} is the only administrator of this sandbox.",
            hint="Make somebody else an administrator first.",
        )
