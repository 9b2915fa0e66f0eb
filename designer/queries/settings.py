"""What a sandbox is set up with: its write keys, its namespaces, its rule sets, its members."""

from designer.models import Membership
from engine.models import Namespace, RuleSet, Sandbox, WriteKey

MOST = 500  # of each; a sandbox has a handful


def write_keys_of(sandbox: Sandbox) -> list[WriteKey]:
    """Those that open something first, then those that were revoked; the newest first."""
    keys = list(WriteKey.objects.filter(sandbox=sandbox)[:MOST])
    return sorted(keys, key=lambda key: key.revoked_at is not None)


def namespaces_of(sandbox: Sandbox) -> list[Namespace]:
    return list(Namespace.objects.filter(sandbox=sandbox)[:MOST])


def rule_sets_of(sandbox: Sandbox) -> list[RuleSet]:
    return list(RuleSet.objects.filter(sandbox=sandbox)[:MOST])


def members_of(sandbox: Sandbox) -> list[Membership]:
    return list(Membership.objects.filter(sandbox=sandbox).select_related("user").order_by("user__username")[:MOST])
