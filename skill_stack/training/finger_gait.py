"""A search for finger gaits: ``python -m skill_stack.training.finger_gait allegro_right turn_cube_right --minutes 10``.

Fingers move as sums of sines of one periodic clock, so that a cube that lies in the palm turns continuously. The
cross-entropy method (Rubinstein, 1999) searches for the sines: each candidate moves the fingers of several hands in the
model that the runtime steps, with cubes that differ in size, mass, friction and place. What is found is a network of
one layer, which needs no look at the cube.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import mujoco
import numpy as np
from mujoco import rollout

from skill_stack.core.arguments import Parser
from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.model_index import index_model
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.motion.sampling.cross_entropy import CrossEntropy
from skill_stack.training.finger_gait_export import write_gait
from skill_stack.training.tasks.finger_gait_task import BANK, ELITE, FingerGaitTask, gait_basis, load_gait_task

Array = np.ndarray
THING = "cube"
KEPT, SPREAD_KEPT = 0.2, 0.75
"""Shares of mean and spread that are kept from one generation to the next."""
LOOK = 0.05
"""Time between two measurements of the cube, s."""
FALLEN = 0.02
"""Height loss of a cube that has fallen off the hand, m."""
TOPPLED = 0.6
"""Cosine of the angle between the cube's axis and the vertical below which it has toppled."""
LEANED, STRAYED = 0.5, 2.0
"""Cost of a cosine of the lean of 0, and of a metre off its place, rad/s."""
TRIED = 10
"""Number of generations after which the mean is tried in all worlds; the best of these is the result."""


