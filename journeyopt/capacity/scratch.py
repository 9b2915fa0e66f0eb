"""A database of its own beside the product's, so that measuring touches nothing of anybody's."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from journeyopt import embedded_postgres

SUFFIX = "_capacity"


@contextmanager
def database() -> Iterator[str]:
    """The address of an empty database, which is gone afterwards. psycopg.Error: it cannot be made here."""
    address = os.environ.get("DATABASE_URL") or embedded_postgres.url()
    parts = urlsplit(address)
    name = f"{parts.path.lstrip('/')}{SUFFIX}"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield parts._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(drop)
