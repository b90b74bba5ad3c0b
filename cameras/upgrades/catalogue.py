"""Indicators that cities use for such plans: how they are called, counted, and which way is worse.

A file may bring any other; then whoever brings it says so. Those that the system measures itself are named here too.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Known:
    """worse: 1 where more is worse, -1 where more is better; kind: ``count`` or ``rate``; words: as columns may be headed."""

    name_ko: str
    name_en: str
    unit_ko: str
    unit_en: str
    worse: int
    kind: str
    words: tuple[str, ...] = ()


CATALOGUE: dict[str, Known] = {
    "crime_murder": Known("살인", "Murders", "건/년", "a year", 1, "count", ("살인 발생",)),
    "crime_robbery": Known("강도", "Robberies", "건/년", "a year", 1, "count", ("강도 발생",)),
    "crime_rape": Known("강간·강제추행", "Sexual assaults", "건/년", "a year", 1, "count", ("강간", "강간 발생", "성범죄")),
    "crime_theft": Known("절도", "Thefts", "건/년", "a year", 1, "count", ("절도 발생",)),
    "crime_violence": Known("폭력", "Assaults", "건/년", "a year", 1, "count", ("폭력 발생",)),
    "single_households": Known("1인 가구 비율", "Single-person households", "%", "%", 1, "rate", ("1인가구", "1인 가구", "1인가구비율")),
    "population": Known("인구", "Residents", "명", "people", 1, "count", ("인구수", "총인구")),
    "population_65_plus": Known("65세 이상 인구", "Residents of 65 and more", "명", "people", 1, "count", ("고령자", "65세이상", "노인인구")),
    "dementia": Known("치매 등록 환자", "People with dementia", "명", "people", 1, "count", ("치매환자", "치매")),
    "disabled": Known("등록 장애인", "Disabled residents", "명", "people", 1, "count", ("장애인", "장애인수")),
    "night_population": Known("야간 생활인구", "People there at night", "명", "people", 1, "count", ("야간인구", "생활인구")),
    "street_lights": Known("가로등", "Street lights", "개", "lights", -1, "count", ("가로등수", "보안등")),
    "police_calls": Known("112 신고", "Police calls", "건/년", "a year", 1, "count", ("112", "신고건수")),
    "schools": Known("학교", "Schools", "곳", "places", 1, "count", ("학교수",)),
    "stations": Known("역", "Stations", "곳", "places", 1, "count", ("지하철역",)),
    "cctv_count": Known("CCTV 수 (통계)", "Cameras (statistics)", "대", "cameras", -1, "count", ("CCTV", "CCTV 수")),
}  # fmt: skip

#: Measured by the system itself: key to name, unit, direction.
MEASURED = {
    "uncovered": (_("Ground that no camera covers"), "%", 1),
    "camera_density": (_("Cameras by the square kilometre"), _("cameras/km²"), -1),
    "regular_share": (_("Cameras that are not intelligent"), "%", 1),
    "past_cases": (_("Past cases of missing people"), _("cases/km²"), 1),
}
#: What a plan weighs where nobody says otherwise: of sum 100.
USUAL_WEIGHTS = {
    "crime_murder": 2, "crime_robbery": 3, "crime_rape": 5, "crime_theft": 5, "crime_violence": 7, "single_households": 18,
    "population_65_plus": 12, "dementia": 12, "disabled": 6, "night_population": 8, "street_lights": 6, "police_calls": 4,
    "uncovered": 8, "past_cases": 4,
}  # fmt: skip


def unit_of(key: str, unit: str) -> str:
    """A unit that the catalogue knows, in the reader's language; others as whoever brought them wrote them."""
    known = CATALOGUE.get(key)
    if known is None or unit != known.unit_ko:
        return unit
    return unit if (get_language() or "ko").startswith("ko") else known.unit_en
