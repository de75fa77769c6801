"""Quantities of a biped's walk: soles that slide, roll from heel to toe, steps per second, arms that swing."""

from __future__ import annotations

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.evaluation.quantities.base import STEADY
from skill_stack.evaluation.quantities.feet import steps, swings
from skill_stack.evaluation.quantities.quantity import Array, Parameters, Quantity
from skill_stack.evaluation.record import EpisodeRecord

TOUCHING = 0.001
"""Height over the floor up to which a point of a sole touches it, m; contacts give way by less."""
STEP = 0.05
"""Way of a foot over the ground from which on it has stepped, m."""
SIDES = ("left_", "right_")


def _soles(record: EpisodeRecord, foot: int) -> Array:
    """Lowest points of a sole's spheres in the world, m, shape (N, spheres, 3)."""
    one = record.robot.feet[foot]
    ways = np.stack([record.link_way(one.link, centre) for centre, _ in one.spheres], axis=1)
    ways[..., 2] -= [radius for _, radius in one.spheres]
    return ways


def _sole_slip(record: EpisodeRecord, _: Parameters) -> float:
    """A foot that rolls over heel or toes does not slide: only points that touch before and after a tick count."""
    ticks, ways, times = np.flatnonzero(record.running(STEADY)), 0.0, 0.0
    for foot in range(len(record.robot.feet)):
        points, carries = _soles(record, foot)[ticks], record.contact[ticks, foot].astype(bool)
        touches = (points[..., 2] < TOUCHING) & carries[:, None]
        both = touches[1:] & touches[:-1]
        seconds = np.diff(record.time[ticks])[:, None]
        ways += float((np.linalg.norm(np.diff(points[..., :2], axis=0), axis=2) * both).sum())
        times += float((seconds * both).sum())
    return ways / times if times else 0.0


def _pitch(record: EpisodeRecord, foot: int) -> Array:
    """Pitch of a sole, rad, shape (N,), positive with the toes up."""
    link = record.robot.feet[foot].link
    along = record.link_way(link, (1.0, 0.0, 0.0)) - record.link_way(link)
    return np.asarray(np.arcsin(np.clip(along[:, 2], -1.0, 1.0)))


def _rolled(record: EpisodeRecord, which: int) -> float:
    """Mean pitch in the last tick before touchdowns (0), or in the last one before lift-offs (1), rad."""
    ticks, found = record.running(STEADY), list[float]()
    for foot in range(len(record.robot.feet)):
        pitch = _pitch(record, foot)
        found += [float(pitch[max(at - 1, 0)]) for at in steps(record, foot, ticks)[which]]
    return float(np.mean(found)) if found else 0.0


def _step_rate(record: EpisodeRecord, _: Parameters) -> float:
    """A foot that bounces or drags lands without a step."""
    feet, where = record.known_feet(), np.flatnonzero(record.running(STEADY))
    ways = [np.linalg.norm(feet[down, foot, :2] - feet[up, foot, :2]) for foot, up, down in swings(record)]
    time = float(record.time[where[-1]] - record.time[where[0]])
    return sum(way >= STEP for way in ways) / time if time else 0.0


def _ahead(record: EpisodeRecord, way: Array) -> Array:
    """How far something is ahead of the base along its heading, m, shape (N,)."""
    off = way - record.position
    return np.asarray(np.cos(record.yaw) * off[:, 0] + np.sin(record.yaw) * off[:, 1])


def _hands(record: EpisodeRecord, parameters: Parameters) -> list[tuple[Array, Array]]:
    """How far the hand and the foot of each side are ahead, without their means, from when the walk is steady."""
    if len(parameters) != 1:
        raise DataError("which hands? Write for example 'arm_swing(wrist_yaw_link) >= 0.1 m', without the side")
    ticks, feet = record.running(STEADY), {foot.name: foot.link for foot in record.robot.feet}
    found = []
    for side in SIDES:
        pair = [record.link_way(side + parameters[0]), record.link_way(feet[side.rstrip("_")])]
        hand, foot = (_ahead(record, way)[ticks] for way in pair)
        found.append((hand - hand.mean(), foot - foot.mean()))
    return found


def _arm_swing(record: EpisodeRecord, parameters: Parameters) -> float:
    """Twice the amplitude of a sine of the same power, of the hand that swings less."""
    return float(min(2.0 * np.sqrt(2.0) * hand.std() for hand, _ in _hands(record, parameters)))


def _arm_in_step(record: EpisodeRecord, parameters: Parameters) -> float:
    pairs = _hands(record, parameters)
    return float(max((hand * foot).mean() / max(hand.std() * foot.std(), 1e-9) for hand, foot in pairs))


STRIDES: dict[str, Quantity] = {
    "sole_slip": Quantity("m/s", _sole_slip, "mean speed in the plane of the points of soles that carry and touch"),
    "landing_pitch": Quantity("rad", lambda r, _: _rolled(r, 0), "mean pitch of soles that land, the toes up"),
    "leaving_pitch": Quantity("rad", lambda r, _: -_rolled(r, 1), "mean pitch of soles that leave, the heels up"),
    "step_rate": Quantity("", _step_rate, "steps of all feet in a second, each of at least 5 cm"),
    "arm_swing": Quantity("m", _arm_swing, "way of a hand from back to front, along the heading, seen from the base"),
    "arm_in_step": Quantity("", _arm_in_step, "correlation of a hand's way ahead with that of the foot of its side"),
}
"""Quantities of a biped's walk."""
