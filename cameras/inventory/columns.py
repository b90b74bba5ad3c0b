"""Which column says what: the national standard form, its older one, the Seoul list of linked cameras, and others by a
mapping that somebody made once."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence

#: The national standard form (전국CCTV표준데이터).
STANDARD = (
    "개방자치단체코드", "관리번호", "관리기관명", "소재지도로명주소", "소재지지번주소", "설치목적구분", "카메라대수", "카메라화소수",
    "촬영방면정보", "보관일수", "설치연월", "관리기관전화번호", "WGS84위도", "WGS84경도", "데이터기준일자", "데이터갱신구분",
    "데이터갱신시점", "최종수정시점",
)  # fmt: skip
#: What this system writes: the national form, and whether a camera is intelligent, which that form does not ask.
WRITTEN = (*STANDARD, "지능형여부")
#: Fields of a camera, and how columns that hold them are headed.
ALIASES: dict[str, tuple[str, ...]] = {
    "asset_number": (
        "관리번호",
        "자산번호",
        "카메라번호",
        "cctv관리번호",
        "연번호",
        "asset number",
        "asset_number",
        "id",
    ),
    "agency": ("관리기관명", "관리기관", "운영기관", "agency"),
    "district": ("자치구", "자치구명", "구", "시군구", "district"),
    "address": ("소재지도로명주소", "도로명주소", "안심 주소", "안심주소", "설치주소", "주소", "설치위치", "address"),
    "lot_address": ("소재지지번주소", "지번주소"),
    "purpose": ("설치목적구분", "설치목적", "목적", "용도", "purpose"),
    "kind": ("지능형여부", "지능형", "지능형 cctv", "지능형cctv여부", "카메라종류", "kind", "intelligent"),
    "count": ("카메라대수", "cctv 수량", "수량", "대수", "count"),
    "pixels": ("카메라화소수", "화소수", "화소", "pixels"),
    "view": ("촬영방면정보", "촬영방면", "촬영방향", "방향", "view"),
    "retention_days": ("보관일수", "보관기간", "영상보관일수", "retention"),
    "installed": ("설치연월", "설치년월", "설치일자", "설치일", "설치년도", "installed"),
    "telephone": ("관리기관전화번호", "전화번호", "연락처", "telephone"),
    "latitude": ("wgs84위도", "위도", "y좌표", "latitude", "lat", "y"),
    "longitude": ("wgs84경도", "경도", "x좌표", "longitude", "lon", "lng", "x"),
    "as_of": ("데이터기준일자", "기준일자", "수정 일시", "수정일시", "as of"),
}
NEEDED = ("latitude", "longitude")


def plain(name: str) -> str:
    """A heading without case, blanks, brackets and width: ``WGS84 위도(도)`` is ``wgs84위도``."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\s_·.\-]+", "", re.sub(r"\(.*?\)|\[.*?\]", "", text))


_KNOWN = {plain(alias): field for field, names in ALIASES.items() for alias in names}


def recognised(header: Sequence[str]) -> dict[str, int]:
    """Field to column, by what columns are usually called; the first of several."""
    found: dict[str, int] = {}
    for column, name in enumerate(header):
        field = _KNOWN.get(plain(name))
        if field and field not in found:
            found[field] = column
    return found


def missing(columns: Mapping[str, int]) -> list[str]:
    """Fields without which nothing can be done."""
    return [field for field in NEEDED if field not in columns]


def signature(header: Sequence[str]) -> str:
    """The same for files of one form: under it a mapping is remembered."""
    return hashlib.sha256("\x1f".join(plain(name) for name in header).encode()).hexdigest()[:32]
