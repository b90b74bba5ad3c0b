"""What a report says of a person, read from Korean or English sentences into the fields of a description.

Words from a lexicon, then neighbours put together: a colour belongs to the next thing that is worn or carried in its
clause, else to the one before; doubt belongs to the nearest. Nothing is guessed from words that are not known: they are
handed back, so that whoever wrote them sees what was not understood.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import zip_longest

LONGEST = 2000  # characters


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the text, ``start <= i < end``, and the word there."""

    start: int
    end: int
    word: str


@dataclass(frozen=True, slots=True)
class Reading:
    """fields: value by name (of ``Description``; direction in degrees and mobility of the case); unsure: fields stated
    with doubt; used: what was understood; unknown: words that were not. Spans count characters of ``text``, which is
    the given one with full-width and compatibility characters made plain."""

    text: str
    fields: dict[str, str | int] = field(default_factory=dict)
    unsure: tuple[str, ...] = ()
    used: tuple[Span, ...] = ()
    unknown: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class _Word:
    kind: str
    value: str
    start: int
    end: int
    text: str


COLOURS = {
    "black": r"검은색?|검정색?|까만색?|까망|흑색|블랙|black",
    "grey": r"회색|쥐색|은색|그레이|gr[ea]y|silver|charcoal",
    "white": r"흰색?|하얀색?|하양|백색|화이트|아이보리|크림색|white|ivory|cream",
    "red": r"빨간색?|빨강색?|붉은색?|적색|레드|와인색|버건디|red|maroon|burgundy|crimson|scarlet",
    "orange": r"주황색?|오렌지색?|orange",
    "yellow": r"노란색?|노랑색?|황색|겨자색|옐로우?|yellow|mustard",
    "green": r"초록색?|녹색|연두색?|쑥색|국방색|카키색?|그린|green|olive",
    "blue": r"파란색?|파랑색?|푸른색?|청색|하늘색|소라색|연청색?|중청색?|블루|(?:light|sky|pale|baby) blue|blue|denim|turquoise|teal",
    "navy": r"(?:진한|짙은|어두운) ?(?:파란색?|파랑색?|청색)|진청색?|남색|네이비|곤색|감색|navy(?: blue)?|dark blue",
    "purple": r"보라색?|자주색|자주빛|연보라색?|퍼플|purple|violet|lilac",
    "pink": r"분홍색?|핑크색?|연분홍색?|pink",
    "brown": r"갈색|밤색|고동색|브라운|커피색|brown|chestnut",
    "beige": r"베이지색?|살구색|상아색|황토색|beige|khaki|tan|camel|sand-coloured",
}
SHADES = r"진한|짙은|연한|밝은|어두운|옅은|dark|light|bright|pale"

