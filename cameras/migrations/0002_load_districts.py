"""The 25 districts come by themselves into an empty database."""

import json
from pathlib import Path

from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import migrations

SOURCE = Path(__file__).resolve().parent.parent / "data" / "districts.json"


def load(apps, schema_editor):
    District = apps.get_model("cameras", "District")
    for row in json.loads(SOURCE.read_text(encoding="utf-8"))["districts"]:
        polygons = [Polygon(*rings, srid=4326) for rings in row["boundary"]]
        District.objects.update_or_create(
            code=row["code"],
            defaults={
                "name_ko": row["name_ko"],
                "name_en": row["name_en"],
                "joined_year": row["joined_year"],
                "boundary": MultiPolygon(*polygons, srid=4326),
            },
        )


class Migration(migrations.Migration):
    dependencies = [("cameras", "0001_districts_cameras_recordings")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
