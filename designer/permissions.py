"""Who may do what, in one table."""

from typing import Literal

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User

from designer.errors import NotAllowed
from designer.models import Membership, Role

Verb = Literal[
    "view",
    "create",
    "edit",
    "rename",
    "label",
    "publish",
    "pause",
    "resume",
    "close",
    "stop",
    "new_version",
    "duplicate",
    "delete",
    "configure_events",
    "manage_write_keys",
    "export_profile",
    "erase_profile",
    "manage_members",
    "manage_namespaces",
    "manage_rule_sets",
    "set_timeouts",
    "read_audiences",
    "manage_audiences",
    "stop_reading",
    "export_members",
    "dismiss_alerts",
]

_VIEWER: frozenset[Verb] = frozenset({"view", "read_audiences"})
_MARKETER: frozenset[Verb] = _VIEWER | {
    "create",
    "edit",
    "rename",
    "label",
    "publish",
    "pause",
    "resume",
    "close",
    "stop",
    "new_version",
    "duplicate",
    "delete",
    "manage_audiences",
    "stop_reading",
    "dismiss_alerts",
}
_ENGINEER: frozenset[Verb] = _MARKETER | {
    "configure_events",
    "manage_write_keys",
    "manage_namespaces",
    "manage_rule_sets",
    "set_timeouts",
    "export_profile",
    "export_members",
}
_ADMINISTRATOR: frozenset[Verb] = _ENGINEER | {"erase_profile", "manage_members"}

TABLE: dict[str, frozenset[Verb]] = {
    Role.VIEWER: _VIEWER,
    Role.MARKETER: _MARKETER,
    Role.ENGINEER: _ENGINEER,
    Role.ADMINISTRATOR: _ADMINISTRATOR,
}


def role_in(user: User | AbstractBaseUser | AnonymousUser, sandbox_id: int) -> str | None:
    """The user's role in a sandbox; None when they have no business there. A superuser administers every sandbox."""
    if not user.is_authenticated or not user.is_active:
        return None
    if getattr(user, "is_superuser", False):
        return Role.ADMINISTRATOR
    return Membership.objects.filter(user_id=user.pk, sandbox_id=sandbox_id).values_list("role", flat=True).first()


def may(role: str | None, verb: Verb) -> bool:
    return role is not None and verb in TABLE[role]


def require(user: User | AbstractBaseUser | AnonymousUser, verb: Verb, sandbox_id: int) -> str:
    """The user's role, if it may do this. Raises NotAllowed otherwise."""
    role = role_in(user, sandbox_id)
    if role is None or verb not in TABLE[role]:
        able = [name for name, verbs in TABLE.items() if verb in verbs]
        raise NotAllowed(
            f"Your role may not {SENTENCES.get(verb, verb.replace('_', ' '))}.",
            hint=f"Ask an administrator of this sandbox for the role {' or '.join(able[:2])}.",
        )
    return role


def require_superuser(
    user: User | AbstractBaseUser | AnonymousUser,
    message: str = "This is for the person who runs this server.",
    hint: str = "Ask them.",
) -> None:
    """For what concerns the whole server. Raises NotAllowed for everybody who does not run it."""
    if not (user.is_active and getattr(user, "is_superuser", False)):
        raise NotAllowed(message, hint=hint)


SENTENCES: dict[str, str] = {
    "view": "look into this sandbox",
    "create": "create journeys",
    "edit": "change this draft",
    "rename": "rename this journey",
    "label": "change labels",
    "publish": "publish",
    "pause": "pause this version",
    "resume": "resume this version",
    "close": "close this version to new entrances",
    "stop": "stop this version",
    "new_version": "make a new version",
    "duplicate": "duplicate this journey",
    "delete": "delete journeys",
    "configure_events": "change event definitions",
    "manage_write_keys": "manage write keys",
    "export_profile": "export a profile",
    "erase_profile": "erase a profile",
    "manage_members": "manage members",
    "manage_namespaces": "manage namespaces",
    "manage_rule_sets": "manage rule sets",
    "set_timeouts": "change the timeout of actions",
    "read_audiences": "look at audiences",
    "manage_audiences": "make or change audiences",
    "stop_reading": "stop the reading of an audience",
    "dismiss_alerts": "dismiss alerts",
    "export_members": "export the members of an audience",
}
