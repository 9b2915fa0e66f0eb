"""What this machine can do: the real processes, measured for a minute in a database of their own."""
