"""Episodes of a humanoid that walks on while its hand stays at a thing, judged on simulator truth."""

from __future__ import annotations

import numpy as np

from skill_stack.core.world.scene import SceneObject
from skill_stack.evaluation.scenes.handling_scenes import tracking_scene
from skill_stack.evaluation.scores.contrast_score import ContrastScore
from skill_stack.runtime.handling.handling_episodes import NEAR, HandlingEpisodes, TouchLine, distances
from skill_stack.runtime.line.line import LineResult

Array = np.ndarray

TRAVEL = 0.5
"""Least way of the base in one stretch over which the hand is always near, m."""


class TrackingEpisodes(HandlingEpisodes):
    """Runs instructions, each in its own world.

    ``without`` is whether the hand would have stayed near if it had been carried along by the base.
    """

    def score(self, seed: int) -> ContrastScore:
        """Runs and judges the instruction of a seed."""
        scene = tracking_scene(seed)
        line = self.line_of(scene)
        done = line.run(scene.words)
        thing, bases = line.scene[scene.target], np.array(line.bases)
        tips = np.array(line.tips)
        way = _stretch(distances(tips, thing).min(axis=1), bases)
        stiff = _stretch(distances(_carried_along(tips, bases, thing), thing).min(axis=1), bases)
        reason = self._wrong(line, done, way)
        return ContrastScore(seed, scene.words, scene.kind, not reason, stiff >= TRAVEL, reason,
                             round(done.simulated_seconds, 2))  # fmt: skip

    def _wrong(self, line: TouchLine, done: LineResult, way: float) -> str:
        """What was wrong; empty for nothing."""
        if line.fallen:
            return "it fell"
        near = "" if way >= TRAVEL else f"the fingertips stayed within {NEAR:g} m of it over {way:.2f} m"
        said = "" if done.outcome == "succeeded" else f"the robot said: {done.reason}"
        return "; ".join(filter(None, (said, near)))


def _stretch(away: Array, bases: Array) -> float:
    """Longest way, m, between two ends of a time in which something was always near.

    Args:
        away: Distances at every control tick, m, shape (N,).
        bases: x and y, m, and heading, rad, of the base, shape (N, 3).
    """
    near = np.concatenate(([False], away <= NEAR, [False]))
    edges = np.flatnonzero(near[1:] != near[:-1])
    return max((float(np.hypot(*(bases[b - 1] - bases[a])[:2])) for a, b in edges.reshape(-1, 2)), default=0.0)


def _carried_along(tips: Array, bases: Array, thing: SceneObject) -> Array:
    """Fingertips that from when they were nearest to a thing stay where they are relative to the base, m."""
    begin = int(distances(tips, thing).min(axis=1).argmin())
    turn = bases[begin:, 2] - bases[begin, 2]
    c, s = np.cos(turn)[:, None], np.sin(turn)[:, None]
    rel = tips[begin] - [*bases[begin, :2], 0.0]  # as if the heading were that of the beginning
    x, y = c * rel[:, 0] - s * rel[:, 1], s * rel[:, 0] + c * rel[:, 1]
    out = tips.copy()
    out[begin:, :, 0], out[begin:, :, 1] = x + bases[begin:, :1], y + bases[begin:, 1:2]
    out[begin:, :, 2] = tips[begin, :, 2]
    return out