UPPER = (
    r"벤치코트|롱패딩|패딩 ?조끼|경량패딩|패딩|점퍼|잠바|자켓|재킷|코트|와이셔츠|티셔츠|맨투맨|후드티|후드집업|후드|남방|블라우스|"
    r"셔츠|니트|스웨터|가디건|카디건|조끼|야상|우비|비옷|원피스|양복|정장|등산복|환자복|교복|체육복|운동복|트레이닝복|유니폼|파카|민소매|"
    r"나시|외투|반팔|긴팔|바람막이|한복|작업복|폴로|잠옷|티(?=[\s,.를에와과도만]|$)|"
    r"(?:padded|down|puffer|leather|denim|rain) ?jacket|jacket|t-?shirt|polo shirt|sweatshirt|shirt|blouse|hoodie|hooded top|"
    r"sweater|jumper|pullover|cardigan|vest|waistcoat|(?:rain|trench|over)?coat|parka|anorak|windbreaker|dress|tracksuit|suit|"
    r"turtleneck|polo|uniform|gown|pyjamas|pajamas|blazer|tank top|fleece"
)
LOWER = (
    r"정장 ?바지|트레이닝 ?바지|운동복 ?바지|등산 ?바지|카고 ?바지|몸빼 ?바지|면바지|청바지|반바지|바지|청치마|치마|스커트|레깅스|슬랙스|"
    r"츄리닝|추리닝|몸빼|스키니|trousers|pants|jeans|shorts|skirt|leggings|slacks|sweatpants|joggers|tights"
)
DENIM = re.compile(r"청바지|청치마|jeans")  # blue where no colour is stated
HEADWEAR = r"야구 ?모자|벙거지 ?모자|털모자|밀짚모자|중절모|벙거지|비니|캡모자|모자|헬멧|두건|스카프|(?:base ?ball )?cap|beanie|hat|helmet|headscarf|hijab|bonnet"
FOOTWEAR = r"운동화|등산화|고무신|구두|슬리퍼|샌들|장화|부츠|맨발|단화|크록스|sneakers|trainers|shoes|slippers|sandals|boots|barefoot|flip-?flops"
BACKPACK = r"배낭|백팩|책가방|back ?pack|rucksack|school ?bag"
BAG = r"손가방|핸드백|크로스백|에코백|쇼핑백|장바구니|보따리|캐리어|여행 ?가방|가방|봉투|hand ?bag|shoulder bag|shopping bag|tote bag|suitcase|purse|bag"
AIDS = {
    "stick": r"지팡이|목발|walking stick|cane|crutch(?:es)?|stick",
    "walker": r"보행기|보행 ?보조기|walking frame|rollator|walker",
    "wheelchair": r"휠체어|wheel ?chair",
    "stroller": r"유모차|stroller|pram|push ?chair|buggy",
    "bicycle": r"자전거|bicycle|bike",
    "umbrella": r"우산|양산|umbrella",
}
RIDES = {"bus": r"버스|\bbus", "subway": r"지하철|전철|subway|metro", "taxi": r"택시|taxi|\bcab\b"}
SEX = {
    "female": r"여성|여자 ?아이|여자|여아|여학생|소녀|할머니|아주머니|아줌마|아가씨|부인|female|wom[ae]n|girl|lady|she|her(?= )",
    "male": r"남성|남자 ?아이|남자|남아|남학생|소년|할아버지|아저씨|총각|\bmale|\bm[ae]n\b|boy|gentleman|\bhe\b|his(?= )",
}
BUILDS = {
    "slim": r"마른|호리호리\w*|날씬\w*|slim|thin|skinny|slender",
    "heavy": r"통통\w*|뚱뚱\w*|건장\w*|덩치\w*|stocky|plump|heavy-?set|heavily built|overweight|stout",
    "short": r"키가? 작\w*|작은 키|short(?= (?:man|woman|boy|girl|lady|person|build))",
    "tall": r"키가? 크\w*|키가? 큰|큰 키|장신|tall(?! \d)",
}
DIRECTIONS = {
    45: r"북동쪽?|동북쪽?|north-? ?east", 135: r"남동쪽?|동남쪽?|south-? ?east", 225: r"남서쪽?|서남쪽?|south-? ?west",
    315: r"북서쪽?|서북쪽?|north-? ?west", 0: r"북쪽|북측|북방향|\bnorth(?:wards?)?\b", 90: r"동쪽|동측|동방향|\beast(?:wards?)?\b",
    180: r"남쪽|남측|남방향|\bsouth(?:wards?)?\b", 270: r"서쪽|서측|서방향|\bwest(?:wards?)?\b",
}  # fmt: skip
HAIR = (
    r"백발|흰 ?머리|은발|단발 ?머리|단발|긴 ?머리|짧은 ?머리|파마 ?머리|파마|대머리|묶은 ?머리|스포츠 ?머리|곱슬 ?머리|염색 ?머리|머리가 짧\w*|머리가 길\w*|"
    r"(?:(?:short|long|gr[ea]y|white|black|brown|blond|curly|straight|dyed|tied),? )+hair|bald(?:ing)?|ponytail"
)
DOUBT = (
    r"아마도?|확실하지 ?않\w*|확실치 ?않\w*|불확실\w*|것 ?같\w*|추정\w*|으?로 보임|으?로 보이\w*|가능성|불명확\w*|"
    r"probably|maybe|perhaps|possibly|might|may have|could be|not sure|unsure|apparently|i think"
)
LACK = r"없음|없이|없는|없고|없다|안 ?씀|미착용|no|without|not (?:wearing|carrying)(?: an?)?"
LATER = {"초반": 1, "중반": 5, "후반": 8, "early": 1, "mid": 5, "late": 8}

