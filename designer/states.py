"""Every move a version can make, as data: held by constraints, drawn in docs/explanation/version-lifecycle.md."""

from dataclasses import dataclass

from django.db.models import TextChoices


class Status(TextChoices):
    DRAFT = "draft", "Draft"
    LIVE = "live", "Live"
    PAUSED = "paused", "Paused"
    RESUMING = "resuming", "Resuming"
    CLOSED = "closed", "Closed"
    STOPPED = "stopped", "Stopped"
    FINISHED = "finished", "Finished"


# The version of a journey that people enter, or would if it were not paused. There is one at most.
CURRENT = frozenset({Status.LIVE, Status.PAUSED, Status.RESUMING})


@dataclass(frozen=True, kw_only=True)
class Move:
    """One verb: from where it may be said, and where it leads."""

    verb: str
    sources: frozenset[Status]
    target: Status
    meaning: str


MOVES: dict[str, Move] = {
    move.verb: move
    for move in (
        Move(
            verb="publish",
            sources=frozenset({Status.DRAFT}),
            target=Status.LIVE,
            meaning="People may enter.",
        ),
        Move(
            verb="pause",
            sources=frozenset({Status.LIVE}),
            target=Status.PAUSED,
            meaning="Nobody enters; those inside go on up to the next step that acts.",
        ),
        Move(
            verb="resume",
            sources=frozenset({Status.PAUSED}),
            target=Status.RESUMING,
            meaning="People may enter; those who are held go on, a part at a time.",
        ),
        Move(
            verb="settle",
            sources=frozenset({Status.RESUMING}),
            target=Status.LIVE,
            meaning="Everybody who was held has gone on.",
        ),
        Move(
            verb="close",
            sources=frozenset({Status.LIVE}),
            target=Status.CLOSED,
            meaning="Nobody new enters; those inside finish.",
        ),
        Move(
            verb="supersede",
            sources=frozenset({Status.LIVE}),
            target=Status.CLOSED,
            meaning="A newer version went live; those inside finish here.",
        ),
        Move(
            verb="stop",
            sources=CURRENT | {Status.CLOSED},
            target=Status.STOPPED,
            meaning="Everybody inside is taken out at once, for good.",
        ),
        Move(
            verb="finish",
            sources=CURRENT | {Status.CLOSED},
            target=Status.FINISHED,
            meaning="It is over: the end date came, or it has been closed for 91 days.",
        ),
    )
}

# What a person may ask for. The others follow from something else.
ASKED = ("publish", "pause", "resume", "close", "stop")
# Statuses in which a journey's version may be thrown away.
DELETABLE = frozenset({Status.DRAFT, Status.FINISHED})


def allowed_from(status: str) -> list[str]:
    """The moves a person may ask for in this status."""
    return [verb for verb in ASKED if status in MOVES[verb].sources]


def mermaid() -> str:
    """The moves as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> draft: create"]
    for move in MOVES.values():
        lines += [
            f"    {source.value} --> {move.target.value}: {move.verb}" for source in Status if source in move.sources
        ]
    return "\n".join(lines)
