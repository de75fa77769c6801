"""People who point at things, as a network with a depth camera finds their joints."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from skill_stack.core.world.scene import SceneObject

Array = np.ndarray
COLOURS = ("red", "green", "blue", "yellow", "purple", "black", "orange", "pink")
KINDS = {"box": "box", "cylinder": "cylinder", "ball": "sphere"}
NUMBER = (6, 8)
DISTANCE = (1.2, 4.0)
"""How far things are from the person, m."""
APART = 0.35
"""Least distance of two things' middles, m."""
FRONT = math.radians(70.0)
"""Half of the angle before the person within which things are."""
LOOKING = 0.65
"""Share of people who look over their hand at what they mean; others point from somewhere between shoulder and eyes."""
UNSURE = math.radians(2.0)
"""Error of a person who points, standard deviation along each of two axes, rad."""
BIASED, SHAKING = 0.02, 0.03
"""Errors of each joint along each axis, standard deviations, m: for the whole gesture, and of each look."""
FACELESS, FINGERS = 0.1, 0.5
"""Share of gestures in which no face is seen, and in which the index finger is."""
LOOKS = 5
THING = 0.02
"""Error of a thing's place along each axis, standard deviation, m."""
NAMED = 0.7
"""Share of gestures with a noun: ``that box``."""


@dataclass(frozen=True, slots=True)
class PointingScene:
    """One gesture.

    Attributes:
        seed: Its seed.
        things: What is known to be there.
        target: Id of what is meant.
        looks: Joints by COCO name, m, for each look.
        words: What is said.
    """

    seed: int
    things: tuple[SceneObject, ...]
    target: str
    looks: tuple[dict[str, tuple[float, float, float]], ...]
    words: str


def pointing_scene(seed: int) -> PointingScene:
    """The gesture of a seed."""
    rng = np.random.default_rng([44, seed])
    things = _things(rng)
    target = things[int(rng.integers(len(things)))]
    joints = _person(rng, np.array(target.position))
    biased = {name: place + rng.normal(0.0, BIASED, 3) for name, place in joints.items()}
    looks = tuple(
        {name: _place(place + rng.normal(0.0, SHAKING, 3)) for name, place in biased.items()} for _ in range(LOOKS)
    )
    known = tuple(replace(one, position=_place(one.position + rng.normal(0.0, THING, 3))) for one in things)
    words = f"walk to that {target.kind}" if rng.random() < NAMED else "walk to that one"
    return PointingScene(seed, known, target.id, looks, words)


def _place(point: Array) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in point)
    return x, y, z


def _things(rng: np.random.Generator) -> list[SceneObject]:
    """Things on the floor and on low furniture before the person, who stands at the origin and looks along x."""
    colours, found = list(rng.permutation(COLOURS)), list[SceneObject]()
    wanted = int(rng.integers(NUMBER[0], NUMBER[1] + 1))
    while len(found) < wanted:
        away, angle = float(rng.uniform(*DISTANCE)), float(rng.uniform(-FRONT, FRONT))
        x, y = away * math.cos(angle), away * math.sin(angle)
        if any(math.dist((x, y), one.position[:2]) < APART for one in found):
            continue
        kind, size = str(rng.choice(list(KINDS))), float(rng.uniform(0.12, 0.3))
        low = float(rng.choice([0.0, 0.0, 0.45]))
        colour = str(colours[len(found)])
        place = (x, y, low + size / 2)
        found.append(SceneObject(f"{colour}_{kind}", kind, place, 0.0, KINDS[kind], (size, size, size), colour))
    return found


def _person(rng: np.random.Generator, target: Array) -> dict[str, Array]:
    """Joints of somebody who points."""
    tall, side = float(rng.uniform(1.55, 1.95)), str(rng.choice(["left", "right"]))
    turned = math.atan2(target[1], target[0]) * 0.6  # people turn towards what they mean
    ahead = np.array([math.cos(turned), math.sin(turned), 0.0])
    left = np.array([-math.sin(turned), math.cos(turned), 0.0])
    eyes = np.array([0.0, 0.0, 0.94 * tall]) + 0.08 * ahead
    way = 1.0 if side == "left" else -1.0
    shoulder = np.array([0.0, 0.0, 0.82 * tall]) + 0.18 * way * left
    share = 1.0 if rng.random() < LOOKING else float(rng.uniform(0.0, 1.0))
    origin = shoulder + share * (eyes - shoulder)
    along = _turned(rng, target - origin)
    hand = _at_reach(origin, along, shoulder, 0.40 * tall)
    forearm = hand - shoulder
    forearm /= np.linalg.norm(forearm)
    wrist = hand - 0.09 * forearm
    elbow = (shoulder + wrist) / 2 + np.array([0.0, 0.0, -float(rng.uniform(0.0, 0.05))])
    joints = {f"{side}_shoulder": shoulder, f"{side}_elbow": elbow, f"{side}_wrist": wrist}
    joints |= {"left_hip": 0.1 * left + (0, 0, 0.5 * tall), "right_hip": -0.1 * left + (0, 0, 0.5 * tall)}
    if rng.random() >= FACELESS:
        joints |= {"left_eye": eyes + 0.03 * left, "right_eye": eyes - 0.03 * left}
    if rng.random() < FINGERS:
        joints[f"{side}_index"] = hand
    return joints


def _turned(rng: np.random.Generator, along: Array) -> Array:
    """A direction with the error of a person."""
    along = along / np.linalg.norm(along)
    aside = np.cross(along, (0.0, 0.0, 1.0))
    aside /= np.linalg.norm(aside)
    a, b = rng.normal(0.0, UNSURE, 2)
    out = along + math.tan(a) * aside + math.tan(b) * np.cross(aside, along)
    return np.asarray(out / np.linalg.norm(out))


def _at_reach(origin: Array, along: Array, shoulder: Array, reach: float) -> Array:
    """The point of a line that is as far from the shoulder as the arm is long."""
    off = origin - shoulder
    half = float(off @ along)
    return np.asarray(origin + along * (-half + math.sqrt(max(half**2 - float(off @ off) + reach**2, 0.01))))
