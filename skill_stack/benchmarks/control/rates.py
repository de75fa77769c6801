"""The trained walk at its own rate in control loops of several rates: same worlds, goals and pushes.

``python -m skill_stack.benchmarks.control.rates --seeds 20`` prints the table of ``docs/results/walk.md``.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from skill_stack.benchmarks.control.sample_source import walk_setpoint
from skill_stack.controllers.control_core import ControlCore
from skill_stack.core.arguments import Parser
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.block_words import Flags
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.scene_file import SceneFile, load_scene, set_up
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice

Array = np.ndarray

RISING = 3.0  # s until the robot stands
GOALS, GOAL_TIME = 6, 4.0  # goals of a trial, and how long each holds, s
SETTLING = 1.5  # s after a change of goal that do not count for tracking
SHOVE_AT, SHOVE = 0.5, 0.5  # s after a change of goal, and by how much the base is shoved, m/s
RENEWED = 0.05  # s between two setpoints
AXES = ("vx", "vy", "wz")


@dataclass(frozen=True, slots=True)
class Setting:
    """Configuration of the walk.

    Attributes:
        name: For people.
        rate: Rate of the control loop, Hz.
        timestep: Longest physics step, s.
        interpolation: What is said between two runs of the network.
    """

    name: str
    rate: float
    timestep: float
    interpolation: str = "hold"


SETTINGS = (
    Setting("50 Hz policy, 50 Hz commands, physics 5 ms", 50.0, 0.005),
    Setting("50 Hz policy, 50 Hz commands, physics 2 ms", 50.0, 0.002),
    Setting("50 Hz policy, 500 Hz commands, physics 2 ms", 500.0, 0.002),
    Setting("50 Hz policy, 500 Hz commands, `interpolation: linear`", 500.0, 0.002, "linear"),
)


@dataclass(frozen=True, slots=True)
class Walk:
    """Result of one trial.

    Attributes:
        fallen: Whether the robot fell.
        errors: Mean velocity minus goal for each goal: m/s, m/s, rad/s, shape (goals, 3).
        limited: Targets that the safety layer changed, per second.
    """

    fallen: bool
    errors: Array
    limited: float


def walk(robot: RobotSpec, library: SkillLibrary, scene: SceneFile, setting: Setting, seed: int) -> Walk:
    """One trial on an empty floor whose friction, the robot's mass, latency and noise come from the seed.

    Args:
        robot: The robot, at its own rate.
        library: Its skills.
        scene: Ranges of what varies.
        setting: How the walk is run.
        seed: Of world, goals and shoves.
    """
    robot = robot.at_rate(setting.rate)
    setup = set_up(scene.model_copy(update={"objects": (), "wall_height": 0.0}), seed)
    core, device = ControlCore(robot, library), MujocoDevice(robot, setup, timestep=setting.timestep)
    trial = _Trial(core, device)
    trial.run("rise", (0.0, 0.0, 0.0), RISING)
    rng = np.random.default_rng([seed, 50])
    errors: list[Array] = []
    before = core.safety.limited.total()
    for _ in range(GOALS):
        goal = rng.uniform((-0.5, -0.4, -1.0), (1.0, 0.4, 1.0))
        angle = float(rng.uniform(-np.pi, np.pi))
        trial.run("walk", goal, SHOVE_AT)
        device.push(SHOVE * np.cos(angle), SHOVE * np.sin(angle))
        trial.run("walk", goal, SETTLING - SHOVE_AT)
        velocities = trial.run("walk", goal, GOAL_TIME - SETTLING)
        if device.truth().fallen:
            return Walk(True, np.array(errors).reshape(-1, 3), 0.0)
        errors.append(velocities.mean(axis=0) - goal)
    return Walk(False, np.array(errors), (core.safety.limited.total() - before) / (GOALS * GOAL_TIME))


class _Trial:
    """Control core and simulated robot in lock-step."""

    def __init__(self, core: ControlCore, device: MujocoDevice) -> None:
        self._core, self._device = core, device
        self._asked, self._number = -1.0, 0

    def run(self, skill: str, goal: Array | tuple[float, ...], seconds: float) -> Array:
        """Lets a skill run; gives the true velocities every 20 ms: m/s, m/s, rad/s, shape (times, 3)."""
        device, goals = self._device, dict(zip(AXES, map(float, goal)))
        end, seen, velocities = device.time + seconds - 1e-6, device.time, []
        setpoint = walk_setpoint(0, device.time, skill=skill)
        self._asked = -1.0
        while device.time < end:
            now = device.time
            if now >= self._asked + RENEWED - 1e-6:
                self._asked, self._number = now, self._number + 1
                setpoint = dataclasses.replace(walk_setpoint(self._number, now, skill=skill), goals=goals)
            device.step(self._core.tick(device.sample(), setpoint, Flags(), now, now).command)
            if now >= seen - 1e-6:
                seen += 0.02
                truth = device.truth()
                velocities.append((truth.linear[0], truth.linear[1], truth.angular[2]))
        return np.array(velocities)


def _smoothed(library: SkillLibrary, interpolation: str) -> SkillLibrary:
    """The library with another interpolation in all its policies."""
    entries = {}
    for name, entry in library.entries.items():
        spec = entry.spec
        if spec is not None and spec.policy is not None:
            part = spec.policy.model_copy(update={"interpolation": interpolation})
            entry = SkillEntry(name, entry.folder, spec.model_copy(update={"policy": part}), entry.reason)
        entries[name] = entry
    return SkillLibrary(library.robot, entries)


def trials(setting: Setting, seeds: Sequence[int]) -> list[Walk]:
    """Trials of the Go2's walk, one for each seed."""
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot("go2"))
    library = _smoothed(load_library(resources, robot), setting.interpolation)
    scene = load_scene(resources.scene("playground"))
    return [walk(robot, library, scene, setting, seed) for seed in seeds]


def table(seeds: int) -> Iterator[str]:
    """The lines of the table for people, as Markdown, each as soon as it was measured."""
    yield "| loop | trials without a fall | RMS error vx, m/s | vy, m/s | wz, rad/s | largest | targets limited per s |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for setting in SETTINGS:
        done = trials(setting, range(1, seeds + 1))
        errors = np.concatenate([walk.errors for walk in done])
        rms, largest = np.sqrt(np.mean(errors**2, axis=0)), np.abs(errors).max(axis=0)
        stood = sum(not walk.fallen for walk in done)
        limited = np.mean([walk.limited for walk in done])
        numbers = " | ".join(f"{value:.3f}" for value in rms)
        most = ", ".join(f"{value:.3f}" for value in largest)
        yield f"| {setting.name} | {stood} of {len(done)} | {numbers} | {most} | {limited:.1f} |"


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the table."""
    parser = Parser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=20, help="trials of each setting (default: 20)")
    for line in table(parser.parse_args(argv).seeds):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
