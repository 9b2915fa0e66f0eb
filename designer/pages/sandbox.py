"""Which sandbox a request works in: the one its user chose last, else the first that they belong to."""

from collections.abc import Callable
from functools import cached_property

from django.http import HttpRequest, HttpResponse

from designer import preferences
from designer.permissions import TABLE, Verb, may, role_in
from designer.queries import sandboxes_of
from engine.models import Sandbox

PREFERENCE = "sandbox"


class Workplace:
    """The sandbox of one request and what its user may do there. Asks the database when first looked at, and once."""

    def __init__(self, request: HttpRequest) -> None:
        self._user = request.user

    @cached_property
    def sandbox(self) -> Sandbox | None:
        """None for somebody who belongs to no sandbox."""
        mine = sandboxes_of(self._user)
        chosen = preferences.read(self._user, PREFERENCE)
        found = mine.filter(pk=chosen).first() if isinstance(chosen, int) else None
        return found or mine.first()

    @cached_property
    def role(self) -> str | None:
        return role_in(self._user, self.sandbox.pk) if self.sandbox else None

    def may(self, verb: Verb) -> bool:
        return may(self.role, verb)

    @property
    def verbs(self) -> frozenset[Verb]:
        """Everything its user may do there, for templates to ask: `{% if "delete" in workplace.verbs %}`."""
        return TABLE[self.role] if self.role else frozenset()

    def enter(self, sandbox: Sandbox) -> None:
        """Work in this sandbox from here on: its user chose it, or followed a link to something in it."""
        if self.sandbox != sandbox:
            preferences.write(self._user, PREFERENCE, sandbox.pk)
            self.sandbox = sandbox
            self.__dict__.pop("role", None)


class SandboxMiddleware:
    """Puts `request.workplace` on every request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.workplace = Workplace(request)  # type: ignore[attr-defined]
        return self.get_response(request)
