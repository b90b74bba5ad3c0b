"""Files of inventories: whatever program wrote them, whatever is in their cells."""

from __future__ import annotations

import io
from datetime import date
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from cameras.inventory.clean import Cleaned, clean, made_number
from cameras.inventory.columns import missing, recognised, signature
from cameras.inventory.sorting import Known, Row, compare, number_rows, place_rows
from cameras.inventory.table import TableError, _cell, read_table

STANDARD = (
    "개방자치단체코드,관리번호,관리기관명,소재지도로명주소,소재지지번주소,설치목적구분,카메라대수,카메라화소수,촬영방면정보,보관일수,설치연월,"
    "관리기관전화번호,WGS84위도,WGS84경도,데이터기준일자,데이터갱신구분,데이터갱신시점,최종수정시점"
)
LINE = "3000000,JN-001,서울특별시 종로구청,서울특별시 종로구 종로 1,종로1가 1,생활방범,2,200,북동,30,202005,02-2148-1114,37.5700,126.9830,2026-01-01,,,"
TODAY = date(2026, 11, 25)


def cleaned(**cells: str) -> Cleaned:
    return clean({"latitude": "37.57", "longitude": "126.98", **cells}, TODAY)


def kinds(out: Cleaned) -> list[str]:
    return [note.kind for note in out.notes]


class TestTable:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_any_encoding_and_delimiter(self, encoding, delimiter):
        text = f"{STANDARD}\n{LINE}\n".replace(",", delimiter)
        table = read_table(text.encode(encoding))
        assert table.header == STANDARD.split(",")
        assert table.rows == [LINE.split(",")]
        assert table.lines == [2]

    def test_quotes_line_breaks_blank_lines_and_short_rows(self):
        text = '위도,경도,주소\r\n\r\n37.5,127.0,"종로 1,\r\n2층"\r\n37.6,127.1\r\n,,\r\n'
        table = read_table(text.encode("cp949"))
        assert table.rows == [["37.5", "127.0", "종로 1,\r\n2층"], ["37.6", "127.1", ""]]
        assert table.lines == [3, 5]

    def test_a_title_above_the_header(self):
        table = read_table("종로구 CCTV 현황 (2026년),,\n,,\n위도,경도,주소\n37.5,127.0,종로\n".encode())
        assert table.header == ["위도", "경도", "주소"]
        assert len(table.rows) == 1

    def test_excel(self):
        book = Workbook()
        book.active.title = "빈 시트"
        sheet = book.create_sheet("현황")
        sheet.append(["관리번호", "WGS84위도", "WGS84경도", "설치연월", "카메라대수"])
        sheet.append(["A-1", 37.57, 126.98, date(2020, 5, 1), 2])
        sheet.append([1001, "37.57", "126.98", 202005, "=1+1"])
        file = io.BytesIO()
        book.save(file)
        table = read_table(file.getvalue())
        assert table.form == "Excel, 현황"
        assert table.rows[0] == ["A-1", "37.57", "126.98", "2020-05-01", "2"]
        assert table.rows[1][0] == "1001"

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "empty"),
            (b"  \n \n", "empty"),
            (b"PK\x03\x04 not a workbook", "not_excel"),
            (b"\xd0\xcf\x11\xe0 neither", "not_excel"),
            (bytes(range(256)) * 4, "not_text"),
            (b"1,2,3\n4,5,6\n", "no_header"),
            ("한 줄짜리 글입니다".encode(), "no_header"),
        ],
    )
    def test_what_is_no_table_is_told(self, content, code):
        with pytest.raises(TableError) as told:
            read_table(content)
        assert told.value.code == code

    def test_cells_that_no_database_takes(self):
        assert _cell("종로\x001가") == "종로1가"

    def test_an_archive_that_grows_without_measure(self, monkeypatch):
        file = io.BytesIO()
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", b"0" * 5_000_000)
        monkeypatch.setattr("cameras.inventory.table.MOST_UNPACKED", 1_000_000)
        assert len(file.getvalue()) < 10_000
        with pytest.raises(TableError) as told:
            read_table(file.getvalue())
        assert told.value.code == "too_large"


