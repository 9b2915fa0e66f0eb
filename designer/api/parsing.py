"""Reading JSON that a stranger may have written."""

import json
from typing import IO, Any, NoReturn

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from designer.graphs import LARGEST, require_fits


class BoundedJson(BaseParser):
    """JSON of at most the size of a graph, and not nested without end.

    Not a child of DRF's JSONParser: that one asks Django for the whole body first, and Django's own limit, 2.5 MB for
    every form of the product, answers with a page instead of our error.
    """

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        body = stream.read(LARGEST + 1)
        require_fits(len(body))
        try:
            return json.loads(body, parse_constant=_refuse)
        except RecursionError as exc:
            raise ParseError("This JSON nests too deeply.") from exc
        except ValueError as exc:
            raise ParseError(f"This is not JSON: {exc}.") from exc


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number in JSON")