#: What may stand beside understood words without a meaning of its own here; particles and endings.
FILLERS = re.compile(
    r"^(?:[이가을를은는에의로와과도만등및약색]|으로|에서|까지|부터|정도|가량|쯤|사이|편|이고|이며|하고|하며|입고|입은|입었음|입음|착용\w*|차림|상태|"
    r"들고|든|들었음|메고|멘|맨|매고|신고|신음|신은|쓰고|쓴|씀|짚고|짚은|밀고|미는|끌고|끄는|타고|탄|타는|있음|있고|있는|있으며|함|임|것|"
    r"걸어감|걸어가\w*|걸음|걷는|걷고|이동\w*|향함|향해|가는|간|감|방향|방면|뛰어감|뛰어\w*|달려\w*|천천히|빠르게|이용\w*|모름|모르\w*|"
    r"키|신장|나이|연령|체격\w*|체형\w*|머리|머리는|색|색상|바탕\w*|무늬|줄무늬|꽃무늬|체크\w*|어르신|노인|아이|어린이|학생|사람|치매|어깨에?|손에?|손|등에?|"
    r"an?|the|in|on|of|with|and|or|to|at|is|was|has|had|been|aged?|years?|old|year-old|about|around|approximately|roughly|ca|between|tall|"
    r"height|wearing|wears?|worn|wore|dressed|carrying|carries|holding|pushing|pulling|riding|rides|took|taken|taking|walking|walks?|"
    r"running|runs?|heading|headed|going|went|moving|towards?|direction|last|seen|over|under|top|colou?red|elderly|teenage|his|her|he|she|"
    r"slightly|one|hair|build|school|long|short|sleeves?|using|may|have|be|could|from|also|checked|striped|flannel|rubber|hospital|leather|"
    r"cm|m|kg|ft|feet|foot|inches)$"
)
PARTICLES = re.compile(
    r"(?:이라고|라고|으로|에게|에서|까지|부터|이고|이며|이나|하고|이라|을|를|이|가|은|는|에|의|로|와|과|도|만|나|랑|임|함|색|복)+$"
)


@lru_cache(maxsize=1)
def _lexicon() -> tuple[re.Pattern[str], dict[str, tuple[str, str]]]:
    """All words in one pattern, and what each of its groups stands for: kind and value. Of words that begin at one
    place the first in order wins, so longer ones stand before shorter."""
    parts: list[tuple[str, str, str]] = [("hair", "", HAIR)]
    parts += [("build", name, pattern) for name, pattern in BUILDS.items()]
    parts += [("lower", "", LOWER), ("upper", "", UPPER), ("headwear", "", HEADWEAR), ("footwear", "", FOOTWEAR)]
    parts += [
        ("part", "both", r"상하의|위아래|아래위"),
        ("part", "upper", r"상의|윗옷|웃옷|윗도리|upper (?:body|clothing)|\btop\b"),
    ]
    parts += [("part", "lower", r"하의|아래옷|아랫도리|lower (?:body|clothing)|bottoms?")]
    parts += [("bag", "backpack", BACKPACK), ("bag", "bag", BAG)]
    parts += [("aid", name, pattern) for name, pattern in AIDS.items()]
    parts += [("ride", name, pattern) for name, pattern in RIDES.items()]
    parts += [
        ("colour", name, COLOURS[name]) for name in ("navy", "blue", *(c for c in COLOURS if c not in ("navy", "blue")))
    ]
    parts += [
        ("glasses", "yes", r"안경|선글라스|(?:sun)?glasses|spectacles"),
        ("mask", "", r"마스크|장갑|이어폰|목도리|벨트|양말|mask|gloves|earphones|scarf|belt|socks"),
    ]
    parts += [("doubt", "", DOUBT), ("lack", "", LACK), ("shade", "", SHADES)]
    parts += [("direction", str(degrees), pattern) for degrees, pattern in DIRECTIONS.items()]
    parts += [("sex", name, pattern) for name, pattern in SEX.items()]
    alternatives = [f"(?P<k{number}>{_bounded(pattern)})" for number, (_kind, _value, pattern) in enumerate(parts)]
    kinds = {f"k{number}": (kind, value) for number, (kind, value, _pattern) in enumerate(parts)}
    return re.compile("|".join(alternatives), re.IGNORECASE), kinds


