"""Ordinary use of varied robots: false alarms of the consistency checks."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from skill_stack.benchmarks.agreement.wrong_sensors import WrongDevice
from skill_stack.controllers.safety.guard_violation import Guard
from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.hardware_realism import HardwareRealism
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.scene_file import SceneFile, SceneSetup, load_scene, set_up
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line.line import Line

Rng = np.random.Generator

HARSH = HardwareRealism(
    full_torque_until=0.6,
    battery_sag=0.1,
    friction=0.01,
    backlash=0.005,
    position_step=0.0005,
    velocity_step=0.01,
    torque_step=0.05,
    lost_measurements=0.01,
    late_measurements=0.02,
    late_by=0.02,
    lost_commands=0.01,
)
"""Motors and bus of every second robot."""
STRENGTH, PAYLOAD, FRICTION = (0.9, 1.1), (-1.0, 3.0), (0.35, 1.2)
"""Ranges of the motors' strength, of added mass in kg, and of the floor's friction."""
SLOPE = 0.08
"""Steepest floor of every third robot, rad."""
PUSH = 0.6  # m/s, change of the base's velocity within one physics step
SCENES = {"leap": "cube_in_hand"}
SCRIPTS: Mapping[str, tuple[str, ...]] = {
    "go2": (
        "walk_for", "turn", "teleop", "pushed", "teleop", "pushed", "sit", "rise", "wave", "lie", "rise", "idle",
        "trot", "crawl", "hop", "body_pose", "spin", "get_up", "stand",
    ),
    "g1": (
        "walk_for", "turn", "teleop", "pushed", "side_step", "wave", "squat", "bow", "clap", "raise_arms", "stand",
        "idle", "look_around",
    ),
    "leap": ("open_hand", "close_hand", "cradle", "hold_hand", "idle"),
}  # fmt: skip
"""Skills and actions of a robot's script, in an order by its seed."""
PARTS = 9
"""Number of script entries in one run."""


@dataclass(frozen=True, slots=True)
class UsedRobot:
    """Common data of all runs of one robot."""

    robot: RobotSpec
    library: SkillLibrary
    scene: SceneFile
    planner: Planner

    @classmethod
    def load(cls, name: str) -> UsedRobot:
        """One of the robots of :data:`SCRIPTS`; raises ResourceNotFound or DataError."""
        resources = Resources.from_environment(os.environ)
        robot = load_robot(resources.robot(name))
        library = load_library(resources, robot)
        scene = load_scene(resources.scene(SCENES.get(name, "open")))
        return cls(robot, library, scene, Planner(library))

    def line(self, seed: int) -> Line:
        """A varied robot in a varied world: every second one is harsh, every third stands on a slope."""
        varied = {"motor_strength": STRENGTH, "added_mass": PAYLOAD, "friction": FRICTION}
        if not self.robot.feet:
            varied = {"motor_strength": STRENGTH}
        elif len(self.robot.feet) == 2:
            varied["friction"] = (0.5, 1.2)  # it falls on what is more slippery
        changes: dict[str, Any] = varied | ({"harsh": HARSH} if seed % 2 else {})
        scene = self.scene.model_copy(update={"variation": self.scene.variation.model_copy(update=changes)})
        line = Line(self.robot, self.library, set_up(scene, seed + 1), planner=self.planner, device=_device)
        if seed % 3 == 0 and self.robot.feet:
            _tilt_floor(line, np.random.default_rng([seed, 31]), SLOPE if len(self.robot.feet) > 2 else SLOPE / 2)
        return line


def _device(robot: RobotSpec, setup: SceneSetup, pose: str, **others: Any) -> WrongDevice:
    return WrongDevice(robot, setup, pose, **others)


def _tilt_floor(line: Line, rng: Rng, steepest: float) -> None:
    """Turns the floor about a horizontal axis through the origin."""
    angle, way = float(rng.uniform(0.0, steepest)), float(rng.uniform(0.0, 2.0 * math.pi))
    half = math.sin(angle / 2)
    line.device.model.geom("floor").quat[:] = (math.cos(angle / 2), half * math.cos(way), half * math.sin(way), 0.0)


class Use:
    """One run of a robot.

    Attributes:
        alarms: What the checks found, with the skill that drove.
        most: Largest share of each limit, and the skill that drove then.
        falls: How often the robot fell.
    """

    def __init__(self, used: UsedRobot, seed: int) -> None:
        """Takes a robot and a seed."""
        self._used, self._rng = used, np.random.default_rng([seed, 30])
        self._line = used.line(seed)
        self.alarms: list[str] = []
        self.most: dict[str, tuple[float, str]] = {}
        self.falls = 0
        self._was_fallen = False
        step = self._line.step

        def watched() -> Any:
            status = step()
            self._look()
            return status

        self._line.step = watched  # type: ignore[method-assign]

    def _look(self) -> None:
        line, checks = self._line, self._line.core.checks
        skill = line.status.skill
        for guard, share in checks.shares.items():
            if share > self.most.get(guard.value, (-1.0, ""))[0]:
                self.most[guard.value] = (round(share, 4), skill)
        if checks.findings:
            self.alarms += [f"{line.now:.2f} s, {skill}: {finding.reason}" for finding in checks.findings]
            line.reset()
        if line.now < 0.2 and line.status.reason and Guard.STAMP.value in line.status.reason:
            self.alarms.append(line.status.reason)
        fallen = line.device.truth().fallen
        self.falls += fallen and not self._was_fallen
        self._was_fallen = fallen

    def run(self) -> dict[str, Any]:
        """Runs the whole script; returns plain data."""
        line, rng = self._line, self._rng
        line.idle(0.5)
        first = "rise" if "rise" in self._used.library.entries else ""
        script = [str(name) for name in rng.choice(SCRIPTS[self._used.robot.name], PARTS)]
        for name in filter(None, (first, *script)):
            if line.device.truth().fallen and self._used.robot.feet:
                if "get_up" not in self._used.library.entries:
                    break
                line.reset()
                self._skill("get_up")
            if name in _OWN:
                _OWN[name](self)
            else:
                self._skill(name)
            line.idle(0.3)
        return {
            "robot": self._used.robot.name, "simulated": line.now, "alarms": self.alarms, "most": self.most,
            "falls": self.falls,
        }  # fmt: skip

    def _skill(self, name: str) -> None:
        arguments = {
            "walk_for": lambda: {"vx": float(self._rng.uniform(-0.3, 0.7)), "duration": 4.0},
            "turn": lambda: {"angle": float(self._rng.uniform(-2.0, 2.0))},
        }.get(name, dict)()
        try:
            self._line.run_skill(name, arguments)
        except SkillStackError as error:
            self.alarms.append(f"cannot be asked for: {error}")

    def _drive(self, pushes: bool) -> None:
        """Velocities of a person at a joystick, and pushes."""
        line, rng = self._line, self._rng
        for _ in range(5):
            command = float(rng.uniform(-0.4, 0.8)), float(rng.uniform(-0.3, 0.3)), float(rng.uniform(-1.0, 1.0))
            if pushes:
                way = float(rng.uniform(0.0, 2.0 * math.pi))
                line.device.push(PUSH * math.cos(way), PUSH * math.sin(way))
            end = line.now + 1.0
            while line.now < end:
                line.connector.teleop(*command, line.now)
                line.step()


_OWN: Mapping[str, Callable[[Use], None]] = {
    "teleop": lambda use: use._drive(False),
    "pushed": lambda use: use._drive(True),
    "idle": lambda use: use._line.idle(2.0),
}
"""Actions that are no skills."""
