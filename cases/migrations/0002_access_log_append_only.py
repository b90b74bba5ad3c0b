"""The database refuses to change or delete rows of the access log."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME;
END $$;
CREATE TRIGGER access_log_append_only BEFORE UPDATE OR DELETE ON cases_accesslog
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
BACKWARD = """
DROP TRIGGER access_log_append_only ON cases_accesslog;
DROP FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_cases_sightings_events")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
