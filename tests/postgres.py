"""A PostgreSQL for the tests: the embedded one with a data folder of its own, unless DATABASE_URL names another.

A pytest plugin (see pyproject.toml), because it must run before Django reads its settings.
"""

import os
from pathlib import Path

os.environ.setdefault("VAR_DIR", str(Path(__file__).resolve().parent.parent / "var" / "test"))

from journeyopt import embedded_postgres

embedded_postgres.ensure_if_embedded()
