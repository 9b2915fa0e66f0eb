"""Where the rule of an audience finds people, their events and their audiences, over some shards at a time.

Its queries stand on `engine_profile AS profile`, beside it `MEMBER`, and take the parameters `shards` and `known`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from engine.expressions.to_sql import Bind, EventRows, Moment

SHARDS_ASKED = "%(shards)s::smallint[]"
# Who is in which of the audiences `known`: read once for all rules. Looking for each person and rule took a third of
# an evaluation. Index: the primary key of engine_membership.
MEMBER = f"""
LEFT JOIN (
    SELECT profile_id, array_agg(audience_id) AS audiences FROM engine_membership
     WHERE shard = ANY ({SHARDS_ASKED}) AND audience_id = ANY (%(known)s::bigint[]) AND is_member {{alone}}
     GROUP BY profile_id
) AS member ON member.profile_id = profile.id
"""


@dataclass(frozen=True, slots=True)
class People:
    """The ground of `to_sql`. `audiences`: their ids, by name; nobody is in one that is not among them."""

    audiences: Mapping[str, int]

    @property
    def attributes(self) -> str:
        return "profile.attributes"

    def events(self, definition: str, alias: str, bind: Bind) -> EventRows:
        matched = bind(orjson.dumps([{"definition": definition}]).decode(), "jsonb")
        return EventRows(
            table=f"engine_event AS {alias}",
            where=f"{alias}.shard = ANY ({SHARDS_ASKED}) AND {alias}.outcomes @> {matched}",
            belongs=((f"{alias}.profile_id", "profile.id"),),
            payload=f"{alias}.payload",
            newest_first=(f"{alias}.occurred_at", f"{alias}.id"),
            moments={"timestamp": Moment(column=f"{alias}.occurred_at", not_after=f"{alias}.received_at")},
        )

    def in_audience(self, audience: str, bind: Bind) -> str:
        id = self.audiences.get(audience)
        if id is None:
            return "false"
        return f"coalesce({bind(id, 'bigint')} = ANY (member.audiences), false)"
