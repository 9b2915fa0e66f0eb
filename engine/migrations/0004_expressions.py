"""The functions that audiences' SQL calls where the expression language and SQL mean different things."""

from pathlib import Path

from django.db import migrations

SCHEMA = Path(__file__).resolve().parent.parent / "sql" / "schema"


class Migration(migrations.Migration):
    dependencies = [("engine", "0003_definition_world")]

    operations = [migrations.RunSQL((SCHEMA / "expressions.sql").read_text(encoding="utf-8"))]