def _bounded(pattern: str) -> str:
    """Latin words stand alone; Korean ones may carry particles."""
    return rf"(?<![a-z])(?:{pattern})(?![a-z])"


def read(text: str) -> Reading:
    """Understands what it can of a report; ValueError when it is longer than ``LONGEST``."""
    if len(text) > LONGEST:
        raise ValueError(f"longer than {LONGEST} characters")
    plain = unicodedata.normalize("NFKC", text)
    fields: dict[str, str | int] = {}
    used = [*_numbers(plain, fields)]
    words = [
        word for word in _words(plain) if not any(span.start < word.end and word.start < span.end for span in used)
    ]
    unsure: set[str] = set()
    for clause in _clauses(plain, words):
        _put_together(clause, fields, unsure)
    used += [Span(word.start, word.end, word.text) for word in words]
    used.sort(key=lambda span: span.start)
    return Reading(plain, fields, tuple(sorted(unsure)), tuple(used), tuple(_unknown(plain, used)))


def _words(text: str) -> Iterator[_Word]:
    pattern, kinds = _lexicon()
    for match in pattern.finditer(text):
        kind, value = kinds[match.lastgroup or ""]
        yield _Word(kind, value, match.start(), match.end(), match.group())


_AGE = re.compile(
    r"(?<!\d)(?P<age>\d{1,3}) ?(?:세|살|years?[- ]old|-year-old|y/?o)|(?<!\d)(?P<decade>[1-9]0) ?대(?: ?(?P<part>초반|중반|후반))?"
    r"|(?:(?P<when>early|mid|late)[ -])?(?<!\d)(?P<decades>[1-9]0)s|(?:aged?|age of) (?P<aged>\d{1,3})|,\s*(?P<alone>\d{1,2})(?=\s*,)",
    re.IGNORECASE,
)
_HEIGHT = re.compile(
    r"(?:키|신장)?(?:가|는|이)? ?(?:between )?(?<!\d)(?P<low>1\d\d|\d\d) ?(?:cm|센티(?:미터)?)? ?(?:에서|~|-|–|to|and) ?(?P<high>1\d\d|\d\d) ?(?:cm|센티(?:미터)?| ?사이)"
    r"|(?<!\d)(?P<cm>1\d\d|[4-9]\d) ?(?:cm|센티(?:미터)?)(?: tall)?|(?:키|신장)(?:가|는)? ?(?:약 ?)?(?P<bare>1\d\d)(?!\d)"
    r"|(?<!\d)(?P<m>1) ?(?:미터|m) ?(?P<rest>\d\d)|(?<!\d)(?P<metres>[12]\.\d{1,2}) ?(?:m\b|미터)(?: tall)?"
    r"|(?<!\d)(?P<feet>[3-7]) ?(?:foot|feet|ft|') ?(?P<inches>\d{1,2})?",
    re.IGNORECASE,
)
_WEIGHT = re.compile(r"(?:몸무게|체중)?(?:는|가)? ?\d{2,3} ?(?:kg|킬로)", re.IGNORECASE)
_COMPANION = re.compile(
    r"(?P<who>[가-힣]{1,6})(?:와|과|이랑|랑|하고) ?(?:함께|같이|동행)|(?:together )?with (?:his|her|an?|the) (?P<whom>dog|daughter|son|wife|husband|mother|father|friend|child|grandson|granddaughter)",
    re.IGNORECASE,
)
ABOUT_CM = 5  # a single figure stands for so many centimetres to each side


