"""An alert: what is, or was, wrong with a journey while it ran, for people who look after it."""

from django.db import models

from engine.models.sandbox import Sandbox


class Alert(models.Model):
    """`count`: people or messages; of what goes on by itself, how many now; of what was mended, how many in all.

    It is open until `resolved_at`: because it is over, or because a person has read it. `dismissed_at`: a person has,
    and it goes on.
    """

    class Code(models.TextChoices):
        LATE_PEOPLE = "people.late", "People wait for the engine"
        LATE_DELIVERIES = "deliveries.late", "Messages and calls wait for a courier"
        UNREADABLE = "version.unreadable", "The version cannot be read"
        LOST_RESULTS = "results.lost", "What came of a message or call was lost"
        MISSING_DELIVERIES = "deliveries.missing", "A message or call was never to be made"
        FAR_DELIVERIES = "deliveries.far", "Messages and calls were put off too far"
        LEFT_BEHIND = "people.left_behind", "People were inside a version that is over"
        WRONG_MOMENTS = "people.wrong_moment", "People were to be woken at a wrong moment"
        NOWHERE = "people.nowhere", "People waited for nothing"
        HELD = "people.held", "People were held though nothing is paused"

    sandbox = models.ForeignKey(Sandbox, on_delete=models.CASCADE, related_name="+")
    journey_id = models.BigIntegerField()
    code = models.CharField(max_length=40, choices=Code)
    message = models.CharField(max_length=500)
    count = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.CharField(max_length=150, blank=True, default="")
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-last_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["journey_id", "code"], condition=models.Q(resolved_at=None), name="engine_alert_one_open"
            )
        ]
        indexes = [
            models.Index(
                fields=["sandbox", "journey_id"], condition=models.Q(resolved_at=None), name="engine_alert_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} of journey {self.journey_id}"

    @property
    def goes_on(self) -> bool:
        """Whether it lasts until somebody or something ends it; else it was mended when it was found."""
        return self.code in GOING_ON


GOING_ON = (Alert.Code.LATE_PEOPLE, Alert.Code.LATE_DELIVERIES, Alert.Code.UNREADABLE)
