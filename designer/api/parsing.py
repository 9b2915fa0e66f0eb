"""Reading JSON that a stranger may have written."""

import json
from typing import IO, Any, NoReturn

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from designer.errors import TooLarge
from designer.payload import LARGEST

# The largest graph fits however its writer escaped it, and one that is too large is read, to say what in it is.
MOST_BODY = 3 * LARGEST


class BoundedJson(BaseParser):
    """JSON with room for a graph of the largest size, and not nested without end.

    Not a child of DRF's JSONParser: that one asks Django for the whole body first, and Django's own limit, 2.5 MB for
    every form of the product, answers with a page instead of our error.
    """

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        body = stream.read(MOST_BODY + 1)
        if len(body) > MOST_BODY:
            raise TooLarge(f"This is more than {MOST_BODY:,} bytes.", hint=f"A journey takes at most {LARGEST:,}.")
        try:
            return json.loads(body, parse_constant=_refuse)
        except RecursionError as exc:
            raise ParseError("This JSON nests too deeply.") from exc
        except ValueError as exc:
            raise ParseError(f"This is not JSON: {exc}.") from exc


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number in JSON")
