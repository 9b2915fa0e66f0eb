"""One reading of an audience into a journey: when it was due, how far it is, and how it ended."""

from django.db import models
from django.db.models import Q


class ReadRun(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        GATHERING = "gathering", "Gathering people"
        READING = "reading", "Reading"
        RESTING = "resting", "Between waves"
        DONE = "done", "Done"
        SKIPPED = "skipped", "Skipped"
        FAILED = "failed", "Failed"
        DROPPED = "dropped", "Dropped"
        EXPIRED = "expired", "Expired"

    class Reason(models.TextChoices):
        PAUSED = "paused", "The version was paused."
        ENDED = "ended", "The version was closed or stopped."
        NO_EVALUATION = "no_evaluation", "The audience was not evaluated anew in time."
        NO_AUDIENCE = "no_audience", "There is no such audience any more."
        NOT_GATHERED = "not_gathered", "The people could not be gathered within an hour."
        TOO_LATE = "too_late", "It could not begin within 12 hours."
        OVERTAKEN = "overtaken", "A further business event came meanwhile."

    sandbox_id = models.BigIntegerField()
    journey_id = models.BigIntegerField()
    version_id = models.BigIntegerField()
    audience_id = models.BigIntegerField(null=True, help_text="Once its people are gathered.")
    audience_name = models.CharField(max_length=100)
    due_at = models.DateTimeField()
    event_id = models.BigIntegerField(null=True, help_text="The business event that this run answers, if any.")
    event = models.JSONField(null=True, help_text="What that event says to the journey.")
    state = models.CharField(max_length=20, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    retries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    snapshot_at = models.DateTimeField(null=True, help_text="Who was in the audience at this moment is read.")
    evaluated_at = models.DateTimeField(null=True, help_text="The evaluation of the audience that was read.")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    total = models.BigIntegerField(default=0)
    read = models.BigIntegerField(default=0)
    waves = models.JSONField(null=True, help_text="Of each wave: when it begins, and how many are read after it.")
    wave = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="The one that is being read, or was last; from 0."
    )
    upto = models.BigIntegerField(null=True, help_text="How many are read when this wave is over; empty: everybody.")
    rate = models.PositiveIntegerField()
    tokens = models.FloatField(default=0, help_text="How many may enter at once, at the moment below.")
    filled_at = models.DateTimeField(null=True)
    after = models.BigIntegerField(default=0, help_text="Everybody up to this profile has been read.")

    class Meta:
        ordering = ["-due_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["version_id", "due_at"], condition=Q(event_id__isnull=True), name="engine_read_run_once"
            ),
            models.UniqueConstraint(fields=["version_id", "event_id"], name="engine_read_run_of_event"),
        ]
        indexes = [
            models.Index(fields=["journey_id", "-due_at"], name="engine_read_run_of_journey"),
            models.Index(
                fields=["id"],
                condition=Q(state__in=["waiting", "gathering", "reading", "resting"]),
                name="engine_read_run_open",
            ),
            models.Index(fields=["id"], condition=Q(state="reading"), name="engine_read_run_reading"),
        ]

    def __str__(self) -> str:
        return f"{self.audience_name} at {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_RUN


OPEN_RUN = (ReadRun.State.WAITING, ReadRun.State.GATHERING, ReadRun.State.READING, ReadRun.State.RESTING)