def _numbers(text: str, fields: dict[str, str | int]) -> Iterator[Span]:
    """Age, height, weight (understood, not searched by) and company."""
    for match in _AGE.finditer(text):
        age = _age(match)
        if age is not None and 0 < age <= 120:
            fields.setdefault("age", age)
            yield Span(match.start(), match.end(), match.group())
    for match in _HEIGHT.finditer(text):
        low, high = _heights(match)
        if 40 <= low <= high <= 230:
            fields.setdefault("height_min", low)
            fields.setdefault("height_max", high)
            yield Span(match.start(), match.end(), match.group())
    for match in _WEIGHT.finditer(text):
        yield Span(match.start(), match.end(), match.group())
    for match in _COMPANION.finditer(text):
        fields.setdefault("companion", match["who"] or match["whom"])
        yield Span(match.start(), match.end(), match.group())


def _age(match: re.Match[str]) -> int | None:
    years = match["age"] or match["aged"] or match["alone"]
    if years:
        return int(years)
    return int(match["decade"] or match["decades"]) + LATER.get((match["part"] or match["when"] or "mid").lower(), 5)


def _heights(match: re.Match[str]) -> tuple[int, int]:
    if match["low"]:
        return int(match["low"]), int(match["high"])
    if match["m"]:
        middle = 100 * int(match["m"]) + int(match["rest"])
    elif match["metres"]:
        middle = round(100 * float(match["metres"]))
    elif match["feet"]:
        middle = round(30.48 * int(match["feet"]) + 2.54 * int(match["inches"] or 0))
    else:
        middle = int(match["cm"] or match["bare"])
    return middle - ABOUT_CM, middle + ABOUT_CM


def _clauses(text: str, words: list[_Word]) -> Iterator[list[_Word]]:
    """Words between commas, stops and line ends; a number's own point does not end a clause."""
    ends = [match.start() for match in re.finditer(r"[,;:·/\n。]|\.(?!\d)", text)]
    start = 0
    for end in [*ends, len(text)]:
        clause = [word for word in words if start <= word.start < end]
        if clause:
            yield clause
        start = end


WORN = ("upper", "lower", "part", "headwear", "footwear", "bag", "hair", "mask", "aid")


def _put_together(clause: list[_Word], fields: dict[str, str | int], unsure: set[str]) -> None:
    """One clause's words into fields."""
    things = _things(clause)
    lacking = {id(thing) for word in clause if word.kind == "lack" for thing in _lacked(word, things)}
    colours = _coloured(clause, things)
    for thing in things:
        if id(thing) in lacking:
            if thing.kind == "bag":
                fields.setdefault("bag", "none")
            continue
        if thing.value == "both" and id(thing) not in colours and things.index(thing):
            colours[id(thing)] = colours.get(id(things[things.index(thing) - 1]), [])  # a suit, above and below
        for name in _wear(thing, colours.get(id(thing), []), fields):
            if any(_nearest(word, things) is thing for word in clause if word.kind == "doubt"):
                unsure.add(name)
    for word in clause:
        if word.kind == "sex":
            fields.setdefault("sex", word.value)
        elif word.kind == "direction":
            fields.setdefault("direction", int(word.value))
        elif word.kind == "ride":
            fields.setdefault("mobility", word.value)
        elif word.kind == "build":
            fields.setdefault("build", word.value)
        elif word.kind == "glasses" and not any(other.kind == "lack" for other in clause):
            fields.setdefault("glasses", "yes")


#: Words that say of the next one what kind it is: a training suit's trousers are trousers, a short-sleeved shirt a shirt.
COMPOUND = re.compile(r"정장|양복|등산복|교복|체육복|운동복|트레이닝복|작업복|반팔|긴팔|민소매|패딩|후드")


def _things(clause: list[_Word]) -> list[_Word]:
    """What is worn and carried."""
    things = [word for word in clause if word.kind in WORN]
    return [
        thing
        for thing, following in zip_longest(things, things[1:])
        if not (
            thing.kind == "upper"
            and COMPOUND.fullmatch(thing.text)
            and following
            and following.kind in ("upper", "lower")
            and following.start - thing.end <= 1
        )
    ]


