"""Indicators from spreadsheets: three forms, their dirt, applied and undone; the real file where it is at hand."""

from __future__ import annotations

import pytest

from cameras.models import Indicator, IndicatorFile
from cameras.upgrades.indicator_file import IndicatorError, apply, key_of, reading_of, take_in, undo, usual

pytestmark = pytest.mark.django_db


def bring(name: str, text: str, encoding: str = "utf-8"):
    file, reading = take_in(None, name, text.encode(encoding))
    return file, reading, apply(file, {one.key: usual(one.key) for one in reading.indicators})


def told(key: str) -> dict[str, float]:
    return dict(Indicator.objects.current().get(key=key).values.values_list("district", "value"))


def test_wide_by_district():
    _file, reading, _made = bring(
        "x.csv", "자치구,연도,절도,1인가구비율\n종로구,2024,100,41.5\n중구,2024,80,44\n", "cp949"
    )
    assert (reading.form, reading.refused) == ("wide", [])
    assert told("crime_theft") == {"11110": 100, "11140": 80}
    theft, single = Indicator.objects.current().order_by("key")
    assert (theft.year, theft.kind, theft.worse, single.kind) == (2024, "count", 1, "rate")


def test_long_by_code_and_name():
    text = "district,indicator,year,value\n11110,crime_murder,2015,6\n1114000000,crime_murder,2015,3\n용산,crime_murder,2015,5\nMapo-gu,crime_murder,2015,7\n"
    _file, reading, _made = bring("x.csv", text)
    assert reading.form == "long"
    assert told("crime_murder") == {"11110": 6, "11140": 3, "11170": 5, "11440": 7}
    assert "금천구" in reading.indicators[0].missing
    assert len(reading.indicators[0].missing) == 21


def test_by_dong():
    _file, reading, made = bring(
        "x.csv", "자치구,행정동,인구\n종로구,사직동,9500\n강남구,신사동,15000\n관악구,신사동,21000\n"
    )
    assert made[0].by == "dong"
    assert len(set(made[0].values.values_list("dong", flat=True))) == 3
    assert len(reading.indicators[0].missing) == 420


def test_a_dong_of_which_there_are_two_needs_its_district():
    reading = reading_of("x.csv", "행정동,인구\n사직동,9500\n신사동,15000\n".encode())
    assert [row.line for row in reading.refused] == [3]


def test_points():
    text = "latitude,longitude\n37.5727,127.0178\n127.0,37.57\n37.5727,127.0178\n35.1,129.0\n,\nx,127\n"
    _file, reading, made = bring("보안등.csv", text)
    assert made[0].key == "street_lights"
    assert reading.mended == {"swapped": 1}
    assert sorted(made[0].values.values_list("value", flat=True)) == [1, 2]
    assert [row.line for row in reading.refused] == [5, 7]


def test_dirt_is_mended_or_refused_never_guessed():
    text = '자치구,절도,폭력\n종로구,"1,234",５０\n중구,-,12%\n용산구,many,3\n합계,9999,9\n강북,1,2\n부산,1,2\n종로구,1234,51\n'
    reading = reading_of("x.csv", text.encode())
    theft, violence = (
        next(one for one in reading.indicators if one.key == key) for key in ("crime_theft", "crime_violence")
    )
    assert theft.values == {"11110": 1234, "11305": 1}
    assert violence.values == {"11110": 50, "11140": 12, "11170": 3, "11305": 2}
    assert [row.line for row in reading.refused] == [4, 7, 8]  # "many", Busan, told differently; the sum is passed over
    assert reading.mended == {"thousands": 1, "full_width": 1, "percent": 1}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a,b\n1,2\n",
        "자치구,절도\n종로구,-\n",
        "자치구," + ",".join(f"i{n}" for n in range(70)) + "\n종로구" + ",1" * 70 + "\n",
    ],
)
def test_what_cannot_be_used_is_refused(text):
    with pytest.raises(IndicatorError):
        take_in(None, "x.csv", text.encode())
    assert not IndicatorFile.objects.exists()


def test_the_latest_counts_until_it_is_undone():
    bring("a.csv", "자치구,연도,절도\n종로구,2023,1\n")
    file, *_ = bring("b.csv", "자치구,연도,절도\n종로구,2024,2\n")
    bring("c.csv", "자치구,연도,절도\n종로구,2022,3\n")
    assert told("crime_theft") == {"11110": 2}
    undo(file)
    assert told("crime_theft") == {"11110": 1}
    with pytest.raises(IndicatorError):
        undo(file)
    with pytest.raises(IndicatorError):
        apply(file, {})


def test_all_of_a_file_or_nothing():
    file, reading = take_in(None, "x.csv", "자치구,가,나\n종로구,1,2\n".encode())
    said = {one.key: usual(one.key) for one in reading.indicators}
    said[reading.indicators[1].key]["worse"] = 7
    with pytest.raises(Exception, match="7"):
        apply(file, said)
    assert not Indicator.objects.exists()
    file.refresh_from_db()
    assert file.status == "ready"


def test_unknown_names_become_keys():
    assert key_of("  정신 건강 (명) ") == "정신_건강_명"
    assert key_of("절도 발생") == "crime_theft"


def test_the_real_file(shared):
    content = (shared / "data" / "district_indicators.csv").read_bytes()
    reading = reading_of("district_indicators.csv", content)
    by_key = {one.key: one for one in reading.indicators}
    assert not reading.refused
    assert {"crime_theft", "crime_violence", "population", "population_65_plus", "cctv_count"} <= set(by_key)
    assert by_key["crime_theft"].missing == ["강서구"]  # missing, and not invented
    assert by_key["crime_theft"].values["11110"] == 2184
