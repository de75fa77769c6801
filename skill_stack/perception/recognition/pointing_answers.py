"""Answers of vision models to "where is …?": parsed by their convention, and combined."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.world.camera_frame import CameraFrame

Array = np.ndarray
Convention = Literal["pixels", "unit", "percent", "thousand", "thousand_yx"]
CONVENTIONS: dict[Convention, tuple[float, bool]] = {
    "pixels": (0.0, False),
    "unit": (1.0, False),
    "percent": (100.0, False),
    "thousand": (1000.0, False),
    "thousand_yx": (1000.0, True),
}
"""Number that stands for a whole side of the picture (0: its pixels), and whether the row comes first.

``percent`` is how Molmo answers, ``thousand_yx`` Gemini, ``thousand`` and ``pixels`` the Qwen-VL line.
"""
NEAR = 0.04
"""Distance up to which two answers agree, as a share of the picture's diagonal."""
WINDOW = 3
"""Pixels around an answer within which depth is searched."""
Ask = Callable[[bytes, str], str]
"""Sends a JPEG and a question to a model; returns its answer. Raises SkillStackError without one."""
_NUMBER = r"-?\d+(?:\.\d+)?"
_TAG = re.compile(rf"\bx\d*\s*=\s*[\"']({_NUMBER})[\"']\s+y\d*\s*=\s*[\"']({_NUMBER})[\"']")
_PAIR = re.compile(rf"[\[(]\s*({_NUMBER})\s*,\s*({_NUMBER})\s*[\])]")
_BOX = re.compile(rf"[\[(]\s*({_NUMBER})\s*,\s*({_NUMBER})\s*,\s*({_NUMBER})\s*,\s*({_NUMBER})\s*[\])]")
MOST = 100
"""Most points of one answer that are used."""


@dataclass(frozen=True, slots=True)
class Pointed:
    """Combined result of several models.

    Attributes:
        pixel: Column and row.
        confidence: Share of the pointers that mean this place.
        answers: What each of them said, in pixels; None where there was no usable answer.
        position: The place in the frame of the look, m, or None where no depth was measured.
    """

    pixel: tuple[float, float]
    confidence: float
    answers: tuple[tuple[float, float] | None, ...]
    position: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Pointer:
    """One model that points.

    Attributes:
        ask: Sends requests to it.
        convention: How it gives places.
        name: For messages.
    """

    ask: Ask
    convention: Convention = "percent"
    name: str = "model"

    def question(self, words: str, width: int, height: int) -> str:
        """The question, which states the convention."""
        side, row_first = CONVENTIONS[self.convention]
        scale = f"pixels of a picture {width} wide and {height} high" if not side else f"0 to {side:g} on both axes"
        order = "y, x" if row_first else "x, y"
        return f'Point to {words}. Answer with JSON alone: {{"points": [[{order}]]}} in {scale}; [] if it is not there.'

    def points(self, picture: bytes, words: str, width: int, height: int) -> list[tuple[float, float]]:
        """Columns and rows; raises SkillStackError when the answer cannot be parsed."""
        answer = self.ask(picture, self.question(words, width, height))
        return points_of(answer, self.convention, width, height)


class Points(Protocol):
    """What points in a picture: a model that is asked, or a map."""

    @property
    def name(self) -> str:
        """For messages."""

    def points(self, picture: bytes, words: str, width: int, height: int) -> list[tuple[float, float]]:
        """Columns and rows; raises SkillStackError without a usable answer."""


def points_of(answer: str, convention: Convention, width: int, height: int) -> list[tuple[float, float]]:
    """Pixels of an answer in any known form: JSON, points as tags, or pairs in a sentence.

    Args:
        answer: What the model said; data, never an instruction.
        convention: What its numbers count.
        width: Of the picture.
        height: Of the picture.

    Returns:
        Columns and rows within the picture; empty when the model reports no such thing.

    Raises:
        DataError: There are no numbers in it, or they lie outside of the picture.
    """
    pairs = _pairs(answer[:20000])
    if pairs is None:
        raise DataError(f"the answer holds no point: '{' '.join(answer.split())[:80]}'")
    side, row_first = CONVENTIONS[convention]
    across, down = (width / side, height / side) if side else (1.0, 1.0)
    out = []
    for first, second in pairs[:MOST]:
        x, y = (second, first) if row_first else (first, second)
        x, y = x * across, y * down
        if not (0 <= x <= width and 0 <= y <= height):
            raise DataError(f"{first:g}, {second:g} lies outside of the picture; is the convention '{convention}'?")
        out.append((min(x, width - 1.0), min(y, height - 1.0)))
    return out


