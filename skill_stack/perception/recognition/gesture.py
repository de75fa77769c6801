"""Gesture: where a person's arm points, from keypoints of the body, as heat over the things it may mean.

People point along a line from the eyes over the hand, from the shoulder along the arm, or from in between, and nobody
tells which. So each line votes: the heat of a thing is how well the lines agree on it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import yaml

from skill_stack.core.errors import DataError
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.scene import SceneObject
from skill_stack.perception.recognition.pointing_answers import position_at

Array = np.ndarray
Place = tuple[float, float, float]
Side = Literal["left", "right"]
SIDES: tuple[Side, ...] = ("left", "right")
STRETCHED = math.cos(math.radians(50.0))
"""Cosine of the bend of an elbow up to which an arm counts as pointing."""
WIDE = math.radians(35.0)
"""Angle from every line beyond which a thing is no candidate."""
CLEAR = 2.5
"""Factor by which the heat of all others must be less for a single candidate."""
FARTHEST = 8.0
"""Distance between the places where two lines of an arm meet the floor beyond which neither counts, m."""
BETWEEN = {0.0: 0.1, 0.25: 0.1, 0.5: 0.1, 0.75: 0.2, 1.0: 1.0}
"""Where a line may begin, as shares of the way from the shoulder to the eyes, and how often people point along it: most
look over their hand (K. Nickel, R. Stiefelhagen: Visual recognition of pointing gestures, 2007)."""
ERRORS = {"arm": math.radians(3.5), "forearm": math.radians(15.0), "finger": math.radians(15.0)}
"""Standard deviations of lines by what they go along, rad: of the person and of the measurement. The forearm and the
finger are short, so that an error of a joint turns them far."""
ALONE = 1.0
"""What a forearm or a finger that goes elsewhere leaves of a vote, where one that goes right there doubles it."""
LEAST = 0.05
"""Length of a line from which it counts, m."""
EYES_ABOVE = 1.144
"""Height of the eyes as a share of that of the shoulders (R. Drillis, R. Contini: Body segment parameters, 1966)."""


@dataclass(frozen=True, slots=True, eq=False)
class Ray:
    """A line of sight.

    Attributes:
        origin: Where it begins, m, shape (3,).
        direction: Where it goes, shape (3,), of length 1.
        side: Which arm.
        along: What it goes along: ``arm``, ``forearm`` or ``finger``.
        often: How often people point along it.
    """

    origin: Array
    direction: Array
    side: Side
    along: str = "arm"
    often: float = 1.0

    def floor(self, height: float = 0.0) -> tuple[float, float, float] | None:
        """Intersection with the floor, m; None where it goes up or level."""
        if self.direction[2] > -1e-3 or self.origin[2] <= height:
            return None
        x, y, _ = self.origin + self.direction * (self.origin[2] - height) / -self.direction[2]
        return float(x), float(y), height

    def off(self, place: Array) -> float:
        """Angle between the ray and a place, rad; pi for one behind it."""
        away = np.asarray(place, float) - self.origin
        return float(math.acos(np.clip(away @ self.direction / max(float(np.linalg.norm(away)), 1e-9), -1.0, 1.0)))


def keypoints_in_space(frame: CameraFrame, pixels: Mapping[str, tuple[float, float]]) -> dict[str, Array]:
    """Keypoints of a body in the frame of a look; those without depth are left out.

    Args:
        frame: The look.
        pixels: Column and row by name as in COCO, e.g. ``right_wrist``.
    """
    places = {name: position_at(frame, pixel) for name, pixel in pixels.items()}
    return {name: np.array(place) for name, place in places.items() if place is not None}


def named(names: Sequence[str], points: Sequence[Place]) -> dict[str, Place]:
    """Points by the names of joints; without names by the layout that has as many.

    Args:
        names: COCO's or MediaPipe's names, or none.
        points: One for each name, or as many as a layout has.

    Raises:
        DataError: Numbers differ, or no layout has as many; states which there are.
    """
    known = _layouts()
    called = tuple(names) or known.get(len(points), ())
    if len(called) != len(points):
        counts = " or ".join(str(number) for number in known)
        raise DataError(f"{len(called)} names and {len(points)} points: one for each, or no names and {counts} points")
    return dict(zip(called, points))


@cache
def _layouts() -> dict[int, tuple[str, ...]]:
    raw = yaml.safe_load(Path(__file__).with_name("keypoint_layouts.yaml").read_text("utf-8"))
    return {int(number): tuple(names) for number, names in raw.items()}


def pointing_rays(keypoints: Mapping[str, Array], side: Side | None = None) -> tuple[Ray, ...]:
    """The lines of a pointing arm: from eyes, shoulder and in between over the hand, along forearm and finger.

    Args:
        keypoints: Places by COCO name, m, shape (3,) each: shoulder, elbow and wrist of a side; ``nose`` or eyes; index
            finger where it is known.
        side: Which arm; None: the one that is held farther away from the body.

    Raises:
        DataError: No arm is detected, or none is stretched; the message states what is missing.
    """
    points = {name: np.asarray(point, float) for name, point in keypoints.items() if np.isfinite(point).all()}
    arms = [one for one in ((side,) if side else SIDES) if f"{one}_wrist" in points]
    if not arms:
        raise DataError("no wrist is seen: pointing needs right_wrist or left_wrist, and shoulder or eyes")
    found = [rays for rays in (_rays(points, one) for one in arms) if rays]
    if not found:
        raise DataError("no arm is stretched out to point")
    return max(found, key=lambda rays: float(np.linalg.norm(_hand(points, rays[0].side)[:2] - rays[0].origin[:2])))


def _hand(points: Mapping[str, Array], side: Side) -> Array:
    """The end of an arm: the finger where it is known."""
    return points.get(f"{side}_index", points[f"{side}_wrist"])


def _rays(points: Mapping[str, Array], side: Side) -> tuple[Ray, ...]:
    """The lines of an arm; none where it does not point."""
    wrist, hand = points[f"{side}_wrist"], _hand(points, side)
    shoulder, elbow = (points.get(f"{side}_{joint}") for joint in ("shoulder", "elbow"))
    if _rests(shoulder, elbow, wrist):
        return ()
    ends = [one for one in (shoulder, _eyes(points, shoulder)) if one is not None]
    origins = {} if not ends else BETWEEN if len(ends) > 1 else {0.0: 1.0}
    lines = [("arm", ends[0] + share * (ends[-1] - ends[0]), hand, often) for share, often in origins.items()]
    lines += [("forearm", elbow, wrist, 1.0)] if lines and elbow is not None else []
    lines += [("finger", wrist, hand, 1.0)] if lines and hand is not wrist else []
    long = [line for line in lines if math.dist(line[2], line[1]) > LEAST]
    return tuple(Ray(a, (b - a) / math.dist(b, a), side, along, often) for along, a, b, often in long)


def _rests(shoulder: Array | None, elbow: Array | None, wrist: Array) -> bool:
    """Whether an arm is bent, or hangs."""
    if shoulder is None:
        return False
    if elbow is not None:
        upper, lower = elbow - shoulder, wrist - elbow
        if upper @ lower < STRETCHED * np.linalg.norm(upper) * np.linalg.norm(lower):
            return True
    return bool(wrist[2] < shoulder[2] - 0.9 * float(np.linalg.norm(wrist - shoulder)))


def _eyes(points: Mapping[str, Array], shoulder: Array | None) -> Array | None:
    """Where the eyes are; of somebody whose face is not seen, over the hips, or over the middle of the shoulders."""
    for names in (("left_eye", "right_eye"), ("nose",)):
        face = [points[name] for name in names if name in points]
        if face:
            return np.asarray(np.mean(face, axis=0))
    for joint in ("hip", "shoulder"):
        both = [points[name] for name in (f"left_{joint}", f"right_{joint}") if name in points]
        if len(both) == 2 and shoulder is not None:
            x, y, _ = np.mean(both, axis=0)
            return np.array([x, y, EYES_ABOVE * shoulder[2]])
    return None


def heat(rays: Iterable[Ray], things: Iterable[SceneObject]) -> dict[str, float]:
    """How likely each thing is meant, by its id: shares of 1; things off every line are left out.

    Args:
        rays: The lines of one arm.
        things: What there is.
    """
    rays = tuple(rays)
    votes = {one.id: _votes(rays, one) for one in things if min(map(_off(one), rays), default=math.pi) < WIDE}
    whole = sum(votes.values())
    return {name: vote / whole for name, vote in votes.items()} if whole > 0 else {}


def _off(thing: SceneObject) -> Callable[[Ray], float]:
    return lambda ray: ray.off(np.array(thing.position))


def _votes(rays: Iterable[Ray], thing: SceneObject) -> float:
    """Any line of the arm may be the one, the others are to agree."""
    arm, rest = 0.0, 1.0
    for ray in rays:
        away = float(np.linalg.norm(np.subtract(thing.position, ray.origin)))
        wide = ERRORS[ray.along] ** 2 + (min(thing.size) / 4 / max(away, 1e-6)) ** 2
        near = math.exp(-(ray.off(np.array(thing.position)) ** 2) / 2 / wide)
        if ray.along == "arm":
            arm += ray.often * near / wide
        else:
            rest *= ALONE + near
    return arm * rest


def place_meant(rays: Iterable[Ray], height: float = 0.0) -> tuple[float, float, float] | None:
    """Where on the floor an arm points: the middle of where its lines meet it; None where they go up or too far.

    Args:
        rays: The lines of one arm.
        height: Of the floor, m.
    """
    met = [place for ray in rays if ray.along == "arm" and (place := ray.floor(height)) is not None]
    if not met:
        return None
    x, y, _ = np.median(met, axis=0).tolist()
    return (x, y, height) if math.dist((x, y), met[0][:2]) < FARTHEST else None


def pointed_at(shares: Mapping[str, float]) -> tuple[str, ...]:
    """Ids of what is meant by a heat, the likeliest first: a single one where that is clear."""
    order = sorted(shares, key=lambda name: (-shares[name], name))
    return tuple(name for name in order if shares[name] * CLEAR > shares[order[0]])
