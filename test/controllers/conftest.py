"""A small made-up robot with real ONNX policies, and a rig that ticks its control core."""

import dataclasses
import hashlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from skill_stack.benchmarks.control.synthetic_robot import network, write_robot
from skill_stack.controllers.control_core import ControlCore, ControlOptions
from skill_stack.controllers.policies.network import Network
from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.controllers.processes.loop_timing import LoopTiming
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.sensor_sample import Odometry, SensorSample
from skill_stack.core.setpoint import SkillSetpoint, SkillWeight
from skill_stack.core.shared_memory.block_words import Flags
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.skill_library import SkillLibrary, load_library


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    return write_robot(tmp_path_factory.mktemp("tiny"), "tiny", 4, 50.0, hidden=(8,))


@pytest.fixture(scope="session")
def robot(folder) -> RobotSpec:
    return load_robot(folder / "urdf" / "tiny")


@pytest.fixture(scope="session")
def library(folder, robot) -> SkillLibrary:
    return load_library(Resources((folder,), folder), robot)


@pytest.fixture(scope="session")
def go2_folder() -> Path:
    return Path(__file__).parents[2]


def changed(library: SkillLibrary, name: str, **fields) -> SkillLibrary:
    """The library with other fields in one skill's spec."""
    entry = library.entries[name]
    entry = SkillEntry(entry.name, entry.folder, entry.spec.model_copy(update=fields))
    return SkillLibrary(library.robot, {**library.entries, name: entry})


def contract_of(library: SkillLibrary, name: str = "walk") -> PolicyContract:
    """What a policy of the library expects and yields."""
    return Network(library.entries[name].folder / "policy.onnx", "x").contract


def with_policy(library: SkillLibrary, folder: Path, name: str, contract: PolicyContract, seed=1, **fields):
    """The library with one more policy skill, a copy of `walk` with a contract of its own; `fields` go to `policy`."""
    model = folder / name / "policy.onnx"
    model.parent.mkdir(parents=True, exist_ok=True)
    model.write_bytes(network(contract, (8,), seed).SerializeToString())
    walk = library.entries["walk"].spec
    part = walk.policy.model_copy(update={"sha256": hashlib.sha256(model.read_bytes()).hexdigest(), **fields})
    spec = walk.model_copy(update={"name": name, "policy": part})
    return SkillLibrary(library.robot, {**library.entries, name: SkillEntry(name, model.parent, spec)})


def upright(robot: RobotSpec, sequence: int, time: float, **changes) -> SensorSample:
    """A sample of a robot that stands still; `changes` replace fields."""
    n = robot.size
    sample = SensorSample(
        sequence=sequence,
        task_time=time,
        stamp=time,
        position=robot.pose("default"),
        velocity=np.zeros(n),
        torque=np.zeros(n),
        orientation=np.array([1.0, 0, 0, 0]),
        angular_velocity=np.zeros(3),
        linear_acceleration=np.array([0, 0, 9.81]),
        temperature=np.full(n, 40.0),
        foot_force=np.full(len(robot.feet), 50.0),
        odometry=Odometry(np.array([0.0, 0, 0.3]), 0.0, np.zeros(3), 0.0),
        touch=np.zeros(len(robot.sensors.touch)),
    )
    return dataclasses.replace(sample, **changes)


class Rig:
    """Ticks a control core with samples of a standing robot."""

    def __init__(self, robot: RobotSpec, library: SkillLibrary, options: ControlOptions | None = None) -> None:
        self.robot = robot
        self.core = ControlCore(robot, library, options)
        self.time = 0.0
        self.sequence = 0
        self.setpoints = 0
        self.setpoint: SkillSetpoint | None = None
        self.flags = Flags()
        self.timing = LoopTiming()
        self.period = 1.0 / robot.control_rate

    def ask(self, *skills: str | SkillWeight, life: float = 0.5, **fields) -> SkillSetpoint:
        """Makes a setpoint the newest one, of a request that was made with knowledge of the stops until now."""
        self.setpoints += 1
        weights = tuple(SkillWeight(skill) if isinstance(skill, str) else skill for skill in skills)
        known = {"goals": {}, "stop_count": self.flags.stop_count, "valid_until": self.time + life, **fields}
        request = f"r-{known['stop_count']}/1" if known["stop_count"] else "r/1"
        self.setpoint = SkillSetpoint(request, self.setpoints, part="body", source="plan", skills=weights, **known)
        return self.setpoint

    def tick(self, count: int = 1, **changes):
        """Ticks with fresh samples; `changes` replace fields of the sample."""
        for _ in range(count):
            self.time += self.period
            self.sequence += 1
            sample = upright(self.robot, self.sequence, self.time, **changes)
            tick = self.core.tick(sample, self.setpoint, self.flags, self.time, self.time, self.timing)
        return tick

    def blind(self, sample: SensorSample | None = None):
        """One tick without a fresh sample."""
        self.time += self.period
        return self.core.tick(sample, self.setpoint, self.flags, self.time, self.time, self.timing)

    def walk(self, skill: str = "walk"):
        """Brings it to follow setpoints, through what the skill must begin with."""
        self.tick()
        entry = self.core.bank[skill].spec.enter_through
        if entry:
            self.ask(entry, life=100.0)
            self.tick(10)
        self.ask(skill, life=100.0)
        return self.tick()


@pytest.fixture
def rig(robot, library) -> Rig:
    return Rig(robot, library)


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """The helpers of this file, for tests that need more than one rig."""
    return SimpleNamespace(Rig=Rig, changed=changed, upright=upright, contract_of=contract_of, with_policy=with_policy)
