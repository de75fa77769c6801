"""Quantities of a body that moves as it likes: how many different things it did, second by second."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skill_stack.evaluation.quantities.feet import GAITS
from skill_stack.evaluation.quantities.quantity import Array, Parameters, Quantity, numbers
from skill_stack.evaluation.record import EpisodeRecord

WINDOW = 1.0
"""Time over which the body is looked at, s."""
NEAR = 0.13
"""Largest error of a foot's phase at which a gait counts as that one, in cycles."""
STEPS = 0.15
"""Least amplitude of a foot's contact at the frequency of the clock at which it steps; 0.32 is an even step."""
STILL, SLOW, TURNING = 0.1, 0.4, 0.25
"""Speeds, m/s, below which a body does not go anywhere and goes slowly, and rate, rad/s, above which it turns."""
LOW, TILTED = 0.27, 0.12
"""Height of the base, m, below which it is low, and mean tilt, rad, from which on it is tilted."""
SECTORS = 8
"""Headings of the motion, in the frame of the start, that are told apart."""


@dataclass(frozen=True, slots=True)
class BodyTrack:
    """What one body did, tick by tick.

    Attributes:
        velocity: Ahead and to the left, m/s, and turning rate, rad/s, in its heading's frame, shape (ticks, 3).
        height: Of the base, m, shape (ticks,).
        tilt: Of the base, rad, shape (ticks,).
        yaw: Its heading, rad, shape (ticks,).
        contact: Whether each foot carries, front left, front right, rear left, rear right, bool, shape (ticks, 4).
    """

    velocity: Array
    height: Array
    tilt: Array
    yaw: Array
    contact: Array


def gait_of(contact: Array, frequency: float, tick: float) -> str:
    """Name of a gait by its feet: one of :data:`GAITS`, ``standing`` where none steps, or ``other``.

    Args:
        contact: Shape (ticks, 4), over whole cycles at best.
        frequency: Of the clock, Hz.
        tick: Time between rows, s.
    """
    turns = np.exp(-2j * np.pi * frequency * tick * np.arange(len(contact)))
    found = (contact - contact.mean(axis=0)).T @ turns / len(contact)
    if (np.abs(found) < STEPS).all():
        return "standing"
    if (np.abs(found) < STEPS).any():
        return "other"
    phases = np.angle(found[:1] / found[1:]) / (2 * np.pi)
    errors = {name: np.abs((phases - np.array(at[1:]) + 0.5) % 1.0 - 0.5).max() for name, at in GAITS.items()}
    name = min(errors, key=errors.__getitem__)
    return name if errors[name] <= NEAR else "other"


def doings(track: BodyTrack, frequency: float, tick: float) -> list[tuple[str, str, str, str]]:
    """What the body did in each window: gait, way, turn and posture."""
    length, found = round(WINDOW / tick), []
    for begin in range(0, len(track.height) - length + 1, length):
        mine = slice(begin, begin + length)
        ahead, left, turn = track.velocity[mine].mean(axis=0)
        speed = float(np.hypot(ahead, left))
        way = "place"
        if speed >= STILL:
            side = ("ahead", "left", "back", "right")[round(np.arctan2(left, ahead) / (np.pi / 2)) % 4]
            way = f"{'slowly' if speed < SLOW else 'fast'} {side}"
        turning = "straight" if abs(turn) < TURNING else "left" if turn > 0 else "right"
        posture = (
            "low" if track.height[mine].mean() < LOW else "tilted" if track.tilt[mine].mean() > TILTED else "level"
        )
        found.append((gait_of(track.contact[mine], frequency, tick), way, turning, posture))
    return found


def headings(track: BodyTrack, tick: float) -> set[int]:
    """Sectors around the start's heading in which the body went, in windows where it went anywhere."""
    length, found = round(WINDOW / tick), set()
    turned = track.velocity[:, 0] + 1j * track.velocity[:, 1]
    world = turned * np.exp(1j * (track.yaw - track.yaw[0]))
    for begin in range(0, len(world) - length + 1, length):
        mean = world[begin : begin + length].mean()
        if abs(mean) >= STILL:
            found.add(round(float(np.angle(mean)) / (2 * np.pi / SECTORS)) % SECTORS)
    return found


def _track(record: EpisodeRecord) -> tuple[BodyTrack, float]:
    """What the body did while it ran, and the time between ticks, s."""
    ticks = record.running()
    velocity = np.concatenate([record.linear[ticks, :2], record.angular[ticks, 2:]], axis=1)
    contact = record.contact[ticks].astype(bool)
    track = BodyTrack(velocity, record.position[ticks, 2], record.tilt[ticks], record.yaw[ticks], contact)
    return track, float(np.median(np.diff(record.time)))


def _doings(record: EpisodeRecord, parameters: Parameters) -> list[tuple[str, str, str, str]]:
    track, tick = _track(record)
    return doings(track, numbers(parameters, 1, "the frequency of the gait clock, Hz")[0], tick)


def _standing(record: EpisodeRecord, parameters: Parameters) -> float:
    did = _doings(record, parameters)
    return sum(gait == "standing" and way == "place" for gait, way, *_ in did) / max(len(did), 1)


LIVELINESS: dict[str, Quantity] = {
    "variety": Quantity("", lambda r, p: float(len(set(_doings(r, p)))), "different seconds: gait, way, turn, posture"),
    "headings": Quantity("", lambda r, _: float(len(headings(*_track(r)))), "sectors of 45° in which it went"),
    "standing_share": Quantity("", _standing, "share of the seconds in which it stood where it was"),
}
"""Quantities of a body that moves as it likes."""
