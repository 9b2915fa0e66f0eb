"""The same journey in other engines for durable work, on the same PostgreSQL: event, condition, update profile, end.

Each person has a row in peer_profile. The event is written into peer_event, the condition looks at its total, the
profile gets a plan, the end is noted. Each is what its own documentation advises.
"""
