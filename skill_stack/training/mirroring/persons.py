"""People who move: made motions of a person's joints, each as one of many people would do it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from skill_stack.connector.mirroring.person_features import POINTS
from skill_stack.core.data_file import DataModel, load_model
from skill_stack.training.clips.human_motion import HumanMotion

Array = np.ndarray

RATE = 50.0
"""Frames per second of what is made, Hz."""
Channel = Literal[
    "ahead", "left", "turn", "crouch", "lean", "side", "twist", "lift", "cadence", "jump", "swing", "left_hand",
    "right_hand",
]  # fmt: skip
Course = float | tuple[float, float, float]
"""A constant, or a wave: mean, amplitude, and period in s."""
WIDEST: Mapping[Channel, tuple[float, float]] = {
    "ahead": (-0.7, 2.0), "left": (-0.5, 0.5), "turn": (-0.7, 0.7), "crouch": (0.0, 0.4), "lean": (-0.15, 0.9),
    "side": (-0.45, 0.45), "twist": (-0.9, 0.9), "lift": (0.05, 0.4), "cadence": (0.6, 1.5), "jump": (0.05, 0.25),
    "swing": (0.0, 0.7), "left_hand": (0.0, 3.0), "right_hand": (0.0, 3.0),
}  # fmt: skip
"""Range of each channel in random motions, m, m/s, rad, rad/s, Hz."""
STANCE = 0.6
"""Share of a cycle in which a foot is on the ground."""


class People(DataModel):
    """Motions by name.

    Attributes:
        clips: Courses by channel; channels that are left out are 0.
    """

    clips: dict[str, dict[Channel, Course]]


@dataclass(frozen=True, slots=True)
class Person:
    """How somebody does motions.

    Attributes:
        leg: Length of a leg, m.
        trunk: From hips to shoulders, m.
        arm: Length of an arm, m.
        tempo: Factor on rates and speeds.
        extent: Factor on angles and lengths.
        begin: Where in a motion they begin, s.
        heading: Which way they look then, rad.
        jitter: Standard deviation with which joints are seen, m.
    """

    leg: float = 0.9
    trunk: float = 0.5
    arm: float = 0.6
    tempo: float = 1.0
    extent: float = 1.0
    begin: float = 0.0
    heading: float = 0.0
    jitter: float = 0.003


def load_people(path: Path) -> People:
    """Reads motions; raises DataError naming what is wrong."""
    return load_model(People, path)


def drawn_person(rng: np.random.Generator) -> Person:
    """Somebody."""
    leg = rng.uniform(0.75, 1.0)
    return Person(
        leg, leg * rng.uniform(0.5, 0.62), leg * rng.uniform(0.62, 0.72), rng.uniform(0.87, 1.15),
        rng.uniform(0.85, 1.15), rng.uniform(0.0, 10.0), rng.uniform(-math.pi, math.pi), rng.uniform(0.001, 0.006),
    )  # fmt: skip


def drawn_motion(rng: np.random.Generator) -> dict[Channel, Course]:
    """A motion of channels drawn one by one: most people walk, a few jump, each may hold or wave anything."""
    walks = rng.random() < 0.6
    names: list[Channel] = ["crouch", "lean", "side", "twist", "left_hand", "right_hand"]
    chosen = [name for name in names if rng.random() < 0.35]
    if walks:
        ways: list[Channel] = ["ahead", "left", "turn"]
        chosen += ["lift", "cadence", "swing", *(name for name in ways if rng.random() < 0.55)]
    elif rng.random() < 0.2:
        chosen += ["jump", "cadence"]
    return {name: _drawn_course(name, rng) for name in chosen}


def _drawn_course(name: Channel, rng: np.random.Generator) -> Course:
    least, most = WIDEST[name]
    value = float(rng.uniform(least, most))
    if rng.random() < 0.5 or name in ("lift", "cadence", "jump", "swing"):
        return value
    return value, float(rng.uniform(0, min(value - least, most - value))), float(rng.uniform(1.0, 5.0))


def moving(motion: Mapping[Channel, Course], person: Person, seconds: float, rng: np.random.Generator) -> HumanMotion:
    """A person who does a motion.

    Args:
        motion: Courses by channel.
        person: Who does it.
        seconds: For how long.
        rng: Of what joints are seen with.
    """
    times = person.begin + np.arange(round(seconds * RATE) + 1) / RATE
    at = {name: _course(name, motion.get(name, 0.0), person, times) for name in WIDEST}
    heading = person.heading + np.cumsum(at["turn"]) / RATE
    c, s = np.cos(heading), np.sin(heading)
    way = np.stack([c * at["ahead"] - s * at["left"], s * at["ahead"] + c * at["left"]], axis=1).cumsum(axis=0) / RATE
    places = _body(at, person, person.begin + np.cumsum(at["cadence"]) / RATE)
    x, y = places[..., 0].copy(), places[..., 1].copy()
    places[..., 0] = way[:, None, 0] + c[:, None] * x - s[:, None] * y
    places[..., 1] = way[:, None, 1] + s[:, None] * x + c[:, None] * y
    places += person.jitter * rng.standard_normal(places.shape)
    return HumanMotion(POINTS, places, RATE)


def _course(name: Channel, course: Course, person: Person, times: Array) -> Array:
    mean, amplitude, period = (course, 0.0, 1.0) if isinstance(course, float | int) else course
    values = mean + amplitude * np.sin(2 * math.pi * person.tempo * times / period)
    size = math.sqrt(person.leg / 0.9)
    if name in ("ahead", "left"):
        return np.asarray(values * person.tempo * size)
    if name in ("turn", "cadence"):
        return np.asarray(values * person.tempo / size)
    return np.asarray(values * person.extent * (person.leg / 0.9 if name in ("crouch", "lift", "jump") else 1.0))


def _body(at: Mapping[Channel, Array], person: Person, phase: Array) -> Array:
    """Joints seen from the ground under the hips and their heading, m, shape (frames, points, 3)."""
    leg, frames = person.leg, len(phase)
    up = at["jump"] * np.maximum(np.sin(2 * math.pi * phase), 0.0)
    hips = np.zeros((frames, 3))
    hips[:, 2] = 0.97 * leg - at["crouch"] + up
    trunk = person.trunk * _unit(np.stack([np.tan(at["lean"]), -np.tan(at["side"]), np.ones(frames)], axis=1))
    places = np.zeros((frames, len(POINTS), 3))
    for side, sign in enumerate((1.0, -1.0)):
        hip = hips + np.array([0.0, 0.1 * leg * sign, 0.0])
        ankle = _ankle(at, phase + 0.5 * side, sign, leg)
        ankle[:, 2] += up
        ankle = hip + (ankle - hip) * np.minimum(1.0, leg / np.linalg.norm(ankle - hip, axis=1))[:, None]
        bent = np.sqrt(np.maximum(leg**2 - np.sum((ankle - hip) ** 2, axis=1), 0.0)) / 2
        along = _unit(ankle - hip)
        ahead = _unit(np.array([1.0, 0.0, 0.0]) - along[:, :1] * along)
        knee = (hip + ankle) / 2 + bent[:, None] * ahead
        out = 0.2 * leg * sign
        shoulder = hips + trunk + np.stack([-out * np.sin(at["twist"]), out * np.cos(at["twist"]), 0 * bent], axis=1)
        raised = at["left_hand" if sign > 0 else "right_hand"]
        swung = at["swing"] * np.sin(2 * math.pi * (phase + 0.5 * (1 - side)))
        arm = np.stack([0.6 * np.sin(raised) + np.sin(swung), 0.8 * sign * np.sin(raised), -np.cos(raised)], axis=1)
        hand = shoulder + person.arm * _unit(arm)
        for number, place in zip(range(side, len(POINTS), 2), (hip, knee, ankle, shoulder, hand)):
            places[:, number] = place
    return places


def _ankle(at: Mapping[Channel, Array], phase: Array, sign: float, leg: float) -> Array:
    """A foot that goes back with the ground while it stands, and ahead through the air."""
    share = np.mod(phase, 1.0)
    swing = np.clip((share - STANCE) / (1 - STANCE), 0.0, 1.0)
    along = np.where(share < STANCE, 0.5 - share / STANCE, swing - 0.5)
    stride = np.divide(STANCE, at["cadence"], out=np.zeros_like(share), where=at["cadence"] > 0)
    return np.stack([
        at["ahead"] * stride * along,
        at["left"] * stride * along + 0.1 * leg * sign,
        0.08 + at["lift"] * np.sin(math.pi * swing),
    ], axis=1)  # fmt: skip


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))
