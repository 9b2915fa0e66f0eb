"""How many people took the nominal path of each profile cap."""

from django.db import migrations

TABLE = """
CREATE TABLE engine_cap (
    version_id bigint NOT NULL,
    node       text   NOT NULL,
    taken      bigint NOT NULL,
    PRIMARY KEY (version_id, node)
) WITH (fillfactor = 50);
"""


class Migration(migrations.Migration):
    dependencies = [("engine", "0005_pause")]

    operations = [migrations.RunSQL(TABLE, "DROP TABLE engine_cap")]
