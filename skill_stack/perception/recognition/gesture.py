"""Gesture: where a person's arm points, from keypoints of the body, and the objects it may mean."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.scene import SceneObject
from skill_stack.perception.recognition.pointing_answers import position_at

Array = np.ndarray
Side = Literal["left", "right"]
SIDES: tuple[Side, ...] = ("left", "right")
STRETCHED = math.cos(math.radians(50.0))
"""Cosine of the bend of an elbow up to which an arm counts as pointing."""
WIDE = math.radians(12.0)
"""Angle from the ray within which an object is a candidate: people point inaccurately."""
CLEAR = 1.6
"""Factor by which all others must be farther from the ray for a single candidate."""


@dataclass(frozen=True, slots=True, eq=False)
class Ray:
    """A line of sight.

    Attributes:
        origin: Where it begins, m, shape (3,).
        direction: Where it goes, shape (3,), of length 1.
        side: Which arm.
    """

    origin: Array
    direction: Array
    side: Side

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


def pointing_ray(keypoints: Mapping[str, Array], side: Side | None = None) -> Ray:
    """The ray of a pointing arm: from between the eyes, or the shoulder where no face is seen, through the wrist.

    Args:
        keypoints: Places by COCO name, m, shape (3,) each: shoulder, elbow and wrist of a side; ``nose`` or eyes.
        side: Which arm; None: the one that is held farther away from the body.

    Raises:
        DataError: No arm is detected, or none is stretched; the message states what is missing.
    """
    arms = [one for one in ((side,) if side else SIDES) if f"{one}_wrist" in keypoints]
    if not arms:
        raise DataError("no wrist is seen: pointing needs right_wrist or left_wrist, and shoulder or eyes")
    rays = [ray for ray in (_ray(keypoints, one) for one in arms) if ray is not None]
    if not rays:
        raise DataError("no arm is stretched out to point")
    return max(rays, key=lambda ray: float(np.linalg.norm(keypoints[f"{ray.side}_wrist"][:2] - ray.origin[:2])))


def _ray(keypoints: Mapping[str, Array], side: Side) -> Ray | None:
    wrist = np.asarray(keypoints[f"{side}_wrist"], float)
    shoulder, elbow = (keypoints.get(f"{side}_{joint}") for joint in ("shoulder", "elbow"))
    if shoulder is not None and elbow is not None:
        upper, lower = np.subtract(elbow, shoulder), wrist - elbow
        if upper @ lower < STRETCHED * np.linalg.norm(upper) * np.linalg.norm(lower):
            return None
    if shoulder is not None and wrist[2] < shoulder[2] - 0.9 * float(np.linalg.norm(wrist - shoulder)):
        return None  # it hangs
    face = [keypoints[name] for name in ("left_eye", "right_eye") if name in keypoints]
    face = face or [keypoints[name] for name in ("nose",) if name in keypoints]
    begin = np.mean(face, axis=0) if face else shoulder
    if begin is None:
        return None
    along = wrist - begin
    length = float(np.linalg.norm(along))
    return Ray(np.asarray(begin, float), along / length, side) if length > 0.1 else None


def pointed_at(ray: Ray, things: Iterable[SceneObject]) -> tuple[str, ...]:
    """Ids of the candidates, the nearest to the ray first; a single one where that is clear.

    Args:
        ray: The gesture.
        things: What there is.
    """
    near = sorted((_beyond(ray, one), one.id) for one in things)
    meant = [(off, name) for off, name in near if off <= WIDE]
    if len(meant) > 1 and meant[1][0] > CLEAR * max(meant[0][0], math.radians(2.0)):
        return (meant[0][1],)
    return tuple(name for _, name in meant)


def _beyond(ray: Ray, thing: SceneObject) -> float:
    """Angle by which the ray misses an object, rad; 0 where it meets its bounding ball."""
    away = float(np.linalg.norm(np.subtract(thing.position, ray.origin)))
    return max(ray.off(np.array(thing.position)) - math.atan2(min(thing.size) / 2, max(away, 1e-6)), 0.0)
