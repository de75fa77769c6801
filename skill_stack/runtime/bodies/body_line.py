"""BodyLine: a robot at a whole-body task, advanced from decision to decision and judged on simulator truth."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import nullcontext

import numpy as np

from skill_stack.connector.kinematics.reach_map import HAND, TIP
from skill_stack.connector.whole_body.decisions import Actor, acting
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import ControlMode, SkillStatus
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene_file import set_up
from skill_stack.evaluation.bodies.body_scenes import PLACE, SURFACE, TARGET, BodyScene
from skill_stack.hardware.mujoco.object_mover import force_between, true_place
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.scenario_line import SeeingLine

Array = np.ndarray

SKILL, CARRIES = "use_whole_body", "lift_and_carry"
"""Skills that do the tasks: all but one, and that one, at whose end something is held."""
NEAR = 0.05
"""Largest distance of the fingertips, or of a nose, from what they are to reach, m."""
PUSHED, PRESSED = 5.0, 20.0
"""Least force on a button, and on a box that is pressed, N."""
ROLLED = 1.0
"""How far a ball has to come, m."""
OPEN = math.radians(45.0)
"""How far a door has to be open, rad."""
MOVED = 0.5
"""How far a package has to come, m."""
THERE, RISEN = 0.3, 0.03
"""How far from its place a thing that is carried may be in the plane, and least height that it has risen, m."""
HOLD = {
    "far_reach": 0.3, "low_reach": 0.3, "shelf": 0.3, "button": 0.06, "box_press": 0.5, "ball_kick": 0.02, "door": 0.02,
    "box_carry": 1.0, "package_transfer": 0.02,
}  # fmt: skip
"""Time for which a task has to be done without a break, s."""
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
        peak: Largest torque of any joint so far, N·m.
    """

    def __init__(
        self, robot: RobotSpec, library: SkillLibrary, planner: Planner, scene: BodyScene, actor: Actor | None = None
    ) -> None:
        """Stands up in the world of a scene, and begins the task.

        Args:
            robot: The robot.
            library: Its skills, with :data:`SKILL` and :data:`CARRIES`.
            planner: Of that library.
            scene: World and task.
            actor: Decides in place of the network of the skill; None: that does.
        """
        self._skill = CARRIES if PLACE in {thing.id for thing in scene.file.objects} else SKILL
        library = library.changed(self._skill, timeout=scene.seconds)
        super().__init__(robot, library, set_up(scene.file, scene.seed), None, planner)
        self.fallen = self.done = self.holds = self.over = False
        self.done_at, self.came, self._held, self.kind = math.nan, 0.0, 0.0, scene.task
        self.peak, self.why = 0.0, ""
        guided = library[SKILL].guided
        assert guided is not None, "it is a guided skill"
        self._nose = guided.settings.get("nose")
        self._judge: Callable[[], tuple[float, bool]] | None = None
        self.run_skill("stand", {})
        self.idle(REST)
        self._things = {thing.id: true_place(self.device, thing) for thing in self.scene.objects.values()
                        if thing.shape != "point" and thing.id in (TARGET, SURFACE)}  # fmt: skip
        self._judge = JUDGES[scene.task](self)
        self.came, _ = self._judge()
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
        if self._judge is None:
            return status
        damped = status.mode in (ControlMode.DAMPED, ControlMode.ESTOP)
        self.fallen = self.fallen or self.device.truth().fallen or damped
        self.peak = max(self.peak, float(np.abs(self._details.torques()).max()))
        self.came, self.holds = self._judge()
        self._held = self._held + 1.0 / self.robot.control_rate if self.holds else 0.0
        if self._held >= HOLD[self.kind] and not self.done:
            self.done, self.done_at = True, self.now - self.began
        if self._skill == CARRIES and self.risen() < RISEN:
            self.done = False  # what is dropped was not carried
        return status

    @property
    def powers(self) -> list[float]:
        """Mechanical power of all joints at every tick of the task, W."""
        return self._power

    def tips(self) -> Array:
        """Places of the left and the right fingertips in the world, or of the nose, m, shape (2, 3) or (1, 3)."""
        if self._nose is not None:
            base = self.device.data.body(self.robot.source.base_link)
            return (base.xpos + base.xmat.reshape(3, 3)[:, 0] * self._nose)[None]
        bodies = [self.device.data.body(HAND.format(side=side)) for side in ("left", "right")]
        return np.stack([one.xpos + one.xmat.reshape(3, 3) @ np.array(TIP) for one in bodies])

    def off(self) -> float:
        """Distance of the nearer fingertips from the middle of the target, m."""
        place = np.array(self.scene.objects[TARGET].position)
        return float(np.linalg.norm(self.tips() - place, axis=1).min())

    def rolled(self) -> float:
        """How far the target has come since the task began, m."""
        then, now = self._things[TARGET], true_place(self.device, self._things[TARGET])
        return math.dist(then.position[:2], now.position[:2])

    def opened(self) -> float:
        """By how much the leaf of the scene was turned since the task began, rad."""
        then, now = self._things[SURFACE], true_place(self.device, self._things[SURFACE])
        return abs(math.remainder(now.yaw - then.yaw, 2.0 * math.pi))

    def force(self, thing: str) -> float:
        """Normal force between the robot and a thing, N."""
        return force_between(self.device, self.robot.source.base_link, thing)

    def risen(self) -> float:
        """How far the target has risen since the task began, m."""
        then = self._things[TARGET]
        return true_place(self.device, then).position[2] - then.position[2]

    def to_place(self) -> float:
        """Distance of the target from where it is carried to, in the plane, m."""
        now = true_place(self.device, self._things[TARGET]).position
        return math.dist(now[:2], self.scene.objects[PLACE].position[:2])

    def to_target(self) -> float:
        """Distance of the base from the target, in the plane, m."""
        thing = self._things[TARGET]
        return math.dist(self.device.truth().position[:2], true_place(self.device, thing).position[:2])


