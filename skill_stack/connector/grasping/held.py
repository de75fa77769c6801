"""What a hand closed on, and how: the steps that carry it somewhere and let it go are to know without being told."""

from __future__ import annotations

from skill_stack.connector.grasping.grasp_plan import GraspWish
from skill_stack.core.robots.robot import RobotSpec

MOST = 16
"""Things that are remembered; the oldest is forgotten first."""
_HELD: dict[tuple[int, str], tuple[RobotSpec, GraspWish]] = {}


def remember(hand: RobotSpec, thing: str, wish: GraspWish) -> None:
    """A hand closes on a thing in this way."""
    _HELD.pop((id(hand), thing), None)
    while len(_HELD) >= MOST:
        del _HELD[next(iter(_HELD))]
    _HELD[id(hand), thing] = (hand, wish)  # with the hand, so that nothing else gets its number


def held(hand: RobotSpec, thing: str) -> GraspWish | None:
    """How a hand closed on a thing last; None where it did not, or has let it go since."""
    found = _HELD.get((id(hand), thing))
    return None if found is None else found[1]


def forget(hand: RobotSpec, thing: str) -> None:
    """A hand has let a thing go."""
    _HELD.pop((id(hand), thing), None)
