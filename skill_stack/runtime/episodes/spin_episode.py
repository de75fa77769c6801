"""One object in the palm turned by the fingers, judged on simulator truth."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.evaluation.hand_suite import HandTask
from skill_stack.runtime.episodes.gesture_episode import GRAVITY, Measured, Picture
from skill_stack.runtime.episodes.grasp_episode import THING
from skill_stack.runtime.episodes.hand_truth import HandTruth
from skill_stack.runtime.line.parts_line import PartsLine

Array = np.ndarray
CRADLE = "cradle"
"""Skill by which the hand forms a bowl around an object in it."""
PLACE, SHIFT = np.array([0.06, 0.0, 0.006]), 0.005
"""Drop position of an object over the palm, in its frame, and its error along and across, m."""
TURNED = 0.3
"""Initial rotation in addition to any number of quarter turns, rad."""
SETTLE = 0.5
"""Time before the hand moves and before the object is turned, s."""


class SpinWatch:
    """Integrates, period by period, the rotation of an object about the palm's direction.

    Attributes:
        turned: So far, rad; to the left seen against the palm counts above 0.
        strayed: Farthest that its centre was from where it was at first, in the palm's frame, m.
    """

    def __init__(self, truth: HandTruth) -> None:
        """Starts at the object's present orientation."""
        self.turned = self.strayed = 0.0
        self._truth, self._begin, self._before = truth, truth.held(), truth.attitude()

    def __call__(self) -> None:
        """Adds one period."""
        now = self._truth.attitude()
        change = now @ self._before.T
        about = np.array([change[2, 1] - change[1, 2], change[0, 2] - change[2, 0], change[1, 0] - change[0, 1]])
        self.turned += 0.5 * float(about @ self._truth.up)  # of a small turn: its angle about that axis
        self.strayed = max(self.strayed, float(np.linalg.norm(self._truth.held() - self._begin)))
        self._before = now


def run_spin(
    line: PartsLine, task: HandTask, rng: np.random.Generator, picture: Picture | None = None
) -> tuple[str, Measured]:
    """Places an object in the palm, forms a bowl around it, and turns it.

    The palm faces up because gravity is rotated.

    Args:
        line: The line; the hand is at rest.
        task: The task.
        rng: Of the seed.
        picture: Called after each step with its name.

    Returns:
        What went wrong on the way, and what was measured.
    """
    truth = HandTruth(line, THING)
    line.device.model.opt.gravity[:] = -GRAVITY * truth.up
    across = rng.uniform(-SHIFT, SHIFT, 2)
    truth.lay(PLACE + (0.0, *across), float(rng.uniform(-TURNED, TURNED)) + 0.5 * math.pi * int(rng.integers(4)))
    line.idle(SETTLE)
    outcome = line.run_skill(CRADLE, {})
    if outcome.outcome != "succeeded":
        return f"{CRADLE}: {outcome.reason}", {}
    line.idle(SETTLE)
    if picture is not None:
        picture(CRADLE, line)
    watch, begun = SpinWatch(truth), line.now
    line.watcher = watch
    outcome = line.run_skill(task.skill, {})
    line.watcher = None
    if picture is not None:
        picture(task.skill, line)
    side = 1.0 if task.turns == "left" else -1.0
    rate = side * watch.turned / max(line.now - begun, 1e-9)
    wrong = "" if outcome.outcome == "succeeded" else f"{task.skill}: {outcome.reason}"
    return wrong, {"rate": rate, "strayed": watch.strayed}
