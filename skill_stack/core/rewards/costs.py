"""Costs of motions, and whether one is what was asked for: the only place that a planner, training, conditions and
evaluation have them from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from skill_stack.core.rewards.body_motion import BodyLayout, BodyMotion
from skill_stack.core.rewards.quantities import MotionView, error, quantity, view_of
from skill_stack.core.rewards.reward_set import RewardSet, RewardTerm

Array = np.ndarray


def costs(rewards: RewardSet, motion: BodyMotion, layout: BodyLayout) -> Array:
    """Cost at every moment, shape (..., time); 0 where everything is as asked for."""
    terms = rewards.in_force(layout.bodies, motion.thing is not None)
    return sum(costs_by_term(terms, motion, layout).values(), np.zeros(motion.shape))


def costs_by_term(terms: tuple[RewardTerm, ...], motion: BodyMotion, layout: BodyLayout) -> dict[str, Array]:
    """Cost of every term by its label, shape (..., time) each.

    Args:
        terms: Terms in force, see :meth:`RewardSet.in_force`.
        motion: The motions.
        layout: Their robot.
    """
    view = view_of(terms, motion, layout)
    return {one.label: term_cost(one, view) for one in terms}


def term_cost(term: RewardTerm, view: MotionView) -> Array:
    """Weighted cost of one term, shape (..., time)."""
    kind, off = term.kind, error(term, view)
    if kind.norm == "quadratic":
        return term.weight * kind.weight * np.square(off) / kind.width
    return term.weight * kind.weight * (np.sqrt(np.square(off) + kind.width**2) - kind.width)


@dataclass(frozen=True, slots=True)
class RewardVerdict:
    """Whether a motion is what was asked for.

    Attributes:
        reached: Whether every aim was within its tolerance for long enough.
        at: Time from the beginning at which it was, s; infinite where it was not.
        nearest: Of the moment at which the worst aim was nearest: each aim's distance by label, in its unit.
        held: Longest time within all tolerances, s.
        kept: Share of the time after ``at`` within twice the tolerances; 0 where it was not reached.
    """

    reached: bool
    at: float
    nearest: dict[str, float]
    held: float
    kept: float

    @property
    def told(self) -> str:
        """How near it came, in words."""
        return ", ".join(f"{label} {off:.3g} off" for label, off in self.nearest.items())


def judge(rewards: RewardSet, motion: BodyMotion, layout: BodyLayout) -> RewardVerdict:
    """Whether one motion is what was asked for, by its aims alone.

    Args:
        rewards: What was asked for; it needs an aim.
        motion: One motion from where the set began, without leading dimensions.
        layout: Its robot.
    """
    shares = distances(rewards, motion, layout)
    worst = shares.max(axis=0)
    steps = max(1, math.ceil(rewards.hold / motion.dt - 1e-9))
    runs = _runs(worst <= 1.0)
    done = np.flatnonzero((runs >= steps) & (motion.dt * (np.arange(len(runs)) + 1) <= rewards.success.within + 1e-9))
    best = int(worst.argmin())
    nearest = {
        one.label: float(share[best] * tolerance(one, rewards)) for one, share in zip(rewards.aims, shares, strict=True)
    }
    at = float(done[0] + 1) * motion.dt if done.size else math.inf
    kept = float((worst[done[0] :] <= 2.0).mean()) if done.size else 0.0
    return RewardVerdict(bool(done.size), at, nearest, float(runs.max(initial=0)) * motion.dt, kept)


def distances(rewards: RewardSet, motion: BodyMotion, layout: BodyLayout) -> Array:
    """Distance of every aim from its target as a share of its tolerance, shape (aims, ..., time).

    It is infinite until a quantity can be averaged.

    Args:
        rewards: What was asked for; it needs an aim.
        motion: Motions from where the set began.
        layout: Their robot.
    """
    view = view_of(rewards.terms, motion, layout)
    return np.stack([_share(one, rewards, view, motion.dt) for one in rewards.aims])


def tolerance(term: RewardTerm, rewards: RewardSet) -> float:
    """Largest distance of an aim from its target that counts as success, in its unit."""
    return rewards.success.tolerance.get(term.term, term.kind.tolerance or math.inf)


def _share(term: RewardTerm, rewards: RewardSet, view: MotionView, dt: float) -> Array:
    """Distance from the target as a share of the tolerance, shape (..., time)."""
    measured = quantity(term, view)
    window = max(1, round(term.kind.average / dt))
    if window > 1:
        summed = np.cumsum(np.concatenate([np.zeros_like(measured[..., :1]), measured], axis=-1), axis=-1)
        measured = np.full(measured.shape, np.inf)
        measured[..., window - 1 :] = (summed[..., window:] - summed[..., :-window]) / window
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(np.abs(error(term, view, measured)) / tolerance(term, rewards), nan=np.inf)


def _runs(within: Array) -> Array:
    """How many moments without a break each one ends, shape (time,)."""
    count, runs = 0, np.zeros(len(within), dtype=int)
    for place, good in enumerate(within):
        count = count + 1 if good else 0
        runs[place] = count
    return runs
