"""Marks on the map are told apart by the colour-blind, too; and texts stand out from what is behind them."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

CSS = (Path(__file__).resolve().parent.parent / "static" / "css" / "app.css").read_text(encoding="utf-8")
#: Severe forms, on linear RGB: Machado, Oliveira and Fernandes 2009, A physiologically-based model for simulation of
#: color vision deficiency.
VISIONS = {
    "usual": np.eye(3),
    "protan": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deutan": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritan": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip
FILLED = ("--person", "--sure", "--wait-mark", "--idle")  # dots; what is faulty is a ring
TOLD_APART = 12.0  # CIE76, for dots of some pixels
THEMES = {"dark": r":root\s*\{([^}]*)\}", "light": r'\[data-theme="light"\]\s*\{([^}]*)\}'}


def tokens(theme: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in ("dark", theme):
        for block in re.findall(THEMES[name], CSS):
            found |= dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-fA-F]{6})", block))
    return found


def linear(colour: str) -> np.ndarray:
    rgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    light = np.clip(light, 0, 1)
    srgb = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return cv2.cvtColor(srgb.astype(np.float32)[None, None], cv2.COLOR_RGB2LAB)[0, 0]


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", THEMES)
def test_states_of_cameras_are_told_apart(theme, vision):
    colours = tokens(theme)
    seen = {name: lab(VISIONS[vision] @ linear(colours[name])) for name in FILLED}
    apart = {(a, b): float(np.linalg.norm(seen[a] - seen[b])) for a, b in itertools.combinations(FILLED, 2)}
    assert min(apart.values()) >= TOLD_APART, apart


@pytest.mark.parametrize("theme", THEMES)
def test_texts_stand_out(theme):
    """WCAG 2.1, level AA: 4.5 to 1."""
    colours = tokens(theme)
    for text, behind in itertools.product(
        ("--text", "--second", "--sure", "--wait", "--broken"), ("--ground", "--panel")
    ):
        a, b = (float(linear(colours[name]) @ [0.2126, 0.7152, 0.0722]) for name in (text, behind))
        ratio = (max(a, b) + 0.05) / (min(a, b) + 0.05)
        assert ratio >= 4.5, (text, behind, round(ratio, 2))
