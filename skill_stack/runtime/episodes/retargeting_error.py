"""Accuracy of retargeted hand postures, on postures not used for the synergies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from skill_stack.connector.retargeting.postures import drawn_postures
from skill_stack.connector.retargeting.retargeter import Retargeter
from skill_stack.connector.retargeting.synergy_space import SynergySpace
from skill_stack.core.robots.robot import RobotSpec


@dataclass(frozen=True, slots=True)
class RetargetingError:
    """Errors from one hand to another.

    Attributes:
        source: The hand that shows postures.
        target: The hand that takes them.
        mean: Mean distance between the fingertips that both have in the shared frame, at the target's size, m.
        p95: 95th percentile over postures of their mean distance, m.
        reach: What of the mean is because the target's fingers do not get there, m; the rest is lost in the synergies.
        pinch: Mean error of the distance between thumb and index finger, m.
    """

    source: str
    target: str
    mean: float
    p95: float
    reach: float
    pinch: float


def measured(robots: Sequence[RobotSpec], space: SynergySpace, number: int, seed: int) -> list[RetargetingError]:
    """Errors between all pairs of hands, in both directions.

    Args:
        robots: The hands.
        space: Through which they meet.
        number: Postures of each pair.
        seed: Of the postures; not the one that the space was made with.
    """
    rng, hands = np.random.default_rng(seed), {robot.name: Retargeter(robot, space) for robot in robots}
    return [_between(a, b, hands, space, number, rng) for a, b in permutations(robots, 2)]


def _between(
    source: RobotSpec,
    target: RobotSpec,
    hands: dict[str, Retargeter],
    space: SynergySpace,
    number: int,
    rng: np.random.Generator,
) -> RetargetingError:
    shown, taking = hands[source.name].shape, hands[target.name]
    both = [finger in shown.which for finger in taking.shape.which]
    off, reach, pinch = [], [], []
    for posture in drawn_postures(source, shown, number, rng):
        taking.forget()
        tips = shown.tips(posture)
        wanted = taking.shape.own(tips, shown.which)[both]
        found = taking.shape.tips(taking.joints(space.encode(tips, shown.which)))[both]
        off.append(np.linalg.norm(found - wanted, axis=1).mean())
        reach.append(taking.off)
        pinch.append(abs(np.linalg.norm(found[0] - found[-1]) - np.linalg.norm(wanted[0] - wanted[-1])))
    size = taking.shape.finger_length
    figures = (np.mean(off), np.quantile(off, 0.95), np.mean(reach), np.mean(pinch))
    return RetargetingError(source.name, target.name, *(float(size * figure) for figure in figures))