class TestColumns:
    def test_the_forms_that_are_known(self):
        standard = recognised(STANDARD.split(","))
        assert standard["asset_number"] == 1
        assert standard["latitude"] == 12
        assert standard["pixels"] == 7
        older = recognised(["관리기관명", "소재지도로명주소", "소재지지번주소", "설치목적구분", "카메라대수", "카메라화소수", "촬영방면정보", "보관일수", "설치년월", "전화번호", "위도", "경도", "데이터기준일자"])  # fmt: skip
        assert missing(older) == []
        assert "asset_number" not in older
        linked = recognised(["자치구", "안심 주소", "위도", "경도", "CCTV 수량", "수정 일시"])
        assert linked == {"district": 0, "address": 1, "latitude": 2, "longitude": 3, "count": 4, "as_of": 5}
        assert missing(recognised(["이름", "주소"])) == ["latitude", "longitude"]

    def test_one_form_one_signature(self):
        assert signature(["관리 번호", "위도"]) == signature(["관리번호", "위도 "])
        assert signature(["관리번호", "위도"]) != signature(["위도", "관리번호"])


class TestClean:
    def test_a_clean_row_has_nothing_to_tell(self):
        cells = dict(zip(recognised(STANDARD.split(",")), [LINE.split(",")[i] for i in recognised(STANDARD.split(",")).values()], strict=True))  # fmt: skip
        out = clean(cells, TODAY)
        assert kinds(out) == []
        assert out.values == {
            "latitude": 37.57, "longitude": 126.983, "agency": "서울특별시 종로구청", "address": "서울특별시 종로구 종로 1",
            "lot_address": "종로1가 1", "telephone": "02-2148-1114", "view": "북동", "heading": 45.0,
            "asset_number": "JN-001", "purpose": "crime", "count": 2, "pixels": 200, "retention_days": 30,
            "installed": date(2020, 5, 1), "as_of": date(2026, 1, 1),
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("latitude", "longitude", "kind"),
        [
            ("126.98", "37.57", "swapped"),
            ("３７．５７", "126.98", "full_width"),
            ("37570000", "126980000", "decimal_point"),
            ("37°34′12″", "126°58′48″", None),
            (" 37.57N", "126.98E ", None),
        ],
    )
    def test_places_that_can_be_mended(self, latitude, longitude, kind):
        out = cleaned(latitude=latitude, longitude=longitude)
        assert (out.values["latitude"], out.values["longitude"]) == pytest.approx((37.57, 126.98), abs=1e-6)
        assert kinds(out) == ([kind] if kind else [])

    @pytest.mark.parametrize(
        ("latitude", "longitude", "kind"),
        [
            ("", "", "no_place"),
            ("0", "0", "no_place"),
            ("0.0", "126.98", "no_place"),
            ("37.57", "", "bad_place"),
            ("종로", "126.98", "bad_place"),
            ("nan", "inf", "bad_place"),
            ("-37.57", "126.98", "bad_place"),
            ("1e400", "126.98", "bad_place"),
            ("48.85", "2.35", "bad_place"),
        ],
    )
    def test_places_that_cannot(self, latitude, longitude, kind):
        out = cleaned(latitude=latitude, longitude=longitude)
        assert (out.refused, kinds(out)) == (True, [kind])
        assert "latitude" not in out.values

    @pytest.mark.parametrize(
        ("given", "day", "kind"),
        [
            ("202005", date(2020, 5, 1), None),
            ("2020-05-13", date(2020, 5, 13), None),
            ("2020-05-13 00:00:00", date(2020, 5, 13), None),
            ("20200513", date(2020, 5, 13), "date_form"),
            ("2020.5", date(2020, 5, 1), "date_form"),
            ("2020. 5. 3.", date(2020, 5, 3), "date_form"),
            ("2020년 5월", date(2020, 5, 1), "date_form"),
            ("２０２０/０５", date(2020, 5, 1), "date_form"),
            ("2020", date(2020, 1, 1), "date_form"),
            ("43952", date(2020, 5, 1), "date_form"),
            ("202013", None, "date_unreadable"),
            ("2020-02-30", None, "date_unreadable"),
            ("209901", None, "date_unreadable"),
            ("작년", None, "date_unreadable"),
        ],
    )
    def test_dates(self, given, day, kind):
        out = cleaned(installed=given)
        assert out.values.get("installed") == day
        assert kinds(out) == ([kind] if kind else [])

    @pytest.mark.parametrize(
        ("name", "given", "value", "kind"),
        [
            ("retention_days", "30일", 30, None),
            ("retention_days", "0", None, "value_odd"),
            ("retention_days", "9999", None, "value_odd"),
            ("retention_days", "３０", 30, "full_width"),
            ("count", "1,2", 12, "number_form"),
            ("count", "많음", None, "value_odd"),
            ("pixels", "200만", 200, None),
            ("pixels", "2,000,000", 200, "number_form"),
            ("pixels", "200.0", 200, None),
            ("count", "9" * 400, None, "value_odd"),
        ],
    )
    def test_numbers(self, name, given, value, kind):
        out = cleaned(**{name: given})
        assert out.values.get(name) == value
        assert kinds(out) == ([kind] if kind else [])

    def test_formulas_are_never_kept(self):
        out = cleaned(address='=HYPERLINK("http://evil")', telephone="+82-2-120", agency="@SUM(A1)")
        assert kinds(out) == ["formula", "formula"]
        assert (out.values["address"], out.values["agency"], out.values["telephone"]) == ("", "", "+82-2-120")
        assert cleaned(asset_number="=1+1").refused
        assert not cleaned(asset_number="-12").refused

    def test_words(self):
        assert cleaned(view="360도 전방면").values["field_of_view"] == 360.0
        assert cleaned(view="남서향").values["heading"] == 225.0
        assert "heading" not in cleaned(view="동대문 방면").values
        assert cleaned(purpose="생활방범용").values["purpose"] == "crime"
        assert kinds(cleaned(purpose="드론")) == ["purpose_unknown"]
        assert cleaned(address="종로\r\n1가\x00 ").values["address"] == "종로 1가"
        assert len(cleaned(address="가" * 999).values["address"]) == 200
        assert cleaned(asset_number="ＡＢ－１").values["asset_number"] == "AB-1"
        assert cleaned(asset_number="가" * 41).refused


