"""Profile cap: so many people take the nominal path; everybody after them takes the other one."""

from pydantic import Field

from engine.activities.base import Activity, Behaviour, CompileExpression, Face, Go, PortRule, TakePlace


class ProfileCap(Activity):
    face = Face(
        kind="profile-cap",
        label="Profile cap",
        description="Lets so many people pass along the nominal path, exactly; the others take the alternate path.",
        category="condition",
        icon="gauge",
        summary="{limit} people",
        ports=(PortRule(name="nominal", label="Nominal"), PortRule(name="alternate", label="Alternate")),
    )

    limit: int = Field(
        default=1_000,
        title="People",
        description="Counted for this version, over all its time. A new version begins at zero.",
        ge=1,
        le=1_000_000_000,
    )

    def compile(self, expression: CompileExpression) -> Behaviour:
        place = TakePlace(self.limit, granted=Go("nominal"), refused=Go("alternate"))
        return Behaviour(enter=lambda facts, chance: place, counts_places=True)
