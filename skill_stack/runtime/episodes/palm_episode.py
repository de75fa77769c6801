"""One object in the palm that the fingers turn, keep or move, judged on simulator truth."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.evaluation.hand_suite import OPEN, Disturbance, HandSuite, HandTask
from skill_stack.runtime.episodes.gesture_episode import GRAVITY, JUDGED, Measured, Picture, arguments_of
from skill_stack.runtime.episodes.grasp_episode import THING
from skill_stack.runtime.episodes.hand_truth import HandTruth, push_of
from skill_stack.runtime.line.parts_line import PartsLine

Array = np.ndarray
TRIES, LIES = 8, 0.055
"""How often an object is put in again, and how far from :data:`PLACE` it may lie then, m."""
PLACE = np.array([0.06, 0.0, 0.006])
"""Drop position of an object over the palm, in its frame, m."""
TURNED = 0.3
"""Initial rotation in addition to any number of quarter turns, rad."""
SETTLE = 0.5
"""Time before the hand moves and before the object is moved, s."""
UNPUSHED, KEPT = 2.0, 10.0
"""Time that a skill has before the first push, and in which all pushes are over, s."""


class PalmWatch:
    """Watches an object in the palm period by period, and pushes it.

    Attributes:
        turned: Rotation about the task's axis so far, rad; to the left seen against the palm counts above 0.
        strayed: Farthest that its centre was from where it was at first, in the palm's frame, m.
        moved: The same, from where it was before the first push.
        placed_error: Farthest that it was, in the plane of the palm, from its place in the last :data:`JUDGED`, m.
        slid: Least that it was moved in the task's direction in that time, m.
        aside: Farthest that it was moved across that direction in the plane of the palm in that time, m.
        leant: Least angle by which its upper side leant in the task's direction in that time, more than at first, rad.
        aslant: Largest angle by which that leant across the direction in that time, rad.
    """

    def __init__(
        self, line: PartsLine, truth: HandTruth, task: HandTask, pushes: Disturbance | None, rng: np.random.Generator
    ) -> None:
        """Starts at the object's present pose, and draws all pushes.

        Args:
            line: The line.
            truth: What is true of the object.
            task: The task.
            pushes: What pushes the object while the skill runs; None: nothing.
            rng: Of the seed.
        """
        self.turned = self.strayed = self.moved = 0.0
        self._line, self._truth = line, truth
        self._axis = truth.rotation @ np.array(task.about)
        self._begin = self._unpushed = truth.held()
        self._before = truth.attitude()
        self._upper = self._before.T @ truth.up  # what looks up in the beginning, in the object's frame
        self._held: list[Array] = []
        self._leans: list[Array] = []
        self._started, self._pushes = line.now, []
        start = UNPUSHED
        for _ in range(pushes.times if pushes else 0):
            assert pushes is not None
            force, seconds, rest = push_of(pushes, rng)
            self._pushes.append((start, start + seconds, force))
            start += seconds + rest
        self.place, self.towards = np.array(task.place or (0.0, 0.0)), np.array(task.towards or (0.0, 0.0))

    def __call__(self) -> None:
        """Adds one period, and sets the force of the next."""
        now, held, elapsed = self._truth.attitude(), self._truth.held(), self._line.now - self._started
        change = now @ self._before.T
        about = np.array([change[2, 1] - change[1, 2], change[0, 2] - change[2, 0], change[1, 0] - change[0, 1]])
        self.turned += 0.5 * float(about @ self._axis)  # of a small turn: its angle about that axis
        self._before = now
        self.strayed = max(self.strayed, float(np.linalg.norm(held - self._begin)))
        if elapsed < UNPUSHED:
            self._unpushed = held
        self.moved = max(self.moved, float(np.linalg.norm(held - self._unpushed)))
        self._held.append(held)
        upper = self._truth.rotation.T @ now @ self._upper
        self._leans.append(np.arctan2(upper[1:], upper[0]))
        if self._pushes:
            on = [force for begin, end, force in self._pushes if begin <= elapsed < end]
            self._truth.force = on[0] if on else np.zeros(3)

    @property
    def placed_error(self) -> float:
        """See the class."""
        return float(np.linalg.norm(self._last() - self.place, axis=1).max())

    @property
    def slid(self) -> float:
        """See the class."""
        return float(((self._last() - self._begin[1:]) @ self.towards).min())

    @property
    def aside(self) -> float:
        """See the class."""
        return float(np.abs((self._last() - self._begin[1:]) @ self._across).max())

    @property
    def leant(self) -> float:
        """See the class."""
        return float((self._end_of(self._leans) @ self.towards).min())

    @property
    def aslant(self) -> float:
        """See the class."""
        return float(np.abs(self._end_of(self._leans) @ self._across).max())

    @property
    def _across(self) -> Array:
        return np.array([-self.towards[1], self.towards[0]])

    def _last(self) -> Array:
        """Places in the plane of the palm in the last :data:`JUDGED`, m, shape (periods, 2)."""
        return self._end_of(self._held)[:, 1:]

    def _end_of(self, rows: list[Array]) -> Array:
        """Rows of the last :data:`JUDGED`."""
        return np.array(rows[-round(JUDGED * self._line.robot.control_rate) :])


def run_in_palm(
    line: PartsLine, suite: HandSuite, task: HandTask, rng: np.random.Generator, picture: Picture | None = None
) -> tuple[str, Measured]:
    """Places an object in the palm, closes the hand around it, and runs the skill.

    The palm faces up because gravity is rotated.

    Args:
        line: The line; the hand is at rest.
        suite: What holds for all tasks.
        task: The task.
        rng: Of the seed.
        picture: Called after each step with its name.

    Returns:
        What went wrong on the way, and what was measured.
    """
    truth = HandTruth(line, THING)
    line.device.model.opt.gravity[:] = -GRAVITY * truth.up
    if wrong := _put_in(line, truth, task, rng, picture):
        return wrong, {}
    watch, begun = PalmWatch(line, truth, task, suite.disturbances.get(task.kind), rng), line.now
    line.watcher = watch
    outcome = line.run_skill(task.skill, arguments_of(task, rng))
    side = {"left": 1.0, "right": -1.0}.get(task.turns, 0.0)
    rate = side * watch.turned / max(line.now - begun, 1e-9)
    if task.kind in ("place", "slide", "tilt", "present"):
        line.idle(JUDGED)
    elif task.kind == "keep":  # a skill that ends earlier leaves the hand in its stance, which is pushed too
        line.idle(max(0.0, KEPT - (line.now - begun)))
    line.watcher = None
    if picture is not None:
        picture(task.skill, line)
    wrong = "" if outcome.outcome == "succeeded" else f"{task.skill}: {outcome.reason}"
    if task.kind == "spin":
        return wrong, {"rate": rate, "strayed": watch.strayed}
    if task.kind == "present":
        straight = max(truth.flexion(finger.bends) for finger in suite.fingers.values())
        return wrong, {"straight": straight, "strayed": watch.strayed}
    if task.kind == "slide":
        return wrong, {"slid": watch.slid, "aside": watch.aside, "strayed": watch.strayed}
    if task.kind == "tilt":
        return wrong, {"leant": watch.leant, "aslant": watch.aslant, "strayed": watch.strayed}
    placed: Measured = {"placed_error": watch.placed_error}
    return wrong, {"moved": watch.moved, **placed} if task.kind == "keep" else placed


def _put_in(
    line: PartsLine, truth: HandTruth, task: HandTask, rng: np.random.Generator, picture: Picture | None
) -> str:
    """Puts the object into the open hand, which closes around it; says what went wrong.

    What has rolled out before the hand is closed is put in again: then it is no failure of what the skill does. A cube
    that is turned does not roll; its tasks were measured without that.
    """
    for attempt in range(TRIES):
        if attempt:
            line.run_skill(OPEN, {})
        across = rng.uniform(-task.shift, task.shift, 2)
        truth.lay(PLACE + (0.0, *across), float(rng.uniform(-TURNED, TURNED)) + 0.5 * math.pi * int(rng.integers(4)))
        line.idle(SETTLE)
        for closing in task.before:
            outcome = line.run_skill(closing, {})
            if outcome.outcome != "succeeded":
                return f"{closing}: {outcome.reason}"
            line.idle(SETTLE)
            if picture is not None and _lies(truth):
                picture(closing, line)
        if task.kind == "spin" or _lies(truth):
            return ""
    return f"the object rolled out of the closing hand {TRIES} times"


def _lies(truth: HandTruth) -> bool:
    """Whether the object is in the hand."""
    return float(np.linalg.norm(truth.held() - PLACE)) <= LIES
