"""The form of an audience between two requests: what is in its boxes, also while it makes no sense yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.http import QueryDict

from designer.pages import inputs
from designer.pages.event_form import clean
from engine import audience_control
from engine.definition.audience import EXCLUSION, MOST_PARTS, OPERATORS, UNION
from engine.models import Audience
from engine.problems import Problem

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EVERY = (
    (HOUR, "Every hour"), (3 * HOUR, "Every 3 hours"), (6 * HOUR, "Every 6 hours"), (12 * HOUR, "Every 12 hours"),
    (DAY, "Every day"), (2 * DAY, "Every 2 days"), (7 * DAY, "Every 7 days"),
)  # fmt: skip
LONGEST_RULE = 20_000  # twice what a rule may have: what is too long is refused, not cut
MADE_HERE = (Audience.Kind.RULE, Audience.Kind.COMPOSITION)


@dataclass(frozen=True, kw_only=True)
class AudienceForm:
    """`first`: of an exclusion, the audience that the others are taken from. `every`: seconds; None: on demand."""

    name: str = ""
    description: str = ""
    kind: str = Audience.Kind.RULE
    rule: str = ""
    operator: str = UNION
    first: str = ""
    parts: tuple[str, ...] = ()
    evaluation: str = Audience.Evaluation.BATCH
    every: int | None = int(DAY.total_seconds())
    errors: Mapping[str, list[Problem]] = field(default_factory=dict)

    @classmethod
    def of(cls, audience: Audience) -> "AudienceForm":
        """The form of an audience as it is kept."""
        composition = audience.composition if isinstance(audience.composition, dict) else {}
        operator, parts = composition.get("operator", UNION), tuple(composition.get("audiences", ()))
        is_exclusion = operator == EXCLUSION
        return cls(
            name=audience.name,
            description=audience.description,
            kind=audience.kind,
            rule=audience.rule if audience.kind == Audience.Kind.RULE else "",
            operator=operator,
            first=parts[0] if is_exclusion and parts else "",
            parts=parts[1:] if is_exclusion else parts,
            evaluation=audience.evaluation,
            every=int(audience.every.total_seconds()) if audience.every else None,
        )

    @classmethod
    def read(cls, posted: QueryDict, kind: str = "") -> "AudienceForm":
        """The form as it was sent; an audience that is there already keeps its `kind`."""
        return cls(
            name=inputs.text(posted, "name"),
            description=inputs.text(posted, "description", 1000),
            kind=kind or inputs.one_of(posted, "kind", MADE_HERE, Audience.Kind.RULE),
            rule=inputs.text(posted, "rule", LONGEST_RULE),
            operator=inputs.one_of(posted, "operator", OPERATORS, UNION),
            first=inputs.text(posted, "first"),
            parts=tuple(clean(part, 200) for part in posted.getlist("parts")[: 2 * MOST_PARTS]),
            evaluation=inputs.one_of(posted, "evaluation", Audience.Evaluation.values, Audience.Evaluation.BATCH),
            every=_seconds(posted),
        )

    @property
    def ways(self) -> list[tuple[int, str]]:
        """How often it may be evaluated: the usual, and what it has if that is another."""
        usual = [(int(every.total_seconds()), label) for every, label in EVERY]
        if self.every is not None and self.every not in dict(usual):
            usual.append((self.every, f"Every {timedelta(seconds=self.every)} hours"))
        return sorted(usual)

    @property
    def is_by_rule(self) -> bool:
        return self.kind == Audience.Kind.RULE

    @property
    def says_who(self) -> bool:
        """Whether enough is said for asking what is wrong with it: a rule, or two parts."""
        if self.kind == Audience.Kind.COMPOSITION:
            return len(self.composition["audiences"]) > 1
        return self.is_by_rule and bool(self.rule)

    def shown_parts(self, known: list[str]) -> list[tuple[str, bool]]:
        """The audiences to tick: those that are, in their order, and then the others."""
        return [*((part, True) for part in self.parts), *((name, False) for name in known if name not in self.parts)]

    def wanted(self, kept: audience_control.AudienceWanted | None = None) -> audience_control.AudienceWanted:
        """What it says, for the actions. What the form has no box for stays as it is `kept`."""
        wanted = replace(
            kept or audience_control.AudienceWanted(name=""),
            name=self.name, description=self.description, kind=self.kind, rule=self.rule,
        )  # fmt: skip
        if self.kind == Audience.Kind.UPLOAD:
            return wanted
        is_streaming = self.evaluation == Audience.Evaluation.STREAMING
        every = None if is_streaming or self.every is None else timedelta(seconds=self.every)
        return replace(wanted, composition=self.composition, evaluation=self.evaluation, every=every)

    @property
    def composition(self) -> dict[str, Any]:
        if self.operator == EXCLUSION:
            first = [self.first] if self.first else []
            return {"operator": EXCLUSION, "audiences": [*first, *(part for part in self.parts if part != self.first)]}
        return {"operator": self.operator, "audiences": list(self.parts)}

    def with_problems(self, problems: list[Problem]) -> "AudienceForm":
        by_field: dict[str, list[Problem]] = {}
        for problem in problems:
            by_field.setdefault(problem.field or "", []).append(problem)
        return replace(self, errors=by_field)


def _seconds(posted: QueryDict) -> int | None:
    """None: on demand alone. What no audience may have is as long as it gets, and so is refused."""
    if not posted.get("every"):
        return None
    most = 2 * int(EVERY[-1][0].total_seconds())
    found = inputs.number(posted, "every")
    return most if found is None else min(found, most)
