"""What may be said of the file of a list before it is read."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from engine import audience_control
from engine.models import Audience, AudienceImport

# How people call a column of what a standard namespace names, in small letters and digits alone.
CALLED = {
    "Email": ("email", "mail", "emailaddress"),
    "Phone": ("phone", "mobile", "tel", "telephone", "phonenumber"),
    "userId": ("userid", "user", "id"),
    "CRMID": ("crmid", "customernumber", "customerid", "customer"),
}


@dataclass(frozen=True, kw_only=True)
class Upload:
    """How a file is to be taken in. `columns`: those to keep, by their names in the file: -> in the list."""

    key: str
    namespace: str
    columns: Mapping[str, str] = field(default_factory=dict)
    mode: str = AudienceImport.Mode.REPLACE
    file_name: str = ""

    def reading(self) -> audience_control.ListReading:
        return audience_control.ListReading(key=self.key, namespace=self.namespace, columns=self.columns)

    def wanted(self, name: str, description: str = "") -> audience_control.AudienceWanted:
        """The list that it makes, or makes of another."""
        return audience_control.AudienceWanted(
            name=name, description=description, kind=Audience.Kind.UPLOAD, namespace=self.namespace,
            columns=tuple(self.columns.values()), every=None,
        )  # fmt: skip

    def require_sound(self, name: str, *, sandbox_id: int, audience_id: int | None = None) -> None:
        """NotAnAudience with every problem, each with its field. `audience_id`: of the list, if it is there already."""
        problems = audience_control.audience_problems(
            sandbox_id=sandbox_id, wanted=self.wanted(name), audience_id=audience_id
        )
        if problems:
            raise audience_control.NotAnAudience(
                f"The list {name!r} cannot be kept like this.", hint="Mend the problems listed.", problems=problems
            )


def guess(
    header: Sequence[str], rows: Sequence[Sequence[str]], namespaces: Collection[str], *, preferred: str = ""
) -> tuple[str, str]:
    """The column that says who people are, and its namespace, as far as the beginning of a file tells.

    `preferred`: a namespace that it is, if there is any sign of it. By its name, else by the addresses in it, else the
    first column it is.
    """
    known = sorted(namespaces, key=lambda code: code != preferred)
    plain = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in reversed(header)}
    for code in known:
        for called in (code.lower(), *CALLED.get(code, ())):
            if called in plain:
                return plain[called], code
    for at, name in enumerate(header):
        cells = [row[at] for row in rows if len(row) > at and row[at]]
        if "Email" in namespaces and cells and all("@" in cell for cell in cells):
            return name, "Email"
    return header[0], known[0] if known else ""
