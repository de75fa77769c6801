"""A Go2 whose motion is estimated by its legs, and samples of it that obey kinematics."""

import dataclasses
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from skill_stack.controllers.estimation.estimator import Estimator
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.sensor_sample import SensorSample

PERIOD = 0.02


def on_legs(robot: RobotSpec, **fields) -> RobotSpec:
    fields = {"base": "legs", **fields}
    return robot.model_copy(update={"estimation": robot.estimation.model_copy(update=fields)})


def standing(robot: RobotSpec, step: int, **changes) -> SensorSample:
    """A sample of a robot that stands still in its default pose; `changes` replace fields."""
    n = robot.size
    sample = SensorSample(
        sequence=step,
        task_time=PERIOD * step,
        stamp=PERIOD * step,
        position=robot.pose("default"),
        velocity=np.zeros(n),
        torque=np.zeros(n),
        orientation=np.array([1.0, 0, 0, 0]),
        angular_velocity=np.zeros(3),
        linear_acceleration=np.array([0, 0, 9.81]),
        temperature=np.full(n, 40.0),
        foot_force=np.full(len(robot.feet), 40.0),
    )
    return dataclasses.replace(sample, **changes)


class Feed:
    """Feeds samples to an estimator, one control period after the other."""

    def __init__(self, robot: RobotSpec) -> None:
        self.robot = robot
        self.estimator = Estimator(robot)
        self.step = 0

    def __call__(self, count: int = 1, **changes):
        for _ in range(count):
            self.step += 1
            sample = standing(self.robot, self.step, **changes)
            state = self.take(sample)
        return state

    def take(self, sample: SensorSample | None):
        now = PERIOD * self.step
        return self.estimator.complete(self.estimator.read(sample, now, now))

    @property
    def motion(self):
        return self.estimator._motion


@pytest.fixture(scope="session")
def go2() -> RobotSpec:
    return load_robot(Path(__file__).parents[3] / "urdf" / "go2")


@pytest.fixture(scope="session")
def g1() -> RobotSpec:
    return load_robot(Path(__file__).parents[3] / "urdf" / "g1")


@pytest.fixture(scope="session")
def tools() -> SimpleNamespace:
    return SimpleNamespace(on_legs=on_legs, standing=standing, Feed=Feed, PERIOD=PERIOD)
