"""The docs say what is true: every setting, every generated page, every link."""

import re
from pathlib import Path

import pytest

from journeyopt.management.commands import reference

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
READ = re.compile(r"""(?:env\.\w+|environ\.get)\(\s*["']([A-Z][A-Z_]+)["']""")
OF_OTHERS = {"DJANGO_SETTINGS_MODULE", "PATH"}


def variables_read() -> set[str]:
    files = [*(ROOT / "journeyopt").rglob("*.py"), *(ROOT / "engine").rglob("*.py"), *(ROOT / "designer").rglob("*.py")]
    return {name for file in files for name in READ.findall(file.read_text())} - OF_OTHERS


def test_every_variable_that_is_read_is_described_and_no_other():
    page = (ROOT / "docs" / "reference" / "settings.md").read_text()
    described = {name for row in re.findall(r"^\| (`[^|]+`) \|", page, re.M) for name in re.findall(r"`(\w+)`", row)}

    assert described - {"WEB_WORKERS"} == variables_read()  # WEB_WORKERS is the Procfile's
    assert "WEB_WORKERS" in (ROOT / "Procfile").read_text()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["openapi.yaml", "expressions.md", "activities.md"])
def test_a_generated_page_is_up_to_date(name):
    assert (reference.FOLDER / name).read_text() == reference.pages()[name], "Run: manage.py reference"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_inside_the_project_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target
