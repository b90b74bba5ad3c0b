"""The decoder's entry, fed with files that were changed at random."""

from __future__ import annotations

from multiprocessing import get_context
from pathlib import Path

import numpy as np

from analysis.pipeline.decode import Damage, frames, keyframes, read_packets
from analysis.pipeline.survey import SurveyConfig, survey_plan
from analysis.pipeline.types import PipelineError, Window


def _read_all(paths: list[Path], results) -> None:
    """Everything that the pipeline does with a file before it looks at pictures."""
    for path in paths:
        try:
            packets = read_packets(path)
            survey_plan(packets, SurveyConfig())
            keys = packets.times[packets.keyframes]
            count = len(list(keyframes(path, keys, 320, Damage())))
            count += len(list(frames(path, Window(0.0, packets.duration), 5.0, 320, Damage())))
            results.put((path.name, f"read {count > 0}"))
        except PipelineError as error:
            results.put((path.name, error.problem.value))
        except Exception as error:  # anything else is what this test looks for
            results.put((path.name, f"unexpected: {error!r}"))


def test_mutated_files_end_in_pictures_or_in_a_reason(tmp_path):
    """In a process of its own: a decoder that crashed or hung would show."""
    from tests.factories import write_video  # needs Django, which the other process has not

    rng = np.random.default_rng(8)
    originals = [
        write_video(tmp_path / "a.mp4", seconds=3).read_bytes(),
        write_video(tmp_path / "b.mkv", seconds=3, codec="libx265").read_bytes(),
        write_video(tmp_path / "c.avi", seconds=3, codec="mpeg4").read_bytes(),
    ]
    paths = []
    for n in range(150):
        content = bytearray(originals[n % 3])
        for _ in range(int(rng.integers(1, 40))):
            match rng.integers(3):
                case 0:
                    content[rng.integers(len(content))] = rng.integers(256)
                case 1:
                    at, length = rng.integers(len(content)), rng.integers(1, 200)
                    del content[at : at + length]
                case _:
                    at = rng.integers(len(content))
                    content[at:at] = rng.bytes(int(rng.integers(1, 200)))
        paths.append(tmp_path / f"{n}.{('mp4', 'mkv', 'avi')[n % 3]}")
        paths[-1].write_bytes(content)
    context = get_context("spawn")
    results = context.Queue()
    process = context.Process(target=_read_all, args=(paths, results))
    process.start()
    told = dict(results.get(timeout=60) for _ in paths)
    process.join(30)
    assert process.exitcode == 0
    assert set(told) == {path.name for path in paths}
    assert not {name: answer for name, answer in told.items() if answer.startswith("unexpected")}
    assert sum(answer == "read True" for answer in told.values()) > 20
    assert any(answer != "read True" for answer in told.values())
