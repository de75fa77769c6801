"""Objects held by a hand and their grasps, which the carrying and releasing steps look up."""

from __future__ import annotations

from skill_stack.connector.grasping.grasp_plan import GraspWish
from skill_stack.core.robots.robot import RobotSpec

MOST = 16
"""Number of recorded objects; the oldest is dropped first."""
_HELD: dict[tuple[int, str], tuple[RobotSpec, GraspWish]] = {}


def remember(hand: RobotSpec, thing: str, wish: GraspWish) -> None:
    """Records the grasp with which a hand closed on an object."""
    _HELD.pop((id(hand), thing), None)
    while len(_HELD) >= MOST:
        del _HELD[next(iter(_HELD))]
    _HELD[id(hand), thing] = (hand, wish)  # with the hand, so that nothing else gets its number


def held(hand: RobotSpec, thing: str) -> GraspWish | None:
    """The last grasp of a hand on an object; None before it, or after a release."""
    found = _HELD.get((id(hand), thing))
    return None if found is None else found[1]


def forget(hand: RobotSpec, thing: str) -> None:
    """Records that a hand released an object."""
    _HELD.pop((id(hand), thing), None)
