"""PartsLine: a robot of several actuated parts in one process, in lock-step: a control core for each part.

As :class:`skill_stack.runtime.line.line.Line` is for a robot of one part: the same modules, without ROS and clocks.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from skill_stack.connector.parts_connector import PartsConnector
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.controllers.control_core import ControlCore, ControlOptions
from skill_stack.core.errors import SkillStackError
from skill_stack.core.joint_command import CommandMode, JointCommand, damping
from skill_stack.core.plan import Plan
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.setpoint import SkillRequest, SkillSetpoint, SkillStatus, StepOutcome
from skill_stack.core.shared_memory.block_words import Flags
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.planner.executor import PlanExecutor
from skill_stack.runtime.line.operator import Operator

LONGEST = 120.0
"""Task time after which a plan is aborted, s."""


class PartsLine:
    """One robot of several parts in one seeded world, without words.

    Attributes:
        robot: The robot.
        device: The simulated robot; its truth is for scoring alone.
        cores: The control core of each part.
        connector: The connector of all parts.
        operator: The simulated person, who confirms hazardous requests.
        scene: The stated map.
        statuses: Newest status of each part.
        watcher: Called after every control period, for scoring; or None.
        executor: Carries out the present plan; None before the first.
    """

    watcher: Callable[[], None] | None = None

    def __init__(
        self, robot: RobotSpec, library: SkillLibrary, setup: SceneSetup, settings: ConnectorSettings | None = None,
        pose: str = "default",
    ) -> None:  # fmt: skip
        """Builds everything.

        Args:
            robot: The robot; the parts' rates divide the fastest one.
            library: Its skills.
            setup: The world with its seed applied.
            settings: Numbers of the connector.
            pose: Named pose in which the robot begins.
        """
        settings = settings or ConnectorSettings()
        self.robot, self._library = robot, library
        self.device = MujocoDevice(robot, setup, pose)
        self.operator = Operator()
        self.cores = {
            part: ControlCore(
                robot.part(part), library, ControlOptions(part=part, is_confirmed=self.operator.is_confirmed)
            )
            for part in robot.parts
        }
        self.connector = PartsConnector(robot, library, settings, confirmations=self.operator.confirmations)
        self.scene = setup.graph()
        self._joints = {part: robot.indices(spec.joints) for part, spec in robot.parts.items()}
        self._every = {part: round(robot.control_rate / robot.part(part).control_rate) for part in robot.parts}
        self._setpoints: dict[str, SkillSetpoint | None] = dict.fromkeys(robot.parts)
        self._flags, self._ticks, self._due = Flags(), 0, 0.0
        self._cycle_time = 1.0 / settings.rate
        self._outcomes: list[StepOutcome] = []
        self.executor: PlanExecutor | None = None
        self.statuses: dict[str, SkillStatus] = {}
        self._command = damping(robot.pose(pose), robot.column("damp_kd"))
        self._tick()

    @property
    def now(self) -> float:
        """Task time, s."""
        return self.device.time

    def stop(self) -> None:
        """Raises the stop flag, as a person would."""
        self._flags = dataclasses.replace(self._flags, stop=self._flags.stop + 1)

    def step(self) -> None:
        """One control period: connector when due, every due controller, physics."""
        if self.now >= self._due - 1e-9:
            self._due += self._cycle_time
            for part, status in self.statuses.items():
                cycle = self.connector.update(status, self.scene)
                self._setpoints[part] = cycle.setpoint
                self._outcomes.extend(cycle.outcomes)
        self._tick()
        self.device.step(self._command)
        if self.watcher is not None:
            self.watcher()

    def idle(self, seconds: float) -> None:
        """Lets task time pass."""
        end = self.now + seconds - 1e-9
        while self.now < end:
            self.step()

    def run_skill(self, skill: str, arguments: Mapping[str, Any]) -> StepOutcome:
        """Carries out one skill to its end.

        Raises:
            UnknownName: There is no such skill or argument.
            DataError: It cannot be used, or an argument is wrong.
        """
        checked = self._library[skill].complete(dict(arguments))
        request = SkillRequest(f"skill-{self.now:.2f}", skill, checked)
        self.connector.start(self.operator.confirmed(request, self._library), self.scene, self.now)
        return self._wait(1)[0]

    def run_plan(self, plan: Plan) -> list[StepOutcome]:
        """Carries out a plan to its end, or to the first step that fails."""
        executor = self.executor = PlanExecutor(plan, self._library)
        news: list[StepOutcome] = []
        steps: list[StepOutcome] = []
        while True:
            progress = executor.tick(self.now, news, frozenset())
            if progress.outcome is not None:
                return steps
            news = []
            for request in progress.start:
                try:
                    self.connector.start(self.operator.confirmed(request, self._library), self.scene, self.now)
                except SkillStackError as error:
                    news.append(StepOutcome(request.id, request.skill, "failed", str(error)))
            news = news or self._wait(1)
            steps.extend(news)

    def _wait(self, count: int) -> list[StepOutcome]:
        """Steps until that many outcomes are there."""
        end = self.now + LONGEST
        while len(self._outcomes) < count:
            if self.now > end:
                self.connector.cancel("", "the run took too long", self.now)
            self.step()
        return self.news()

    def news(self) -> list[StepOutcome]:
        """How steps ended since this was asked for, or since something was carried out here."""
        news, self._outcomes = self._outcomes, []
        return news

    def _tick(self) -> None:
        sample, now = self.device.sample(), self.device.time
        rows = {name: getattr(self._command, name).copy() for name in ("q", "dq", "tau", "kp", "kd")}
        for part, core in self.cores.items():
            if self._ticks % self._every[part]:
                continue
            joints = self._joints[part]
            tick = core.tick(self._share(sample, part), self._setpoints[part], self._flags, now, now)
            for name, values in rows.items():
                values[joints] = getattr(tick.command, name)
            self.statuses[part] = tick.status
        self._ticks += 1
        self._command = JointCommand(**rows, mode=CommandMode.ACTIVE)

    def _share(self, sample: SensorSample, part: str) -> SensorSample:
        """Measurement of one part; the base belongs to the main part."""
        joints = self._joints[part]
        share = dataclasses.replace(
            sample,
            position=sample.position[joints],
            velocity=sample.velocity[joints],
            torque=sample.torque[joints],
            temperature=sample.temperature[joints],
        )
        if part == self.robot.main_part:
            return share
        return dataclasses.replace(
            share,
            orientation=np.array([1.0, 0.0, 0.0, 0.0]),
            angular_velocity=np.zeros(3),
            linear_acceleration=np.zeros(3),
            foot_force=np.zeros(0),
            odometry=None,
            tracked=None,
        )
