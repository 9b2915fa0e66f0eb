#!/usr/bin/env python
"""Administrative commands; `manage.py help` lists them."""

import os
import sys

WITHOUT_DATABASE = {"help", "--help", "--version", "evaluate", "frontend", "run", "forget_everything"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "journeyopt.settings")
    from django.core.management import execute_from_command_line

    if len(sys.argv) > 1 and sys.argv[1] not in WITHOUT_DATABASE:
        from journeyopt import embedded_postgres

        embedded_postgres.ensure_if_embedded()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