def rows(*several: Cleaned, district: str = "11110") -> list[Row]:
    return [Row(n + 2, one, district) for n, one in enumerate(several)]


class TestSorting:
    def test_numbers_that_come_twice(self):
        one, again, other = (cleaned(asset_number="A", address=text) for text in ("종로 1", "종로 1", "종로 2"))
        third = cleaned(asset_number="A-2", address="종로 3")
        several = rows(one, again, other, third)
        number_rows(several)
        assert again.refused
        assert kinds(again) == ["same_row"]
        assert kinds(other) == ["number_repeated"]
        assert len({row.cleaned.values["asset_number"] for row in several if not row.cleaned.refused}) == 3

    def test_a_form_without_numbers_gets_the_same_ones_again(self):
        first, second = cleaned(address="종로 1"), cleaned(address="종로 1", retention_days="60")
        number_rows(rows(first))
        number_rows(rows(second))
        assert first.values["asset_number"] == second.values["asset_number"] == made_number(first.values)

    def test_districts(self):
        one = frozenset({"11110"})
        several = rows(*(cleaned() for _ in range(5)), district="")
        place_rows(
            several,
            ["11110", "11140", None, "11140", "11110"],
            [one, frozenset({"11140"}), frozenset(), frozenset({"11140", "11110"}), one],
            ["", "", "", "11110", "11140"],
            own="11110",
        )
        assert [kinds(row.cleaned) for row in several] == [
            [], ["other_district"], ["outside"], [], ["district_by_place"]
        ]  # fmt: skip
        assert [row.district for row in several] == ["11110", "11140", "", "11110", "11110"]

    def test_verdicts(self):
        several = rows(cleaned(asset_number="new"), cleaned(asset_number="same", address="종로 1"), cleaned(asset_number="other", address="종로 2", retention_days="60"), cleaned(latitude="0"))  # fmt: skip
        there = {
            ("11110", "same"): Known(1, {"latitude": 37.57, "longitude": 126.98, "address": "종로 1"}),
            ("11110", "other"): Known(
                2, {"latitude": 37.58, "longitude": 126.98, "address": "종로 9", "retention_days": 30}
            ),
        }
        number_rows(several)
        compare(several, there)
        assert [row.verdict for row in several] == ["added", "unchanged", "changed", "refused"]
        assert set(several[2].changes) == {"location", "address", "retention_days"}
        assert several[2].changes["retention_days"] == (30, 60)

    def test_a_blank_cell_changes_nothing(self):
        (row,) = rows(cleaned(asset_number="A", address=""))
        number_rows([row])
        compare([row], {("11110", "A"): Known(1, {"latitude": 37.57, "longitude": 126.98, "address": "종로 1"})})
        assert row.verdict == "unchanged"
