"""How long commanded hands keep their objects, and how well they do what was meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from skill_stack.training.coarse.hands import CommandedHands
from skill_stack.training.coarse.person import REST
from skill_stack.training.coarse.pooled import correlation, sums

Array = np.ndarray
Controller = Callable[[CommandedHands], Array]
"""Joint targets from the bowl, rad, shape (n, joints), of all hands at one moment."""
CAP = 120.0
"""Longest time that counts, s."""
SMOOTH = 1.0
"""Time over which a turning speed is averaged, s: objects turn by jerks."""


@dataclass(frozen=True, slots=True)
class FollowingScore:
    """What came of some commanded hands.

    Attributes:
        held: Time that each kept its object, at most ``cap``, s, shape (n,).
        fingers: Correlation of the finger motion that was meant with what the fingers did, while the object was kept.
        turns: Correlation of the side to which a turn was meant, 0 otherwise, with the turning speed over a second.
        slides: Correlation of the direction in which a push was meant with how far the object went in its time.
    """

    held: Array
    fingers: float
    turns: float
    slides: float

    def figures(self) -> dict[str, float]:
        """Rounded, by name; times in s."""
        quarter, median, three = np.quantile(self.held, (0.25, 0.5, 0.75)).round(2).tolist()
        correlations = {"fingers": self.fingers, "turns": self.turns, "slides": self.slides}
        return {
            "held_quarter": quarter, "held_median": median, "held_three_quarters": three,
            **{name: round(value, 3) for name, value in correlations.items()},
        }  # fmt: skip


def judge(
    hands: CommandedHands, controller: Controller, towards: Array, turns: Array, cap: float = CAP
) -> FollowingScore:
    """Lets a controller follow its persons until each has lost its object, or until the cap.

    Args:
        hands: Fresh hands.
        controller: Who follows the commands.
        towards: Where each primitive brings the object, see ``Primitives``.
        turns: To which side each turns it.
        cap: Longest time, s.
    """
    count = len(hands.lost)
    held, alive = np.full(count, cap), np.ones(count, bool)
    began = hands.place.copy()
    rows: list[tuple[Array, ...]] = []
    for tick in range(round(cap / hands.dt)):
        people = hands.persons
        meant, shown, before = people.meant.copy(), people.shown.copy(), hands.moved
        hands.step(controller(hands))
        new = hands.lost & alive
        held[new] = (tick + 1) * hands.dt
        alive &= ~hands.lost
        if not alive.any():
            break
        fresh = people.meant != meant
        went = np.where((fresh & (meant != REST))[:, None], hands.place - began, np.nan)
        began[fresh] = hands.place[fresh]
        rows.append((alive.copy(), shown, before, turns[meant] * (meant != REST), hands.turning, towards[meant], went))
    there, shown, moved, turned, speed, aims, went = (np.array(column) for column in zip(*rows))
    pushed = there & np.isfinite(went).all(axis=2) & (np.abs(aims).sum(axis=2) > 0.0)
    return FollowingScore(
        held,
        correlation([sums(shown[there], moved[there])]),
        correlation([sums(turned[there], _mean_of(speed, round(SMOOTH / hands.dt))[there])]),
        correlation([sums(aims[pushed], went[pushed])]),
    )


def _mean_of(values: Array, width: int) -> Array:
    """Moving average along the first axis, shape as given."""
    window = np.ones(width) / width
    return np.apply_along_axis(lambda column: np.convolve(column, window, "same"), 0, values)
