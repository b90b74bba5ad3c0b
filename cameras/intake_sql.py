"""What applying and undoing an inventory's file does to cameras, in the database's own words.

Each statement writes the cameras and their history together. Parameters: intake, by (keys), down (kinds of mending that are
turned down). Names of columns come from this project, never from a file.
"""

from __future__ import annotations

from .inventory.sorting import COMPARED

TEXTS = ("address", "lot_address", "agency", "view", "telephone", "purpose", "kind", "status")
FLOATS = ("heading", "field_of_view", "tilt", "range_m", "mounting_height", "fps", "clock_offset_s")
DATES = ("installed", "as_of")


#: Rows of whole files are joined, and statistics of new ones may be missing: without this, row by row.
WHOLE_FILES = "SET LOCAL enable_nestloop = off"


def _typed(name: str, source: str) -> str:
    """A field out of JSON, as the table has it."""
    value = f"{source} ->> '{name}'"
    if name in TEXTS:
        return value
    if name == "more_headings":
        elements = f"jsonb_array_elements_text({source} -> 'more_headings')"
        return f"coalesce((SELECT array_agg(x::float8) FROM {elements} x), '{{}}')"  # nosec B608
    kind = "date" if name in DATES else "float8" if name in FLOATS else "int"
    return f"({value})::{kind}"


def _usual(name: str) -> str:
    return {
        "purpose": "'other'",
        "kind": "'regular'",
        "count": "1",
        "retention_days": "30",
        "more_headings": "'{}'",
    }.get(name, "''" if name in TEXTS else "NULL")


_TAKEN = "r.intake_id = %(intake)s AND NOT r.kinds && %(down)s::varchar[]"
_POINT = "ST_SetSRID(ST_MakePoint((r.values ->> 'longitude')::float8, (r.values ->> 'latitude')::float8), 4326)"
ADDED = f"""
    WITH made AS (
        INSERT INTO cameras_camera (district_id, asset_number, location, status, clock_offset_s, {", ".join(COMPARED)})
        SELECT r.district, r.asset_number, {_POINT}, 'working', 0,
            {", ".join(f"coalesce({_typed(name, 'r.values')}, {_usual(name)})" for name in COMPARED)}
        FROM cameras_intakerow r WHERE {_TAKEN} AND r.verdict = 'added' ORDER BY r.line
        RETURNING id, district_id, asset_number)
    INSERT INTO cameras_camerachange (camera_id, district_id, asset_number, kind, at, by_id, intake_id, before, after)
    SELECT made.id, made.district_id, made.asset_number, 'added', now(), %(by)s, %(intake)s, '{{}}', r.values
    FROM made JOIN cameras_intakerow r
        ON r.intake_id = %(intake)s AND r.verdict = 'added' AND (r.district, r.asset_number) = (made.district_id, made.asset_number)
"""  # nosec B608
CHANGED = f"""
    WITH taken AS (SELECT r.* FROM cameras_intakerow r WHERE {_TAKEN} AND r.verdict = 'changed'),
    told AS (
        INSERT INTO cameras_camerachange (camera_id, district_id, asset_number, kind, at, by_id, intake_id, before, after)
        SELECT r.camera, r.district, r.asset_number, 'changed', now(), %(by)s, %(intake)s,
            (SELECT jsonb_object_agg(key, value -> 0) FROM jsonb_each(r.changes)),
            (SELECT jsonb_object_agg(key, value -> 1) FROM jsonb_each(r.changes))
        FROM taken r)
    UPDATE cameras_camera c SET
        location = CASE WHEN r.changes ? 'location' THEN {_POINT} ELSE c.location END,
        status = CASE WHEN r.changes ? 'status' THEN 'working' ELSE c.status END,
        {", ".join(f"{n} = CASE WHEN r.changes ? '{n}' THEN {_typed(n, 'r.values')} ELSE c.{n} END" for n in COMPARED)}
    FROM taken r WHERE c.id = r.camera
"""  # nosec B608
RETIRED = f"""
    WITH gone AS (
        SELECT c.id, c.district_id, c.asset_number, c.status FROM cameras_camera c JOIN cameras_intakerow r ON r.camera = c.id
        WHERE {_TAKEN} AND r.verdict = 'missing'),
    told AS (
        INSERT INTO cameras_camerachange (camera_id, district_id, asset_number, kind, at, by_id, intake_id, before, after)
        SELECT id, district_id, asset_number, 'retired', now(), %(by)s, %(intake)s, jsonb_build_object('status', status),
            '{{"status": "retired"}}' FROM gone)
    UPDATE cameras_camera c SET status = 'retired' FROM gone WHERE c.id = gone.id
"""  # nosec B608
#: Of a file or of a batch: its changes to cameras that nobody has changed since.
UNTOUCHED = {
    column: f"""
    CREATE TEMPORARY TABLE untouched ON COMMIT DROP AS
    SELECT h.* FROM cameras_camerachange h WHERE h.{column} = %(value)s AND h.camera_id IS NOT NULL AND h.kind IN ({kinds})
        AND NOT EXISTS (SELECT 1 FROM cameras_camerachange later WHERE later.camera_id = h.camera_id AND later.id > h.id)
"""  # nosec B608
    for column, kinds in (("intake_id", "'added', 'changed', 'retired'"), ("batch", "'changed', 'retired'"))
}
KEPT_BY_HAND = (
    "status", "tilt", "range_m", "mounting_height", "width", "height", "fps", "clock_offset_s",
)  # fmt: skip
RESTORED = f"""
    UPDATE cameras_camera c SET
        location = CASE WHEN h.before ? 'location' THEN ST_SetSRID(ST_MakePoint(
            (h.before -> 'location' ->> 0)::float8, (h.before -> 'location' ->> 1)::float8), 4326) ELSE c.location END,
        {", ".join(f"{n} = CASE WHEN h.before ? '{n}' THEN {_typed(n, 'h.before')} ELSE c.{n} END" for n in (*COMPARED, *KEPT_BY_HAND))}
    FROM untouched h WHERE c.id = h.camera_id AND h.kind <> 'added'
"""  # nosec B608
UNDONE = """
    INSERT INTO cameras_camerachange (camera_id, district_id, asset_number, kind, at, by_id, intake_id, batch, before, after)
    SELECT camera_id, district_id, asset_number, 'undone', now(), %(by)s, %(intake)s, NULL, after, before FROM untouched
"""
