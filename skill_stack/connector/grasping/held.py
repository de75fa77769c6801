"""Objects held by a hand and their grasps, which the carrying and releasing steps look up."""

from __future__ import annotations

from skill_stack.connector.grasping.grasp_plan import GraspWish
from skill_stack.core.robots.robot import RobotSpec

MOST = 16
"""Number of recorded objects; the oldest is dropped first."""
_HELD: dict[tuple[int, str], tuple[RobotSpec, GraspWish]] = {}
_PLACED: dict[tuple[int, str], int] = {}


def remember(hand: RobotSpec, thing: str, wish: GraspWish) -> None:
    """Records the grasp with which a hand closed on an object."""
    _HELD.pop((id(hand), thing), None)
    while len(_HELD) >= MOST:
        oldest = next(iter(_HELD))
        _PLACED.pop(oldest, None)
        del _HELD[oldest]
    _PLACED.pop((id(hand), thing), None)
    _HELD[id(hand), thing] = (hand, wish)  # with the hand, so that nothing else gets its number


def held(hand: RobotSpec, thing: str) -> GraspWish | None:
    """The last grasp of a hand on an object; None before it, or after a release."""
    found = _HELD.get((id(hand), thing))
    return None if found is None else found[1]


def forget(hand: RobotSpec, thing: str) -> None:
    """Records that a hand released an object."""
    _HELD.pop((id(hand), thing), None)
    _PLACED.pop((id(hand), thing), None)


def remember_placing(hand: RobotSpec, thing: str, number: int) -> None:
    """Records by which of the grasp's yaws a hand has brought a held object to its place."""
    if (id(hand), thing) in _HELD:
        _PLACED[id(hand), thing] = number


def placed(hand: RobotSpec, thing: str) -> tuple[int, ...]:
    """By which of the grasp's yaws it has brought it there; empty where that is unknown."""
    number = _PLACED.get((id(hand), thing))
    return () if number is None else (number,)
