"""The 25 districts come by themselves into an empty database."""

from django.db import migrations

from cameras.districts import load_districts


def load(apps, schema_editor):
    load_districts(apps.get_model("cameras", "District"))


class Migration(migrations.Migration):
    dependencies = [("cameras", "0001_districts_cameras_recordings")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
