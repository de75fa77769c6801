"""BodyLine: a robot at a whole-body task, advanced from decision to decision and judged on simulator truth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import nullcontext

import numpy as np

from skill_stack.connector.whole_body.decisions import Actor, acting
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import ControlMode, SkillStatus
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene_file import set_up
from skill_stack.evaluation.bodies.body_scenes import PLACE, TARGET, BodyScene
from skill_stack.planner.planner import Planner
from skill_stack.runtime.bodies.body_truth import CARRIES, HOLD, RISEN, BodyTruth, nose_of, skill_of
from skill_stack.runtime.episodes.scenario_line import SeeingLine

REST, AFTER = 0.3, 1.5
"""Times for which it stands before the task, and is judged after the skill has ended, s."""


class BodyLine(SeeingLine):
    """One episode.

    Attributes:
        fallen: Whether the robot fell, or its guards damped it.
        done: Whether the task was done for long enough, at any time.
        began: When the task began, s of task time.
        done_at: When, s after the task began; NaN while it was not.
        came: How near to done it is now, 0 to 1, for learners.
        holds: Whether it is done at this moment.
        over: Whether the skill has ended.
        why: Why it has failed, for people; empty where it has not.
        kind: The task.
        body: What is true of the task; None before it begins.
        peak: Largest torque of any joint so far, N·m.
    """

    def __init__(
        self, robot: RobotSpec, library: SkillLibrary, planner: Planner, scene: BodyScene, actor: Actor | None = None
    ) -> None:
        """Stands up in the world of a scene, and begins the task.

        Args:
            robot: The robot.
            library: Its skills, with those of :func:`skill_of`.
            planner: Of that library.
            scene: World and task.
            actor: Decides in place of the network of the skill; None: that does.
        """
        self._skill = skill_of(scene)
        library = library.changed(self._skill, timeout=scene.seconds)
        super().__init__(robot, library, set_up(scene.file, scene.seed), None, planner)
        self.fallen = self.done = self.holds = self.over = False
        self.done_at, self.came, self._held, self.kind = math.nan, 0.0, 0.0, scene.task
        self.peak, self.why = 0.0, ""
        self.body: BodyTruth | None = None
        self.run_skill("stand", {})
        self.idle(REST)
        self.body = BodyTruth(self.device, self.robot.source.base_link, self.scene, nose_of(library), scene.task)
        self.came, _ = self.body.judge()
        self.watch()
        self.began, self._end = self.now, self.now + scene.seconds
        self._going = self._execution(scene, actor)

    def _execution(self, scene: BodyScene, actor: Actor | None) -> Iterator[None]:
        """The execution of the skill; what decides is chosen where its step begins."""
        more = {"place": PLACE} if self._skill == CARRIES else {"task": scene.task}
        going = self.execution(self.asked(self._skill, {**more, "target": TARGET}))
        with nullcontext() if actor is None else acting(actor):
            next(going)
        return going

    def advance(self) -> bool:
        """One control period; whether the episode goes on."""
        self.step()
        try:
            if not self.over:
                next(self._going)
        except StopIteration as ended:
            self.over, (outcome, why, steps) = True, ended.value
            self.why = "" if outcome == "succeeded" else why
            self._end = min(self._end, self.now + AFTER)
            self.fallen = self.fallen or any(one.violated in self._library[self._skill].failure for one in steps)
        return not (self.fallen or self.now >= self._end)

    def step(self) -> SkillStatus:
        """One control period, judged."""
        status = super().step()
        if self.body is None:
            return status
        damped = status.mode in (ControlMode.DAMPED, ControlMode.ESTOP)
        self.fallen = self.fallen or self.device.truth().fallen or damped
        self.peak = max(self.peak, float(np.abs(self._details.torques()).max()))
        self.came, self.holds = self.body.judge()
        self._held = self._held + 1.0 / self.robot.control_rate if self.holds else 0.0
        if self._held >= HOLD[self.kind] and not self.done:
            self.done, self.done_at = True, self.now - self.began
        if self._skill == CARRIES and self.body.risen() < RISEN:
            self.done = False  # what is dropped was not carried
        return status

    @property
    def powers(self) -> list[float]:
        """Mechanical power of all joints at every tick of the task, W."""
        return self._power
