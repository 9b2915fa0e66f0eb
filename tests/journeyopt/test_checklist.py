"""The checklist and the guarantees name tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("docs/reference/checklist.md", "docs/explanation/guarantees.md")
NAMED = [
    named for page in PAGES for named in re.findall(r"`(tests/[\w/]+(?:\.py)?)(?:::(\w+))?`", (ROOT / page).read_text())
]


@pytest.mark.parametrize(("file", "test"), sorted(set(NAMED)))
def test_a_test_that_holds_a_row_exists(file: str, test: str) -> None:
    assert (ROOT / file).exists()
    if test:
        assert re.search(rf"^(async )?def {test}\b", (ROOT / file).read_text(), re.MULTILINE)