def _lacked(word: _Word, things: list[_Word]) -> list[_Word]:
    """``no bag``: what follows; ``가방 없음``: what stands before."""
    latin = word.text.isascii()
    near = [t for t in things if (0 <= t.start - word.end <= 2 if latin else 0 <= word.start - t.end <= 3)]
    return near[:1] if latin else near[-1:]


def _coloured(clause: list[_Word], things: list[_Word]) -> dict[int, list[str]]:
    """Colours of each thing, in order: of the next one in the clause, else of the last."""
    result: dict[int, list[str]] = {}
    named: set[int] = set()
    for word in clause:
        if word.kind != "colour":
            continue
        following = next((t for t in things if t.start >= word.end), None)
        before = next((t for t in reversed(things) if t.end <= word.start), None)
        between = before is not None and id(before) not in named and _follows(before, word)
        thing = before if between or following is None else following
        if thing is not None:
            result.setdefault(id(thing), []).append(word.value)
            named.add(id(thing))
    return result


def _follows(thing: _Word, colour: _Word) -> bool:
    """``상의는 주황색``, ``top: green``, ``shirt in red``: the thing first, its colour at once after it."""
    return colour.start - thing.end <= 4 and thing.kind in ("part", "upper", "lower") and colour.start > thing.end + 1


def _nearest(word: _Word, things: list[_Word]) -> _Word | None:
    return min(things, key=lambda t: max(t.start - word.end, word.start - t.end), default=None)


def _wear(thing: _Word, colours: list[str], fields: dict[str, str | int]) -> list[str]:
    """Writes one thing down; the names of the fields that it filled."""
    if thing.kind in ("upper", "lower", "part"):
        parts = ("upper", "lower") if thing.value == "both" else (thing.value or thing.kind,)
        if thing.kind != "part" and not colours and DENIM.search(thing.text.lower()):
            colours = ["blue"]
        return [name for part in parts for name in _clothe(part, thing, colours, fields)]
    if thing.kind == "mask":
        return []
    names = {"hair": _hair(thing.text), "headwear": _last(thing.text), "footwear": _last(thing.text)}
    value = names.get(thing.kind, thing.value)
    if thing.kind == "aid" and thing.value in ("wheelchair", "bicycle"):
        fields.setdefault("mobility", thing.value)
    if thing.kind in fields:
        return []
    fields[thing.kind] = value
    return [thing.kind]


def _clothe(part: str, thing: _Word, colours: list[str], fields: dict[str, str | int]) -> list[str]:
    """The first mention of a part is what is worn outermost."""
    filled = []
    kind, colour, second = f"{part}_kind", f"{part}_colour", f"{part}_second_colour"
    taken = kind in fields and thing.kind != "part"
    if taken:
        return []
    if thing.kind != "part":
        fields[kind] = _last(thing.text) if thing.text.isascii() is False else thing.text.lower()
        filled.append(kind)
    for name, value in zip((colour, second), colours, strict=False):
        if name not in fields:
            fields[name] = value
            filled.append(name)
    return [name for name in filled if name.endswith("colour")] or filled


def _last(text: str) -> str:
    return text.split()[-1].lower()


def _hair(text: str) -> str:
    if match := re.match(r"머리가 ?(짧|길)", text):
        return {"짧": "짧은 머리", "길": "긴 머리"}[match[1]]
    return text.lower().removesuffix(" hair").replace(",", "")


def _unknown(text: str, used: list[Span]) -> Iterator[Span]:
    """Words of which nothing was understood and that are not mere grammar."""
    for match in re.finditer(r"[^\s,.;:·/()\[\]\"'“”‘’!?~。]+", text):
        if any(span.start < match.end() and match.start() < span.end for span in used):
            continue
        word = match.group()
        if not any(letter.isalnum() for letter in word):
            continue
        bare = PARTICLES.sub("", word) or word
        if not FILLERS.match(word.lower()) and not FILLERS.match(bare.lower()):
            yield Span(match.start(), match.end(), word)
