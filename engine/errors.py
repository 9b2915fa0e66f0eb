"""The errors of the product: what happened, to which one, what to do now, and a stable code."""

from collections.abc import Sequence

from engine.problems import Problem


class JourneyOptError(Exception):
    """Something was refused. `code` is stable and safe to match on; `hint` says what to do."""

    code = "error"
    status = 400

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        code: str | None = None,
        problems: Sequence[Problem] = (),
        **extra: object,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or type(self).code
        self.problems = list(problems)
        self.extra = extra
