"""Quantities of feet: gait phases, swings, flight, a raised paw."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.evaluation.quantities.base import STEADY
from skill_stack.evaluation.quantities.quantity import Array, Parameters, Quantity
from skill_stack.evaluation.record import EpisodeRecord

GAITS: dict[str, tuple[float, float, float, float]] = {
    "trot": (0.0, 0.5, 0.5, 0.0),
    "pace": (0.0, 0.5, 0.0, 0.5),
    "bound": (0.0, 0.0, 0.5, 0.5),
    "pronk": (0.0, 0.0, 0.0, 0.0),
}
"""Phase of touchdown by gait (Hildebrand), share of a cycle: front left, front right, rear left, rear right."""
SHORTEST = 0.03
"""Contact or flight of a foot that is shorter counts as a bounce, s."""
LEAST_CYCLES = 3
REST = (4.0, 8.0)
"""Time in which a robot that was told to stand is at rest, s after that; pushes come later."""
WORST_PHASE = 0.5
"""Phase error assigned to a foot that does not step: the largest possible."""
LIFTED = 0.1
"""Height of a waving paw, m."""
WAVED = 0.05
"""Distance of a paw's movement that counts, m."""


def steps(record: EpisodeRecord, foot: int, ticks: Array) -> tuple[list[int], list[int]]:
    """Ticks of touchdown and lift-off of a foot, without bounces."""
    where = np.flatnonzero(ticks)
    load = record.contact[where, foot].astype(bool).copy()
    period = float(np.median(np.diff(record.time))) if len(record.time) > 1 else 1.0
    least = max(1, round(SHORTEST / period))
    edges = [0, *(np.flatnonzero(np.diff(load)) + 1).tolist(), len(load)]
    for a, b in pairwise(edges):
        if b - a < least and a > 0 and b < len(load):
            load[a:b] = load[a - 1]
    change = np.diff(load.astype(int))
    return where[np.flatnonzero(change == 1) + 1].tolist(), where[np.flatnonzero(change == -1) + 1].tolist()


def _phase_error(record: EpisodeRecord, parameters: Parameters) -> float:
    gait = parameters[0] if parameters else str(record.argument("gait"))
    if gait not in GAITS:
        raise UnknownName("gait", gait, GAITS)
    ticks = record.running(STEADY)
    downs = [record.time[steps(record, foot, ticks)[0]] for foot in range(4)]
    if len(downs[0]) <= LEAST_CYCLES:
        return WORST_PHASE
    errors = []
    for foot in range(1, 4):
        phases = [(t - a) / (b - a) for a, b in pairwise(downs[0]) for t in downs[foot] if a <= t < b]
        if len(phases) < LEAST_CYCLES:
            return WORST_PHASE
        mean = np.exp(2j * math.pi * np.array(phases)).mean()
        off = (float(np.angle(mean)) / (2 * math.pi) - GAITS[gait][foot] + 0.5) % 1.0 - 0.5
        errors.append(abs(off))
    return max(errors)


def swings(record: EpisodeRecord) -> list[tuple[int, int, int]]:
    """Foot, tick of lift-off and tick of touchdown of every whole swing after the beginning."""
    ticks, found = record.running(STEADY), []
    for foot in range(record.contact.shape[1]):
        downs, ups = steps(record, foot, ticks)
        for up in ups:
            after = [down for down in downs if down > up]
            found += [(foot, up, after[0])] if after else []
    return found


def _swing_height(record: EpisodeRecord, _: Parameters) -> float:
    feet, found = record.known_feet(), swings(record)
    if not found:
        return math.nan
    heights = [feet[up:down, foot, 2].max() - feet[max(up - 1, 0), foot, 2] for foot, up, down in found]
    return abs(float(np.mean(heights)) - float(record.argument("swing_height")))


def _swing_length(record: EpisodeRecord, _: Parameters) -> float:
    feet, found = record.known_feet(), swings(record)
    if not found:
        return math.nan
    ways = [np.linalg.norm(feet[down, foot, :2] - feet[max(up - 1, 0), foot, :2]) for foot, up, down in found]
    return abs(float(np.mean(ways)) - float(record.argument("swing_length")))


