"""What constraints cannot say: only the latest version may be a draft, and the audit log is append-only."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION designer_draft_is_latest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'draft' AND EXISTS (
        SELECT 1 FROM designer_version other
        WHERE other.journey_id = NEW.journey_id AND (other.major, other.minor) > (NEW.major, NEW.minor)
    ) THEN
        RAISE EXCEPTION 'Only the latest version of journey % may be a draft', NEW.journey_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'designer_draft_is_latest';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER designer_draft_is_latest BEFORE INSERT OR UPDATE OF status, major, minor ON designer_version
    FOR EACH ROW EXECUTE FUNCTION designer_draft_is_latest();

CREATE FUNCTION designer_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log is append-only';
END $$;
CREATE TRIGGER designer_audit_is_append_only BEFORE UPDATE OR DELETE ON designer_auditentry
    FOR EACH ROW EXECUTE FUNCTION designer_audit_is_append_only();
"""

BACKWARD = """
DROP TRIGGER designer_audit_is_append_only ON designer_auditentry;
DROP FUNCTION designer_audit_is_append_only();
DROP TRIGGER designer_draft_is_latest ON designer_version;
DROP FUNCTION designer_draft_is_latest();
"""


class Migration(migrations.Migration):
    dependencies = [("designer", "0001_journeys")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
