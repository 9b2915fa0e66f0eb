"""What holds for a journey as a whole: who may come again, between which dates, for how long."""

from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

LONGEST_STAY = timedelta(days=91)


class Properties(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    reentrance: bool = True
    reentrance_wait: timedelta = Field(default=timedelta(minutes=5), ge=timedelta(0), le=timedelta(days=90))
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether people may enter at this moment, as far as the dates say."""
        return not (self.starts_at and now < self.starts_at) and not (self.ends_at and now >= self.ends_at)
