"""What words about a motion may name, and why they may mean nothing that can be done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from skill_stack.core.errors import DataError
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.robots.robot import Body


@dataclass(frozen=True, slots=True)
class SpokenBody:
    """What words about a robot may name.

    Attributes:
        feet: Names of its feet, by the front or rear and left or right of a quadruped: FL, FR, RL, RR.
        fingers: Names of its fingers.
        stand_height: Height of the base when it stands, m.
        has_object: Whether a hand has an object to move.
        hands: Names of the hands at the ends of its arms.
        landmarks: Parts of its body with their places ahead of the base and above the ground, m.
    """

    feet: tuple[str, ...] = ()
    fingers: tuple[str, ...] = ()
    stand_height: float = 0.3
    has_object: bool = False
    hands: tuple[str, ...] = ()
    landmarks: tuple[tuple[str, tuple[float, float]], ...] = ()

    @property
    def kind(self) -> Body:
        """What the terms are about that words mean."""
        return "legged" if self.feet else "arms" if self.hands else "hand"


@dataclass(frozen=True, slots=True)
class MotionRefusal:
    """Words about a motion that cannot be done as they stand.

    Attributes:
        cause: A ``word`` that was not read, or a ``term`` that is out of range, contradicts another or fits not.
        name: The word, or the term.
        reason: One sentence that says what would have worked.
    """

    cause: Literal["word", "term"]
    name: str
    reason: str


MotionReading = RewardSet | MotionRefusal | None
"""None: the words are about no motion."""


def first_problem(error: DataError) -> str:
    """The first mistake that a set of terms has, without its place in the set.

    Args:
        error: Of :meth:`RewardSet.parse`.
    """
    return re.sub(r"^\s*(terms\.\d+|\(top\)): ", "", str(error).splitlines()[1])


def checked(terms: Sequence[dict[str, Any]], body: SpokenBody, seconds: float | None) -> RewardSet | MotionRefusal:
    """Terms as a set that a robot can be asked for, or the refusal that names the wrong one.

    Args:
        terms: Terms as plain data; equal ones count once.
        body: The robot.
        seconds: How long it goes on, s; None: until told otherwise.
    """
    once = list({repr(term): term for term in terms}.values())
    try:
        rewards = RewardSet.parse({"terms": once, "seconds": seconds}, "these terms")
        problem = rewards.problem({body.kind}, body.feet, (), body.fingers, body.has_object, body.hands)
    except DataError as error:
        problem = first_problem(error)
    if not problem:
        return rewards
    name = next((str(term["term"]) for term in once if str(term["term"]) in problem), "")
    return MotionRefusal("term", name, f"That cannot be asked for: {problem}.")