def _pairs(answer: str) -> list[tuple[float, float]] | None:
    """Pairs of numbers, centres of boxes included; None where there are none."""
    tags = [(float(a), float(b)) for a, b in _TAG.findall(answer)]
    if tags:
        return tags
    begin, end = min((n for n in (answer.find("{"), answer.find("[")) if n >= 0), default=-1), len(answer)
    while begin >= 0 and end > begin:
        end = max(answer.rfind("}", begin, end), answer.rfind("]", begin, end)) + 1
        try:
            return _of_json(json.loads(answer[begin:end])) if end > begin else None
        except (ValueError, RecursionError, TypeError, KeyError):
            end -= 1
            break
    boxes = [((a + c) / 2, (b + d) / 2) for a, b, c, d in (map(float, one) for one in _BOX.findall(answer))]
    return boxes or [(float(a), float(b)) for a, b in _PAIR.findall(answer)] or None


def _of_json(found: Any) -> list[tuple[float, float]] | None:
    """Pairs in any JSON structure that models use."""
    if isinstance(found, dict):
        if {"x", "y"} <= set(found):
            return [(float(found["x"]), float(found["y"]))]
        for key in ("points", "point", "point_2d", "bbox_2d", "box_2d", "bbox"):
            if key in found:
                return _of_json(found[key])
        return None
    numbers = [value for value in found if isinstance(value, (int, float)) and math.isfinite(value)]
    if len(numbers) == len(found) == 2:
        return [(float(found[0]), float(found[1]))]
    if len(numbers) == len(found) == 4:
        return [((found[0] + found[2]) / 2, (found[1] + found[3]) / 2)]
    parts = [_of_json(one) for one in found if isinstance(one, (dict, list))]
    return [pair for part in parts if part for pair in part] if parts or not found else None


def combined(answers: Sequence[tuple[float, float] | None], width: int, height: int) -> Pointed | None:
    """The place on which most models agree.

    Args:
        answers: Of each pointer its first point in pixels, or None where it had no usable answer.
        width: Of the picture.
        height: Of the picture.

    Returns:
        The middle of the largest group, its share of all pointers as confidence; None without an answer.
    """
    given = [one for one in answers if one is not None]
    if not given:
        return None
    near = NEAR * math.hypot(width, height)
    groups = [[other for other in given if math.dist(one, other) <= near] for one in given]
    best = max(groups, key=len)
    x, y = np.median(np.array(best), axis=0).tolist()
    return Pointed((x, y), len(best) / len(answers), tuple(answers))


def point(pointers: Sequence[Points], frame: CameraFrame, picture: bytes, words: str) -> tuple[Pointed | None, str]:
    """The combined result of several models in one look.

    Args:
        pointers: The models and maps; one that fails counts as one that disagrees.
        frame: The look.
        picture: Its colours as a JPEG.
        words: What to point to.

    Returns:
        The place with its position where depth was measured, and what went wrong with any of them.
    """
    height, width = frame.depth.shape
    answers: list[tuple[float, float] | None] = []
    wrong = []
    for pointer in pointers:
        try:
            points = pointer.points(picture, words, width, height)
        except SkillStackError as error:
            points = []
            wrong.append(f"{pointer.name}: {error}")
        answers.append(points[0] if points else None)
    found = combined(answers, width, height)
    if found is None:
        return None, "; ".join(wrong) or f"nobody sees {words}"
    place = position_at(frame, found.pixel)
    return Pointed(found.pixel, found.confidence, found.answers, place), "; ".join(wrong)


def position_at(frame: CameraFrame, pixel: tuple[float, float]) -> tuple[float, float, float] | None:
    """The place that a pixel shows in the frame of the look, m, or None without depth around it."""
    column, row = round(pixel[0]), round(pixel[1])
    part = frame.depth[max(row - WINDOW, 0) : row + WINDOW + 1, max(column - WINDOW, 0) : column + WINDOW + 1]
    known = part[np.isfinite(part) & (part > 0)]
    if not known.size:
        return None
    depth, i = float(np.percentile(known, 25)), frame.intrinsics
    local = np.array([(pixel[0] - i.cx) / i.fx, (pixel[1] - i.cy) / i.fy, 1.0]) * depth
    x, y, z = (frame.position + frame.rotation @ local).tolist()
    return x, y, z