class GaitSearch:
    """Tries finger gaits.

    Attributes:
        mean: Middle of what is tried, rad: a number for each joint that is added to its pose, then sine and cosine of
            each harmonic, shape (joints, 1 + 2 · harmonics).
        spread: Its standard deviation, rad, same shape.
        generation: Generations done.
        best: The best mean that was tried in all worlds, same shape.
        best_score: Its score.
    """

    def __init__(self, robot: RobotSpec, task: FingerGaitTask, seed: int) -> None:
        """Builds hands with cubes.

        Args:
            robot: A hand with its palm up.
            task: The task of the search.
            seed: Seed of worlds and candidates.
        """
        self._task, self._rng = task, np.random.default_rng(seed)
        self._entropy = CrossEntropy(task.candidates // ELITE, KEPT, SPREAD_KEPT, task.least, ranked=True)
        self._models = [self._model(robot) for _ in range(BANK)]
        model = self._models[0]
        index = index_model(model, robot)
        self._joints, self._actuators = index.joint_qpos, index.actuator
        self._cube = int(model.jnt_qposadr[model.body(THING).jntadr[0]])
        self._pose, self._limits = robot.pose(task.pose), (robot.column("lower"), robot.column("upper"))
        self._basis = gait_basis(task, robot.control_rate)
        spreads = [task.spread[0], *np.repeat(task.spread[1 : 1 + task.harmonics], 2)]
        self.mean = np.zeros((robot.size, len(spreads)))
        self.spread = np.tile(spreads, (robot.size, 1))
        self.generation = 0
        self.best, self.best_score = self.mean, -np.inf
        self._roll, self._data = rollout.Rollout(nthread=1), [mujoco.MjData(model)]

    def _model(self, robot: RobotSpec) -> mujoco.MjModel:
        task, rng = self._task, self._rng
        size = float(rng.uniform(*task.size))
        cube = SceneObject(
            THING, THING, task.place, shape="box", size=(size, size, size), movable=True,
            mass=float(rng.uniform(*task.mass)), friction=float(rng.uniform(*task.friction)),
        )  # fmt: skip
        strength = float(rng.uniform(*task.motor_strength))
        setup = SceneSetup(name=THING, seed=0, start=Pose2(0.0, 0.0, 0.0), objects=(cube,), motor_strength=strength)
        return build_model(robot, setup, timestep=task.timestep)

    def targets(self, gait: Array) -> Array:
        """Joint targets step by step, rad, shape (steps, joints)."""
        return np.clip(self._pose + (gait @ self._basis).T, *self._limits)

    def step(self) -> tuple[Array, Array]:
        """One generation.

        Returns:
            Turn rate, rad/s, and share of the time that the cube stayed, of the mean before, shape (worlds,) each.
        """
        task, rng = self._task, self._rng
        worlds = rng.choice(BANK, task.worlds, replace=False)
        tried = self._entropy.drawn(self.mean, self.spread, task.candidates, rng)
        score, rate, stayed = self.judge(tried, worlds)
        self.mean, self.spread = self._entropy.moved(self.mean, self.spread, tried[self._entropy.best(score)])
        self.generation += 1
        return rate[0], stayed[0]

    def try_in_all_worlds(self) -> tuple[Array, Array]:
        """Tries the mean in every world, and stores it if it is the best.

        Returns:
            Turn rate, rad/s, and share of the time that the cube stayed, shape (worlds,) each.
        """
        score, rate, stayed = self.judge(self.mean[None], np.arange(BANK))
        if score[0] > self.best_score:
            self.best, self.best_score = self.mean, float(score[0])
        return rate[0], stayed[0]

    def judge(self, gaits: Array, worlds: Array) -> tuple[Array, Array, Array]:
        """Scores, turn rates, rad/s, and shares of the time that the cube stayed.

        Args:
            gaits: Candidates, rad, shape (candidates, joints, terms).
            worlds: Numbers of hands, shape (worlds,).

        Returns:
            Shape (candidates,), and (candidates, worlds) twice.
        """
        models = [self._models[number] for number in worlds.tolist()] * len(gaits)
        starts = self._starts(len(worlds))
        size = mujoco.mj_stateSize(models[0], mujoco.mjtState.mjSTATE_FULLPHYSICS)
        begin = np.zeros((len(models), size))
        control = np.zeros((len(models), self._basis.shape[1], models[0].nu))
        for number, gait in enumerate(gaits):
            targets = self.targets(gait)
            for place, start in enumerate(starts, number * len(starts)):
                positions = models[place].qpos0.copy()
                positions[self._joints], positions[self._cube : self._cube + 7] = targets[0], start
                begin[place, 1 : 1 + len(positions)] = positions
                control[place][:, self._actuators] = targets
        states, _ = self._roll.rollout(models, self._data, begin, control)
        every, settled = round(LOOK / self._task.timestep), round(self._task.settle / self._task.timestep)
        cubes = states[:, settled + every - 1 :: every, 1 + self._cube : 8 + self._cube]
        score, rate, stayed = self._scores(cubes)
        by_world = score.reshape(len(gaits), -1)
        mixed = 0.6 * by_world.mean(axis=1) + 0.4 * by_world.min(axis=1)
        return mixed, rate.reshape(len(gaits), -1), stayed.reshape(len(gaits), -1)

    def _starts(self, count: int) -> list[Array]:
        """Places of the cube, m and w-x-y-z, shape (7,) each."""
        task, rng = self._task, self._rng
        starts = []
        for _ in range(count):
            x, y = rng.uniform(-task.shift, task.shift, 2)
            half = 0.5 * (rng.uniform(-task.turned, task.turned) + 0.5 * np.pi * rng.integers(4))
            starts.append(np.array([*np.add(task.place, (x, y, 0.0)), np.cos(half), 0.0, 0.0, np.sin(half)]))
        return starts

    def _scores(self, cubes: Array) -> tuple[Array, Array, Array]:
        """Score, turn rate and share of the time that it stayed, of cubes over time, shape (runs, looks, 7)."""
        task, place = self._task, cubes[..., :3]
        w, x, y, z = np.moveaxis(cubes[..., 3:], -1, 0)
        upright = 1.0 - 2.0 * (x * x + y * y)
        real = (w * np.roll(w, 1, 1) + x * np.roll(x, 1, 1) + y * np.roll(y, 1, 1) + z * np.roll(z, 1, 1))[:, 1:]
        about = (-w * np.roll(z, 1, 1) - x * np.roll(y, 1, 1) + y * np.roll(x, 1, 1) + z * np.roll(w, 1, 1))[:, 1:]
        steps = 2.0 * np.arctan2(about * np.sign(real), np.abs(real))
        off = np.abs(place[..., :2] - np.array(task.place[:2]))
        lost = (place[..., 2] < self._rest - FALLEN) | (off > task.stray).any(-1) | (upright < TOPPLED)
        there = ~np.maximum.accumulate(lost | ~np.isfinite(place).all(-1), axis=1)
        rate = task.sign * np.where(there[:, 1:], steps, 0.0).sum(axis=1) / task.seconds
        stayed = there.mean(axis=1)
        lean = np.where(there, 1.0 - upright, 1.0 - TOPPLED).mean(axis=1)
        away = np.where(there, off.sum(-1), 2.0 * task.stray).mean(axis=1)
        score = np.minimum(rate, task.enough) - task.lost * (1.0 - stayed) - LEANED * lean - STRAYED * away
        return score, rate, stayed

    @property
    def _rest(self) -> float:
        """Height at which the smallest cube lies a little way below where it begins, m."""
        return self._task.place[2] - 0.01


def search(finder: GaitSearch, minutes: float, file: Path, report: Callable[[str], None]) -> None:
    """Searches for a while; the result is in the file after every generation, from which a search can continue."""
    if file.is_file():
        with np.load(file, allow_pickle=False) as kept:
            finder.mean, finder.spread, finder.generation = kept["mean"], kept["spread"], int(kept["generation"])
            finder.best, finder.best_score = kept["best"], float(kept["best_score"])
    end = time.monotonic() + 60.0 * minutes
    while time.monotonic() < end:
        rate, stayed = finder.step()
        told = f"generation {finder.generation}"
        if finder.generation % TRIED == 0 or time.monotonic() >= end:
            rate, stayed = finder.try_in_all_worlds()
            told += f", in all worlds, best score {finder.best_score:.2f}"
        partial = file.with_suffix(".partial.npz")
        np.savez(
            partial, generation=finder.generation, mean=finder.mean, spread=finder.spread,
            best=finder.best, best_score=finder.best_score,
        )  # fmt: skip
        os.replace(partial, file)
        report(
            f"{told}: {rate.mean():.2f} rad/s, {stayed.min():.0%} of the time in the hand at worst, "
            f"{max(0.0, end - time.monotonic()) / 60.0:.0f} min left"
        )


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = Parser(
        prog="python -m skill_stack.training.finger_gait",
        description="Look for a gait of fingers that turns a cube in the palm, and write it as a network.",
        epilog="example: python -m skill_stack.training.finger_gait allegro_right turn_cube_right --minutes 10",
    )
    parser.add_argument("robot", help="a hand, e.g. allegro_right")
    parser.add_argument("skill", help="name of a skill folder with a gait.yaml")
    parser.add_argument("--minutes", type=float, default=10.0, help="wall time to look for (default: 10)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="folder for what is found (default: training/ in the overlay)")
    parser.add_argument("--install", action="store_true", help="write the network into the skill's folder")
    options = parser.parse_args(arguments)
    found = Resources.from_environment(os.environ)

    def say(text: str) -> None:
        print(text, flush=True)

    try:
        robot = load_robot(found.robot(options.robot), found)
        folder = found.find(f"models/{options.robot}/{options.skill}", "skill")
        out = options.out or found.overlay / "training" / options.robot / options.skill
        out.mkdir(parents=True, exist_ok=True)
        task = load_gait_task(folder)
        finder = GaitSearch(robot, task, options.seed)
        search(finder, options.minutes, out / "gait.npz", say)
        network = folder / "policy.onnx" if options.install else out / "policy.onnx"
        say(f"{network}\nsha256: {write_gait(finder.best, task.harmonics, robot.pose(task.pose), network)}")
    except SkillStackError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"ended by hand; the same command goes on from {out / 'gait.npz'}", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
