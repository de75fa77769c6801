"""Sensor samples of a robot that stands and sways a little, for benchmarks without physics."""

from __future__ import annotations

import numpy as np

from skill_stack.connector.skill_route import next_skill
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.safety_limits import COMPARED, NEVER
from skill_stack.core.sensor_sample import Odometry, SensorSample
from skill_stack.core.setpoint import SkillSetpoint, SkillStatus, SkillWeight
from skill_stack.core.skills.skill_library import SkillLibrary

VALID = 0.5  # s for which a setpoint counts
CYCLE = 100  # samples until they repeat
SWAY = 0.01  # rad
STANDARD_GRAVITY = 9.81  # m/s²


def out_of_reach(robot: RobotSpec) -> dict[str, float]:
    """Disables limits on made-up measurements, which no command influences; the checks still cost the same."""
    return {name: 0.1 * NEVER for name in COMPARED if getattr(robot.safety, name) < NEVER} | {"gyro_ratio": -1.0}


class SampleSource:
    """An endless sequence of plausible measurements; the same on every run."""

    def __init__(self, robot: RobotSpec, seed: int = 0) -> None:
        """Makes the measurements beforehand.

        Args:
            robot: The robot.
            seed: Of the noise.
        """
        rng = np.random.default_rng(seed)
        shape = (CYCLE, robot.size)
        self._period = 1.0 / robot.control_rate
        self._position = robot.pose("default") + SWAY * rng.standard_normal(shape)
        self._velocity = SWAY * rng.standard_normal(shape)
        self._torque = rng.standard_normal(shape)
        self._gyro = SWAY * rng.standard_normal((CYCLE, 3))
        self._acceleration = np.array([0.0, 0.0, STANDARD_GRAVITY]) + SWAY * rng.standard_normal((CYCLE, 3))
        self._temperature = np.full(robot.size, 30.0)
        self._foot_force = np.full(len(robot.feet), 40.0)
        self._upright = np.array([1.0, 0.0, 0.0, 0.0])
        self._odometry = Odometry(np.array([0.0, 0.0, robot.stand_height]), 0.0, np.zeros(3), 0.0)
        self.sequence = 0

    def next(self) -> SensorSample:
        """The next measurement; task and monotonic time advance by one control period."""
        self.sequence += 1
        row, time = self.sequence % CYCLE, self.sequence * self._period
        return SensorSample(
            sequence=self.sequence,
            task_time=time,
            stamp=time,
            position=self._position[row],
            velocity=self._velocity[row],
            torque=self._torque[row],
            orientation=self._upright,
            angular_velocity=self._gyro[row],
            linear_acceleration=self._acceleration[row],
            temperature=self._temperature,
            foot_force=self._foot_force,
            odometry=self._odometry,
        )


def walk_setpoint(sequence: int, task_time: float, stop_count: int = 0, skill: str = "walk") -> SkillSetpoint:
    """A setpoint for a slow walk in a circle for half a second.

    Args:
        sequence: Its number.
        task_time: Now, s.
        stop_count: Stops so far.
        skill: Skill to run.
    """
    goals = {"vx": 0.3, "vy": 0.0, "wz": 0.3} if skill == "walk" else {}
    skills = (SkillWeight(skill),)
    request = f"bench-{stop_count}/1"
    return SkillSetpoint(request, sequence, task_time + VALID, "body", "plan", skills, goals, stop_count)


def towards(wanted: str, library: SkillLibrary, status: SkillStatus | None) -> str:
    """The skill to request now so that another may run next: a damped robot must rise before it walks.

    Args:
        wanted: The requested skill.
        library: The robot's skills.
        status: What the controller reported last, or None before it has.
    """
    first = library[wanted].enter_through
    return first or wanted if status is None else next_skill(library, wanted, first, status)
