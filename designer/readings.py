"""What a reading says of itself: its state in a word, why it is so, and what to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from designer.templatetags.words import in_words
from engine import audience_control
from engine.models import ReadRun

State, Reason = ReadRun.State, ReadRun.Reason

# State -> its tone and its word on a badge.
WORDS = {
    State.WAITING: ("neutral", "Waiting"),
    State.GATHERING: ("accent", "Gathering"),
    State.READING: ("accent", "Reading"),
    State.RESTING: ("accent", "Between waves"),
    State.DONE: ("ok", "Done"),
    State.SKIPPED: ("warn", "Skipped"),
    State.FAILED: ("bad", "Failed"),
    State.DROPPED: ("warn", "Stopped"),
    State.EXPIRED: ("warn", "Expired"),
}
_WAITS = (
    "It begins within a minute, unless it waits for a new evaluation of its audience, or for room: "
    "at most five audiences are read at once."
)
_AFTERWARDS = "Who was read stays; the rest is not read."
# (state, reason) -> why, and what to do. A run that was dropped without a reason was stopped by hand.
SENTENCES: dict[tuple[str, str], str] = {
    (State.WAITING, ""): _WAITS,
    (State.GATHERING, ""): "Who is in the audience is written down.",
    (State.READING, ""): "",
    (State.RESTING, ""): "",
    (State.DONE, ""): "",
    (State.SKIPPED, Reason.PAUSED): "The version was paused when it was due. Resume it, and the next one is read.",
    (State.SKIPPED, Reason.NO_EVALUATION): (
        "The audience was not evaluated anew in time. Evaluate it before the next one, or let the journey wait longer."
    ),
    (State.FAILED, Reason.NO_AUDIENCE): (
        "There is no audience of this name any more. Make it again, or publish a version that reads another."
    ),
    (State.FAILED, Reason.NOT_GATHERED): (
        "Its people could not be written down within an hour. The log of the server says why."
    ),
    (State.DROPPED, Reason.PAUSED): f"The version was paused meanwhile. {_AFTERWARDS}",
    (State.DROPPED, Reason.ENDED): f"The version was closed or stopped meanwhile. {_AFTERWARDS}",
    (State.DROPPED, ""): f"Somebody stopped it. {_AFTERWARDS}",
    (State.DROPPED, Reason.OVERTAKEN): f"A further business event came, and has the audience read anew. {_AFTERWARDS}",
    (State.EXPIRED, Reason.TOO_LATE): (
        "It could not begin within 12 hours. See that the background jobs run, and that not too much is read at once."
    ),
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """A run in words."""

    tone: str
    word: str
    sentence: str
    took: timedelta | None

    @classmethod
    def of(cls, found: audience_control.ReadingRun, now: datetime) -> "Told":
        run = found.run
        tone, word = WORDS[State(run.state)]
        sentence = SENTENCES.get((run.state, run.reason), run.get_reason_display())
        if run.state == State.WAITING and run.next_try_at is not None:
            sentence = "Its people could not be written down. It is tried again within ten minutes, for an hour."
        if run.state == State.RESTING and run.waves:
            sentence = _waits_for_wave(run.waves, run.wave + 1, now)
        if run.state == State.DONE and run.total == 0:
            sentence = "There was nobody to read."
        took = (run.finished_at or now) - run.started_at if run.started_at is not None else None
        return cls(tone=tone, word=word, sentence=sentence, took=took)


def _waits_for_wave(waves: list[tuple[str, int]], number: int, now: datetime) -> str:
    """What a run between two waves waits for. `number`: of the next one, from 0; past the end after the last."""
    if number >= len(waves):
        return "The last wave is read; it ends within a minute."
    starts_at = datetime.fromisoformat(waves[number][0])
    return f"Wave {number + 1} of {len(waves)} begins {in_words(starts_at, now)}."
