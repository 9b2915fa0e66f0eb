"""The tables people move through, made in SQL: shard-led keys, partial indexes, partitions."""

from datetime import UTC, datetime
from pathlib import Path

from django.db import migrations

SCHEMA = Path(__file__).resolve().parent.parent / "sql" / "schema"


def make_months(apps, schema_editor):
    today = datetime.now(UTC).date().replace(day=1)
    following = today.replace(year=today.year + today.month // 12, month=today.month % 12 + 1)
    with schema_editor.connection.cursor() as cursor:
        for month in (today, following):
            cursor.execute("SELECT engine_make_month(%s)", [month])


class Migration(migrations.Migration):
    dependencies = [("engine", "0001_configuration")]

    operations = [
        migrations.RunSQL((SCHEMA / "people.sql").read_text()),
        migrations.RunSQL((SCHEMA / "history.sql").read_text()),
        migrations.RunPython(make_months),
    ]
