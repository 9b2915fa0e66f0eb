"""What may be said in a rule set, and which journeys carry it."""

from dataclasses import asdict, dataclass
from typing import Any

from designer.errors import BadRuleSet
from designer.models import Version
from designer.states import Status
from engine import control
from engine.models import RuleSet
from engine.models.rule_set import CAPS

NAME_LENGTH = 60
DESCRIPTION_LENGTH = 500
MOST = 1_000_000  # entries, or journeys: beyond it a cap says nothing


@dataclass(frozen=True, kw_only=True)
class Given:
    """A rule set as somebody wants it. A cap that is None is no rule."""

    name: str
    description: str = ""
    entries_per_day: int | None = None
    entries_per_week: int | None = None
    entries_per_month: int | None = None
    journeys_at_once: int | None = None

    @classmethod
    def of(cls, rule_set: RuleSet) -> "Given":
        return cls(
            name=rule_set.name, description=rule_set.description, **{cap: getattr(rule_set, cap) for cap in CAPS}
        )

    def columns(self) -> dict[str, Any]:
        return asdict(self)


def require_sound(given: Given) -> None:
    """Raises BadRuleSet for one that cannot be kept, or that would let nobody in, or everybody."""
    if not given.name.strip() or len(given.name) > NAME_LENGTH or len(given.description) > DESCRIPTION_LENGTH:
        raise BadRuleSet(
            f"A rule set needs a name of at most {NAME_LENGTH} characters.",
            hint=f"Its description may have {DESCRIPTION_LENGTH}.",
        )
    caps = [getattr(given, cap) for cap in CAPS if getattr(given, cap) is not None]
    if not caps:
        raise BadRuleSet("A rule set holds one rule at least.", hint="Fill in one of the numbers.")
    if not all(1 <= cap <= MOST for cap in caps):
        raise BadRuleSet(f"A cap is a number from 1 to {MOST:,}.", hint="Leave it empty for no cap.")


def carried_by(sandbox_id: int) -> dict[str, tuple[list[str], list[str]]]:
    """Rule set -> the published journeys that carry it and may still hold people, and the drafts."""
    published = control.rule_sets_in_use(sandbox_id)
    drafts: dict[str, set[str]] = {}
    found = Version.objects.filter(journey__sandbox=sandbox_id, status=Status.DRAFT, properties__has_key="rule_set")
    for name, journey in found.values_list("properties__rule_set", "journey__name"):
        if isinstance(name, str):  # a draft may hold anything
            drafts.setdefault(name, set()).add(journey)
    return {name: (published.get(name, []), sorted(drafts.get(name, ()))) for name in {*published, *drafts} if name}
