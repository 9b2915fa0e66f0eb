"""Whether the database has room, as far as this process knows from what it last refused to write."""

is_full = False
