"""What every test stands on: a real PostgreSQL (the embedded one, unless DATABASE_URL names another)."""

import os

os.environ.setdefault("VAR_DIR", os.path.join(os.path.dirname(os.path.dirname(__file__)), "var", "test"))

from journeyopt import embedded_postgres  # noqa: E402

embedded_postgres.ensure_if_embedded()
