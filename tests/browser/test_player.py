"""The passage as a film: played by key, the track drawn in, picture by picture, closed with the decision."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.factories import make_candidate, make_case, make_recording, make_tracklet, write_video

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(transactional_db, settings):
    case = make_case()
    folder = Path(settings.FOOTAGE_ROOT) / "clips"
    folder.mkdir(parents=True)
    for index in range(2):
        write_video(folder / f"{index}.mp4", seconds=30, fps=10, codec="libx265" if index else "libx264")
        recording = make_recording(start=case.last_seen_at + timedelta(minutes=5 + index), file=f"clips/{index}.mp4")
        make_candidate(case, make_tracklet(recording, second=10.0), score=0.9 - 0.1 * index)
    return case


def video(page, what: str):
    return page.evaluate(f"document.querySelector('#player video').{what}")


def until(true) -> None:
    """Polls from here: the page's content policy lets nobody evaluate text in it."""
    end = time.monotonic() + 15
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_by_key(case, open_page):
    page = open_page(case.opened_by, f"/cases/{case.number}/")
    page.wait_for_selector("#focus[aria-busy=false] [data-decide=play]")
    page.keyboard.press("p")
    until(lambda: video(page, "currentTime") > 2.3)
    expect(page.locator("#player canvas[data-drawn='1']")).to_have_count(1)
    assert (video(page, "videoWidth"), page.evaluate("document.querySelector('#player canvas').width")) == (320, 320)
    page.keyboard.press("p")
    until(lambda: video(page, "paused"))
    before = video(page, "currentTime")
    page.keyboard.press(".")
    until(lambda: abs(video(page, "currentTime") - before - 1 / 15) < 0.01)
    page.keyboard.press(",")
    page.keyboard.press(",")
    until(lambda: video(page, "currentTime") < before)
    page.select_option("#player select", "4")
    assert video(page, "playbackRate") == 4
    page.keyboard.press("j")  # another candidate: another clip
    expect(page.locator("#player")).to_be_hidden()
    page.wait_for_timeout(300)
    page.keyboard.press("p")  # recorded in H.265, which the browser does not play
    until(lambda: video(page, "currentTime") > 0.3)
    page.keyboard.press("n")
    expect(page.locator("#player")).to_be_hidden()


def test_what_cannot_be_played_is_said(case, open_page, settings):
    for path in Path(settings.FOOTAGE_ROOT).glob("clips/*"):
        path.unlink()
    page = open_page(case.opened_by, f"/cases/{case.number}/")
    page.wait_for_selector("#focus[aria-busy=false] [data-decide=play]")
    page.click("#focus[aria-busy=false] [data-decide=play]")
    expect(page.locator("#player [role=status]")).to_contain_text("파일을 열 수 없")
    page.click("#player [data-play=close]")
    expect(page.locator("#player")).to_be_hidden()


def test_somebody_else_in_the_picture_is_looked_at(case, open_page):
    first = case.candidates.order_by("-score").first()
    other = make_tracklet(first.tracklet.recording, 10.0, boxes=[[200, 40, 260, 180]] * 2, upper={"green": 1.0})
    page = open_page(case.opened_by, f"/cases/{case.number}/")
    page.wait_for_selector("#focus[aria-busy=false] [data-decide=play]")
    page.keyboard.press("p")
    expect(page.locator("#player canvas[data-drawn='1']")).to_have_count(1)
    screen = page.locator("#player canvas").bounding_box()
    scale = min(screen["width"] / 320, screen["height"] / 240)
    left = (screen["width"] - 320 * scale) / 2
    page.locator("#player canvas").click(position={"x": left + 230 * scale, "y": 110 * scale})
    expect(page.locator("[data-candidate].chosen .chip.past")).to_be_visible()
    assert case.candidates.get(tracklet=other).pointed_at
    expect(page.locator("#focus .current img")).to_be_visible()
