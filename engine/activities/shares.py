"""What activities with shares have in common: each way has its part, and together they are everybody."""

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict, Field

from engine.activities.paths import path_problems
from engine.problems import Problem


class Share(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    label: str = Field(default="", title="Label", max_length=100)
    share: float = Field(title="Share in %", ge=0, le=100)


def share_problems(field: str, shares: Sequence[Share]) -> Iterator[Problem]:
    yield from path_problems(field, [each.id for each in shares])
    total = sum(each.share for each in shares)
    if abs(total - 100) > 0.01:
        yield Problem(
            code="ERR_SPLIT_TOTAL",
            message=f"The shares add up to {total:g} %.",
            hint="Make them add up to 100 %.",
            field=field,
        )
