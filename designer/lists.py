"""What may be said of the file of a list before it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from designer.audiences import Given, require_sound
from engine import control
from engine.models import Audience, AudienceImport


@dataclass(frozen=True, kw_only=True)
class Upload:
    """How a file is to be taken in. `columns`: those to keep, by their names in the file: -> in the list."""

    key: str
    namespace: str
    columns: Mapping[str, str] = field(default_factory=dict)
    mode: str = AudienceImport.Mode.REPLACE
    file_name: str = ""

    def reading(self) -> control.ListReading:
        return control.ListReading(key=self.key, namespace=self.namespace, columns=self.columns)

    def given(self, name: str, description: str = "") -> Given:
        """The list that it makes, or makes of another."""
        return Given(
            name=name, description=description, kind=Audience.Kind.UPLOAD, namespace=self.namespace,
            columns=tuple(self.columns.values()),
        )  # fmt: skip

    def require_sound(self, name: str, *, sandbox_id: int) -> None:
        """BadAudience with every problem, each with its field."""
        require_sound(self.given(name), sandbox_id=sandbox_id)