def _nearness(off: float) -> float:
    return 1.0 - min(off, 1.0)


def _reaches(slack: float) -> Callable[[BodyLine], Callable[[], tuple[float, bool]]]:
    """Fingertips at the target, whose surface is so far from its middle, m."""
    return lambda line: lambda: (_nearness(max(line.off() - slack, 0.0)), line.off() - slack <= NEAR)


def _presses(thing: str, least: float) -> Callable[[BodyLine], Callable[[], tuple[float, bool]]]:
    """A force on a thing, with the fingertips at the target."""

    def judge(line: BodyLine) -> tuple[float, bool]:
        off, force = line.off(), line.force(thing)
        share = min(force / least, 1.0) if off < 0.2 else 0.0
        return 0.7 * _nearness(off) + 0.3 * share, share >= 1.0

    return lambda line: lambda: judge(line)


def _carries(line: BodyLine) -> Callable[[], tuple[float, bool]]:
    began = line.to_place()

    def judge() -> tuple[float, bool]:
        risen, off = line.risen(), line.to_place()
        return (0.2 * _nearness(line.off()) + 0.3 * min(max(risen / RISEN, 0.0), 1.0)
                + 0.5 * max(1.0 - off / began, 0.0) * (risen >= RISEN), risen >= RISEN and off <= THERE)  # fmt: skip

    return judge


def _moves(least: float) -> Callable[[BodyLine], Callable[[], tuple[float, bool]]]:
    """The target further from where it was, m."""
    return lambda line: lambda: (0.4 * _nearness(line.to_target() / 2.0) + 0.6 * min(line.rolled() / least, 1.0),
                                 line.rolled() >= least)  # fmt: skip


def _opens(line: BodyLine) -> Callable[[], tuple[float, bool]]:
    return lambda: (0.4 * _nearness(line.off()) + 0.6 * min(line.opened() / OPEN, 1.0), line.opened() >= OPEN)


JUDGES: dict[str, Callable[[BodyLine], Callable[[], tuple[float, bool]]]] = {
    "far_reach": _reaches(0.0), "low_reach": _reaches(0.0), "shelf": _reaches(0.04), "button": _presses(TARGET, PUSHED),
    "box_press": _presses(SURFACE, PRESSED), "ball_kick": _moves(ROLLED), "door": _opens,
    "box_carry": _carries, "package_transfer": _moves(MOVED),
}  # fmt: skip
"""How near to done a task is, 0 to 1, and whether it is done at this moment, by its name."""
