"""Pictures of people made into pictures of many more. All are ``(h, w, 3) uint8`` BGR, the person in the middle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..pipeline.cloth import GAMMA, SHINE

Picture = NDArray[np.uint8]


def changed(picture: Picture, rng: np.random.Generator) -> Picture:
    """The same person before another camera and in other light."""
    image: NDArray[Any] = picture.astype(np.float32)
    if rng.random() < 0.5:
        image = image[:, ::-1]
    image = 255 * np.clip(image / 255, 0, 1) ** rng.uniform(0.7, 1.4)
    image = image * rng.uniform(0.88, 1.14, 3) * rng.uniform(0.7, 1.3) + rng.uniform(-12, 25)
    if rng.random() < 0.25:
        image = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.5, 1.6)))
    if rng.random() < 0.3:
        image = image + rng.normal(0, rng.uniform(2, 9), image.shape)
    out = np.clip(image, 0, 255).astype(np.uint8)
    height, width = picture.shape[:2]
    if rng.random() < 0.3:
        share = rng.uniform(0.22, 0.53)
        low = round(width * share), round(height * share)
        out = cv2.resize(cv2.resize(out, low, interpolation=cv2.INTER_AREA), (width, height))
    if rng.random() < 0.3:
        _, coded = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 85))])
        out = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    if rng.random() < 0.3:
        top, left = int(rng.uniform(0, 0.8) * height), int(rng.uniform(0, 0.75) * width)
        down, across = int(rng.uniform(0.08, 0.4) * height), int(rng.uniform(0.12, 0.6) * width)
        out = out.copy()
        out[top : top + down, left : left + across] = rng.integers(0, 255, 3)
    return np.ascontiguousarray(out)


def elsewhere(picture: Picture, rng: np.random.Generator) -> Picture:
    """Before a camera of other white, haze and saturation."""
    light = (picture / 255.0) ** GAMMA * np.exp(rng.normal(0, 0.12, 3))
    light = light + rng.uniform(0, 0.03) * np.exp(rng.normal(0, 0.3, 3))
    seen = np.clip(light, 0, 1) ** (1 / GAMMA)
    grey = (seen @ SHINE)[..., None]
    return np.clip(255 * (grey + (seen - grey) * rng.uniform(0.6, 1.5)), 0, 255).astype(np.uint8)


def framed(picture: Picture, rng: np.random.Generator) -> Picture:
    """As other detectors and lenses would cut the person out: tighter, wider, narrower, a little aslant."""
    height, width = picture.shape[:2]
    zoom, aspect = rng.uniform(0.85, 1.2), np.exp(rng.uniform(-0.25, 0.25))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.normal(0, 3)), float(zoom))
    matrix[0] *= aspect
    matrix[0, 2] += width / 2 * (1 - aspect) + rng.normal(0, 0.05) * width
    matrix[1, 2] += rng.normal(0, 0.04) * height
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101), np.uint8)


def dyed(picture: Picture, rng: np.random.Generator) -> Picture:
    """Somebody else: hues turned, saturation changed, the upper and the lower half each in their own way."""
    hsv = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV).astype(np.int32)
    middle = int(rng.uniform(0.41, 0.53) * len(picture))
    for rows in (slice(0, middle), slice(middle, None)):
        hsv[rows, :, 0] = (hsv[rows, :, 0] + int(rng.integers(0, 180))) % 180
        hsv[rows, :, 1] = np.clip(hsv[rows, :, 1] * rng.uniform(0.3, 2.5), 0, 255)
        hsv[rows, :, 2] = np.clip(hsv[rows, :, 2] * rng.uniform(0.5, 1.5), 0, 255)
    return np.asarray(cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2BGR), np.uint8)


def crossed(above: Picture, below: Picture, rng: np.random.Generator) -> Picture:
    """Somebody else again: the upper half of one, the lower half of another."""
    middle = int(rng.uniform(0.42, 0.56) * len(above))
    return np.concatenate([above[:middle], below[middle:]])


def photographs(folder: Path, least: int = 96) -> list[Picture]:
    """Every picture in a folder and below, at most 640 px across, transparent parts grey; what is smaller is left."""
    pictures = []
    for path in sorted(one for one in folder.rglob("*") if one.suffix.lower() in {".png", ".jpg", ".jpeg", ".webp"}):
        image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        if image is None or image.ndim != 3 or min(image.shape[:2]) < least:
            continue
        if image.shape[2] == 4:
            seen = image[..., 3:].astype(np.float32) / 255
            image = (image[..., :3] * seen + 128 * (1 - seen)).astype(np.uint8)
        scale = min(1.0, 640 / max(image.shape[:2]))
        size = round(image.shape[1] * scale), round(image.shape[0] * scale)
        pictures.append(np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8))
    return pictures


def window(photograph: Picture, size: tuple[int, int], rng: np.random.Generator) -> Picture:
    """Some part of a photograph, ``size`` (w, h), its hues turned half of the time."""
    height, width = photograph.shape[:2]
    down, across = int(height * rng.uniform(0.25, 1.0)), int(width * rng.uniform(0.25, 1.0))
    top, left = int(rng.uniform(0, height - down + 1)), int(rng.uniform(0, width - across + 1))
    part = cv2.resize(photograph[top : top + down, left : left + across], size, interpolation=cv2.INTER_AREA)
    if rng.random() < 0.5:
        hsv = cv2.cvtColor(part, cv2.COLOR_BGR2HSV)
        hsv[..., 0] = (hsv[..., 0].astype(int) + int(rng.integers(0, 180))) % 180
        part = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)
    return np.asarray(part, np.uint8)


def dressed(picture: Picture, photos: list[Picture], rng: np.random.Generator) -> Picture:
    """Somebody else in cloth of other photographs, in the light and folds of before; at times elsewhere, too."""
    height, width = picture.shape[:2]
    waist, hem = rng.uniform(0.42, 0.56), rng.uniform(0.75, 0.97)
    out = picture.astype(np.float32)
    shade = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32), (0, 0), 0.8)
    parts = [(rng.uniform(0.12, 0.2), waist, 0.72), (waist, hem, 0.55)]
    across = np.abs(np.arange(width) / (width - 1) - 0.5 - rng.normal(0, 0.04))
    for top, bottom, wide in parts:
        if rng.random() < 0.25:
            continue
        rows = slice(int(top * height), int(bottom * height))
        cloth = window(photos[int(rng.integers(len(photos)))], (width, height), rng)[rows].astype(np.float32)
        if rng.random() < 0.4:  # plain cloth of that colour, a little of its pattern left
            cloth = cloth.mean(axis=(0, 1)) * 0.85 + cloth * 0.15
        light = shade[rows] / max(float(shade[rows].mean()), 8.0)
        inside = np.clip((wide * rng.uniform(0.7, 1.1) / 2 - across) / 0.08, 0, 1)[None, :, None]
        out[rows] += inside * (cloth * np.clip(light, 0.3, 1.8)[..., None] - out[rows])
    if rng.random() < 0.4:
        place = window(photos[int(rng.integers(len(photos)))], (width, height), rng).astype(np.float32)
        outside = np.clip((across - rng.uniform(0.26, 0.4)) / 0.08, 0, 1)[None, :, None]
        out += outside * (place - out)
    return np.clip(out, 0, 255).astype(np.uint8)


def mixed(one: Picture, other: Picture, rng: np.random.Generator) -> Picture:
    """Both at once, one shining through the other."""
    return np.asarray(cv2.addWeighted(one, (share := float(rng.uniform(0.5, 0.9))), other, 1 - share, 0), np.uint8)
