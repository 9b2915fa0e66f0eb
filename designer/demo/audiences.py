"""Whom the shop tells apart: who reads its newsletter, who bought lately, who spends much, and whom it wants back."""

from datetime import timedelta

from engine import audience_control

READERS, LATELY, SPENDERS, LOST = "Newsletter readers", "Bought lately", "Big spenders", "Readers to win back"
_ORDERS = "#{{Profile.events.OrderCompleted.all(inLastDays(currentDataPackField.timestamp, {days}))}}"
_TOTALS = "#{{Profile.events.OrderCompleted.all(inLastDays(currentDataPackField.timestamp, {days})).properties.total}}"

# In this order: each is there before another is composed of it.
AUDIENCES = (
    audience_control.AudienceWanted(
        name=READERS,
        description="Who said yes to the newsletter.",
        evaluation="streaming",
        rule="#{Profile.attributes.newsletter} == true",
    ),
    audience_control.AudienceWanted(
        name=LATELY,
        description="At least one order in the last 30 days.",
        evaluation="streaming",
        rule=f"count({_ORDERS.format(days=30)}) >= 1",
    ),
    audience_control.AudienceWanted(
        name=SPENDERS,
        description="Orders of 300 EUR and more in the last 90 days.",
        every=timedelta(hours=1),
        rule=f"sum({_TOTALS.format(days=90)}) >= 300",
    ),
    audience_control.AudienceWanted(
        name=LOST,
        description="They read the newsletter, and bought nothing lately.",
        evaluation="streaming",
        kind="composition",
        composition={"operator": "exclusion", "audiences": [READERS, LATELY]},
    ),
)