def _landing_speed(record: EpisodeRecord, _: Parameters) -> float:
    """Mean way downwards in the last tick before a foot touches down, by the length of that tick, m/s."""
    feet, downs = record.known_feet(), [(foot, down) for foot, _, down in swings(record) if down >= 2]
    if not downs:
        return math.nan
    ways = [feet[down - 2, foot, 2] - feet[down - 1, foot, 2] for foot, down in downs]
    times = [record.time[down - 1] - record.time[down - 2] for _, down in downs]
    return float(np.mean(np.array(ways) / np.array(times)))


def _flight(record: EpisodeRecord, _: Parameters) -> float:
    """From the first moment without ground contact to the next contact, s."""
    free = ~record.contact.any(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], free.astype(int), [0]))))
    last = len(record.time) - 1
    return max(
        (float(record.time[min(b, last)] - record.time[a]) for a, b in edges.reshape(-1, 2).tolist()), default=0.0
    )


def _paw_swings(record: EpisodeRecord, _: Parameters) -> float:
    feet = record.known_feet()
    return max(there_and_back(feet[:, foot], feet[:, foot, 2] > LIFTED) for foot in (0, 1))


def there_and_back(way: Array, lifted: Array) -> float:
    """How often a lifted paw moved to and fro along its main direction."""
    points = way[lifted]
    if len(points) < 3:
        return 0.0
    centred = points - points.mean(axis=0)
    values = centred @ np.linalg.svd(centred, full_matrices=False)[2][0]
    legs, low, high, rising = 0, values[0], values[0], 0
    for value in values:
        low, high = min(low, value), max(high, value)
        if rising >= 0 and high - value >= WAVED:
            legs, rising, low = legs + 1, -1, value
        elif rising <= 0 and value - low >= WAVED:
            legs, rising, high = legs + 1, 1, value
    return legs / 2


def _rest(record: EpisodeRecord) -> Array:
    """Ticks in which a robot that is left alone has come to rest, bool, shape (N,)."""
    return (record.time >= record.time[0] + REST[0]) & (record.time <= record.time[0] + REST[1])


def _rest_steps(record: EpisodeRecord, _: Parameters) -> float:
    ticks = _rest(record)
    return float(sum(len(steps(record, foot, ticks)[0]) for foot in range(record.contact.shape[1])))


def _rest_sway(record: EpisodeRecord, _: Parameters) -> float:
    return float(np.sqrt(np.square(record.linear[_rest(record), :2]).sum(axis=1).mean()))


def _rest_slip(record: EpisodeRecord, _: Parameters) -> float:
    """Mean speed of the feet, which all stand at rest, m/s."""
    ticks = np.flatnonzero(_rest(record))
    ways = np.linalg.norm(np.diff(record.known_feet()[ticks, :, :2], axis=0), axis=2)
    return float(ways.sum(axis=0).mean() / (record.time[ticks[-1]] - record.time[ticks[0]]))


def _rest_power(record: EpisodeRecord, _: Parameters) -> float:
    if record.power is None:
        raise DataError("the power of the joints is known in the in-process runner alone: --through line")
    return float(record.power[_rest(record)].mean())


FEET: dict[str, Quantity] = {
    "phase_error": Quantity("", _phase_error, "largest difference of a foot's mean phase from its gait's pattern"),
    "swing_height_error": Quantity("m", _swing_height, "mean height of the swings less the one asked for"),
    "swing_length_error": Quantity("m", _swing_length, "mean way of the swings less the one asked for"),
    "landing_speed": Quantity("m/s", _landing_speed, "mean speed of feet downwards just before they touch down"),
    "flight": Quantity("s", _flight, "longest time without a foot on the ground"),
    "end_lowest_foot": Quantity(
        "m", lambda r, _: r.known_feet()[r.end, :, 2].min(axis=1), "height of the lowest foot over the end"
    ),
    "rest_steps": Quantity("", _rest_steps, "feet set down from 4 to 8 s, in which a robot that stands is left alone"),
    "rest_sway": Quantity("m/s", _rest_sway, "root mean square speed of the base in the plane in the same time"),
    "rest_slip": Quantity("m/s", _rest_slip, "mean speed of the feet in the plane in the same time"),
    "rest_power": Quantity("W", _rest_power, "mean mechanical power of the joints in the same time"),
    "paw_height": Quantity("m", lambda r, _: r.known_feet()[:, :2, 2].max(), "greatest height of a front foot"),
    "paw_swings": Quantity("", _paw_swings, "how often a lifted front foot went there and back by 5 cm"),
}
"""Quantities of feet."""
