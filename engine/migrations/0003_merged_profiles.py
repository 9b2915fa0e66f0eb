"""Which profiles were merged into this one? Asked for every person looked at or erased; only merged rows are indexed."""

from django.db import migrations

FORWARD = "CREATE INDEX engine_profile_merged ON engine_profile (merged_into) WHERE merged_into IS NOT NULL"
BACKWARD = "DROP INDEX engine_profile_merged"


class Migration(migrations.Migration):
    dependencies = [("engine", "0002_people")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
