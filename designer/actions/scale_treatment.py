"""Give everybody one treatment of an experiment: said by somebody, or by the experiment's own settings."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from designer import audit, live, permissions
from designer.errors import IllegalMove
from designer.models import Version
from designer.states import CURRENT, allowed_from
from engine import control


def scale_treatment(version: Version, *, node: str, treatment: str, by: User, now: datetime) -> None:
    """From now on everybody gets it, whoever was assigned to another one included; those kept out stay out.

    IllegalMove unless people may come; NoSuchTreatment.
    """
    permissions.require(by, "publish", version.journey.sandbox_id)
    with transaction.atomic():
        version = Version.objects.select_for_update().select_related("journey").get(pk=version.pk)
        if version.status not in CURRENT:
            raise IllegalMove(
                f"Version {version.number} is {version.get_status_display().lower()}; nobody comes to its experiments.",
                hint="Give everybody a treatment while the version is live.",
                allowed=allowed_from(version.status),
            )
        control.scale_treatment(version_id=version.pk, node=node, treatment=treatment, by=by.get_username(), now=now)
        audit.of_version("experiment.scaled", version, by=by, now=now, node=node, treatment=treatment)
        live.tell(version.pk)


def look_at_experiments(*, now: datetime) -> int:
    """Winners get everybody, and bandits new shares, where that is due; how many won."""
    with transaction.atomic():
        scaled = control.look_at_experiments(now)
        versions = Version.objects.select_related("journey").in_bulk([one.version_id for one in scaled])
        for one in scaled:
            version = versions[one.version_id]
            audit.of_version("experiment.scaled", version, by=None, now=now, node=one.node, treatment=one.treatment)
            live.tell(version.pk)
    return len(scaled)
