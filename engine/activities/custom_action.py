"""Custom action: a call to another system by HTTP, with what it needs to know of the person."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal
from urllib.parse import quote, unquote, urlencode, urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict, Field

from engine.activities.base import (
    Activity,
    Behaviour,
    CompileExpression,
    Deliver,
    ExpressionUse,
    Face,
    HttpCall,
    NotDeliverable,
    PortRule,
)
from engine.activities.bodies import BodyField, nested
from engine.activities.durations import Duration
from engine.activities.json_values import in_text
from engine.expressions import Facts
from engine.problems import Problem

DELIVER = Deliver("http")
SAFE = "/:@!$&'()*+,;=-._~%"  # what may stand in a path; a person's data cannot add a query to it
LONGEST_TIMEOUT = timedelta(seconds=30)


class Named(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    # A header or query parameter: no control characters, and neither `.` nor `$` in front.
    name: str = Field(title="Name", pattern=r"^[!#%&'*+^_`|~0-9A-Za-z-][!#$%&'*+.^_`|~0-9A-Za-z-]{0,99}$")
    value: str = Field(title="Value", json_schema_extra={"format": "expression", "x-expect": "any"})


class CustomAction(Activity):
    face = Face(
        kind="custom-action",
        label="Custom action",
        description="Calls another system by HTTP. Tried again up to three times within the timeout.",
        category="action",
        icon="webhook",
        summary="{method} {url}",
        ports=(PortRule(name="next"), PortRule(name="error", label="Timeout or error", when="error_path")),
    )

    method: Literal["POST", "PUT", "GET"] = Field(default="POST", title="Method")
    url: str = Field(title="Address", min_length=1, max_length=2000, json_schema_extra={"x-placeholder": "https://"})
    path: str = Field(
        default="",
        title="Path",
        description="Appended to the address for each person.",
        json_schema_extra={"format": "expression", "x-expect": "string", "x-group": "Advanced"},
    )
    headers: tuple[Named, ...] = Field(
        default=(),
        max_length=30,
        title="Headers",
        description="What is named like a secret (Authorization, X-Api-Key) is not kept with the message.",
        json_schema_extra={"x-widget": "rows", "x-group": "Advanced"},
    )
    query: tuple[Named, ...] = Field(
        default=(),
        max_length=30,
        title="Query parameters",
        json_schema_extra={"x-widget": "rows", "x-group": "Advanced"},
    )
    body: tuple[BodyField, ...] = Field(
        default=(),
        max_length=100,
        title="Body",
        description="Sent as JSON. A dotted name makes an object inside.",
        json_schema_extra={"x-widget": "rows"},
    )
    timeout: Duration | None = Field(
        default=None,
        title="Timeout",
        description="For all attempts together, 1 to 30 seconds. Empty: as the properties of the journey say.",
        json_schema_extra={"x-group": "Advanced", "x-unit": "seconds"},
    )
    error_path: bool = Field(default=False, title="Add an alternative path in case of a timeout or an error")

    def expressions(self) -> Iterator[ExpressionUse]:
        if self.path:
            yield ExpressionUse(field="path", text=self.path, expect="string")
        for name in ("headers", "query", "body"):
            for index, item in enumerate(getattr(self, name)):
                yield ExpressionUse(field=f"{name}.{index}.value", text=item.value)

    def problems(self) -> Iterator[Problem]:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or "\n" in self.url or " " in self.url:
            yield Problem(
                code="ERR_ADDRESS",
                message=f"{self.url!r} is not an address that can be called.",
                hint="Give an address such as https://api.example.com/orders.",
                field="url",
            )
        if self.timeout is not None and not timedelta(seconds=1) <= self.timeout <= LONGEST_TIMEOUT:
            yield Problem(
                code="ERR_ACTION_TIMEOUT",
                message="The timeout of an action is 1 to 30 seconds.",
                hint="Choose a value in that range.",
                field="timeout",
            )
        if self.method == "GET" and self.body:
            yield Problem(
                code="ERR_BODY_WITH_GET",
                message="A GET call has no body.",
                hint="Use query parameters, or choose POST or PUT.",
                field="body",
            )

    def compile(self, expression: CompileExpression) -> Behaviour:
        address = urlsplit(self.url)
        path = expression(self.path, "string") if self.path else None
        headers = tuple((item.name, expression(item.value, "any")) for item in self.headers)
        query = tuple((item.name, expression(item.value, "any")) for item in self.query)
        body = tuple((item.name.split("."), expression(item.value, "any")) for item in self.body)

        def build(facts: Facts) -> HttpCall:
            place = address.path + (_below(in_text(path(facts) or "")) if path else "")
            pairs = [(name, in_text(value)) for name, fn in query if (value := fn(facts)) is not None]
            asked = "&".join(part for part in (address.query, urlencode(pairs)) if part)
            url = urlunsplit((address.scheme, address.netloc, place, asked, ""))
            sent = {name: in_text(value) for name, fn in headers if (value := fn(facts)) is not None}
            if any(character in value for value in sent.values() for character in "\r\n\0"):
                raise NotDeliverable("header", "A header's value contains a line break.")
            return HttpCall(
                method=self.method,
                url=url,
                headers=sent,
                body=nested(body, facts) if self.method != "GET" else None,
                timeout=self.timeout,
            )

        return Behaviour(enter=lambda facts, chance: DELIVER, build=build, has_error_path=self.error_path, acts=True)


def _below(path: str) -> str:
    """A path to append. What a person's data holds must not climb out of the address that the author gave."""
    if any(unquote(part) in (".", "..") for part in path.split("/")):
        raise NotDeliverable("path", "The path holds a part that is only dots; it would lead to another address.")
    return quote(path, safe=SAFE)
