"""People in clothes: those who are described, and those who happen to pass."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .people import CLOTH_BGR, Carried, Colour, Legs, Person

UPPERS = ("black", "grey", "white", "navy", "blue", "beige", "green", "brown", "pink", "yellow")
LOWERS = ("black", "navy", "blue", "grey", "beige", "brown")

#: What passers-by wear above and below the belt in a Korean street, roughly (shares add up to 1).
UPPER_SHARES = {
    "black": 0.27, "grey": 0.14, "white": 0.14, "navy": 0.12, "blue": 0.07, "beige": 0.08, "brown": 0.05,
    "green": 0.04, "red": 0.03, "pink": 0.03, "yellow": 0.02, "purple": 0.01,
}  # fmt: skip
LOWER_SHARES = {"black": 0.40, "navy": 0.17, "blue": 0.15, "grey": 0.12, "beige": 0.10, "brown": 0.04, "white": 0.02}


def person(key: str, upper: str, lower: str, rng: np.random.Generator, height: float | None = None,
           girth: float | None = None, hair: tuple[int, int, int] | None = None) -> Person:  # fmt: skip
    """Somebody in clothes of named colours."""

    def varied(name: str) -> tuple[int, int, int]:
        return tuple(int(np.clip(c * rng.uniform(0.92, 1.08), 0, 255)) for c in CLOTH_BGR[name])  # type: ignore[return-value]

    skin = rng.uniform(0.9, 1.05)
    return Person(
        key=key,
        height=height or float(np.clip(rng.normal(1.67, 0.09), 1.45, 1.88)),
        upper=upper,
        lower=lower,
        upper_bgr=varied(upper),
        lower_bgr=varied(lower),
        skin_bgr=(int(128 * skin), int(158 * skin), int(206 * skin)),
        hair_bgr=hair or tuple(int(v) for v in rng.uniform(22, 60) * np.array([0.9, 0.95, 1.0])),  # type: ignore[arg-type]
        girth=girth or float(rng.uniform(0.9, 1.12)),
        coat=bool(rng.random() < 0.25),
        bag_bgr=(60, 70, 76) if rng.random() < 0.25 else None,
    )


def passer_by(key: str, rng: np.random.Generator, rain: float = 0.0) -> Person:
    """Anybody: children, adults, old people; what they wear and carry."""
    upper = str(rng.choice(list(UPPER_SHARES), p=np.array(list(UPPER_SHARES.values())) / sum(UPPER_SHARES.values())))
    lower = str(rng.choice(list(LOWER_SHARES), p=np.array(list(LOWER_SHARES.values())) / sum(LOWER_SHARES.values())))
    age = str(rng.choice(["child", "adult", "old"], p=[0.08, 0.74, 0.18]))
    height = {"child": rng.normal(1.22, 0.12), "adult": rng.normal(1.67, 0.08), "old": rng.normal(1.58, 0.07)}[age]
    someone = person(key, upper, lower, rng, height=float(np.clip(height, 0.95, 1.9)))
    legs: Legs = "trousers"
    if age != "old" and rng.random() < 0.22:
        legs = "skirt" if rng.random() < 0.6 else "shorts"
    if rng.random() < 0.12:
        second = str(rng.choice([name for name in ("white", "black", "grey", "navy", "red") if name != upper]))
        someone = replace(someone, sleeve=second, sleeve_bgr=_cloth(second, rng))
    if rng.random() < 0.12:
        someone = replace(someone, padded=True, girth=1.2 * someone.girth)
    return changed(
        someone,
        legs=legs,
        hat=_cloth("black", rng) if rng.random() < 0.15 else None,
        carries=_carried(age, rain, rng),
        thing=_cloth(str(rng.choice(["black", "brown", "white", "blue", "beige"])), rng),
        stoop=float(rng.uniform(0.15, 0.4)) if age == "old" and rng.random() < 0.6 else 0.0,
        hair=(150, 150, 152) if age == "old" else None,
    )


def changed(
    someone: Person,
    upper: str | None = None,
    legs: Legs | None = None,
    hat: Colour | None = None,
    carries: Carried | None = None,
    thing: Colour | None = None,
    stoop: float | None = None,
    hair: Colour | None = None,
) -> Person:
    """The same person otherwise dressed or equipped; the key stays."""
    result = someone
    if upper is not None:
        result = replace(result, upper=upper, upper_bgr=CLOTH_BGR[upper])
    for name, value in (
        ("legs", legs),
        ("hat_bgr", hat),
        ("carries", carries),
        ("carried_bgr", thing),
        ("stoop", stoop),
        ("hair_bgr", hair),
    ):
        if value is not None:
            result = replace(result, **{name: value})  # type: ignore[arg-type]
    return result


def _cloth(name: str, rng: np.random.Generator) -> Colour:
    return tuple(int(np.clip(c * rng.uniform(0.9, 1.1), 0, 255)) for c in CLOTH_BGR[name])  # type: ignore[return-value]


def _carried(age: str, rain: float, rng: np.random.Generator) -> Carried:
    if rain > 0 and rng.random() < 0.6:
        return "umbrella"
    if age == "old" and rng.random() < 0.35:
        return "stick" if rng.random() < 0.75 else "walker"
    if age == "adult" and rng.random() < 0.04:
        return "stroller"
    return ("", "handbag", "shopping bag", "wheelchair")[int(rng.choice(4, p=[0.68, 0.18, 0.12, 0.02]))]  # type: ignore[return-value]
