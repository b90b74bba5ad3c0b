"""What a deployment's settings mean."""

from __future__ import annotations

from seoulcctv.environment import OWN_EMBEDDER, Environment


def test_a_model_that_lies_in_the_folder_is_used_only_where_it_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("SEOULCCTV_EMBEDDER_WEIGHTS", raising=False)
    larger = tmp_path / "person-reidentification-retail-0288.xml"
    larger.touch()
    assert Environment(weights_dir=tmp_path, _env_file=None).embedder_path == OWN_EMBEDDER
    named = Environment(weights_dir=tmp_path, embedder_weights=larger.name, _env_file=None)
    assert named.embedder_path == larger
