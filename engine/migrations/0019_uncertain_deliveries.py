"""What the effect ledger counts: attempts that nobody knows the outcome of, and repetitions that it held back."""

from django.db import migrations

COUNT = """
ALTER TABLE engine_delivery
    ADD COLUMN outcomes_unknown smallint NOT NULL DEFAULT 0,
    ADD COLUMN duplicates_prevented smallint NOT NULL DEFAULT 0;
CREATE INDEX engine_delivery_uncertain ON engine_delivery (sandbox_id, created_at DESC)
    WHERE outcomes_unknown > 0 OR duplicates_prevented > 0;
"""
FORGET = "ALTER TABLE engine_delivery DROP COLUMN outcomes_unknown, DROP COLUMN duplicates_prevented;"


class Migration(migrations.Migration):
    dependencies = [("engine", "0018_work")]

    operations = [migrations.RunSQL(COUNT, FORGET)]
