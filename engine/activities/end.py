"""End: every port without a line carries an End tag by itself; only its label can be changed."""

from engine.activities.base import Activity, Face


class End(Activity):
    face = Face(
        kind="end",
        label="End",
        description="The journey ends here for a person. Placed by itself on every open path.",
        category="exit",
        icon="flag",
        ports=(),
        placeable=False,
    )
