"""Learns a gait latent and measures it: ``python -m skill_stack.training.gait_latent go2 gait_latent --install``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from skill_stack.core.arguments import command_line
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.evaluation.measured import commit_here
from skill_stack.training.export import export, exported_network
from skill_stack.training.exporting.install import install_policy
from skill_stack.training.figures import add_figures, write_figures
from skill_stack.training.gait_latent.autoencoder import GaitAutoencoder, flat_paths, learn_autoencoder
from skill_stack.training.gait_latent.commands import command_map
from skill_stack.training.gait_latent.export import export_latent, told_by
from skill_stack.training.gait_latent.settings import GaitLatentSettings, load_settings
from skill_stack.training.gait_latent.strides import Strides, StrideWorlds, joined
from skill_stack.training.gait_latent.transitions import measure_transitions
from skill_stack.training.skill_parser import named, skill_parser
from skill_stack.training.tasks.task import TrainingTask, load_task
from skill_stack.training.timed_lines import timed_lines

FIRST_SEED = 710_000
"""Seeds from here on are for measuring alone."""
Report = Callable[[str], None]


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = skill_parser(
        "gait_latent",
        "Learn two numbers for a gait, put them before a walking network, and measure how apart they are.",
        "go2 gait_latent --out runs/latent --install",
        "a skill with train.yaml and latent.yaml beside it",
    )
    text = "checkpoint of that training, or an exported network; the installed one by default"
    parser.add_argument("checkpoint", type=Path, nargs="?", help=text)
    parser.add_argument("--out", type=Path, default=Path("runs/gait_latent"), help="where network and figures go")
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="seed of the robots that are measured")
    text = "learn nothing; 50 transitions in each of so many worlds of the runtime with the installed network"
    parser.add_argument("--transitions", type=int, metavar="N", help=text)
    parser.add_argument("--install", action="store_true", help="also put network and figures into the skill's folder")
    return parser.parse_args(arguments)


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when everything requested was done."""
    options, report = parse(arguments), timed_lines()
    torch.set_num_threads(1)
    resources, robot, folder = named(options)
    settings = load_settings(folder)
    if options.transitions:
        frequency, seeds = settings.fixed["frequency"], range(options.first, options.first + options.transitions)
        found = measure_transitions(resources, robot, options.skill, frequency, list(seeds), report)
        add_figures(folder, {"transitions": found})
        return 0
    task, network = load_task(folder), options.out / "network.onnx"
    export(robot, task, options.checkpoint or folder / "policy.onnx", network)
    walker = LatentWalker(robot, task, network, settings)
    strides = walker.varied(settings.seed, settings.rounds, report)
    plane = learn_autoencoder(strides, settings.hidden, settings.epochs, settings.rate, settings.seed, report)
    commands = command_map(plane, strides, walker.said(strides), walker.ranges, settings.seed)
    path = options.out / "policy.onnx"
    digest = export_latent(network, walker.task.contract(robot), settings, commands, path)
    figures = measure(walker, plane, commands, options.first, report)
    write_figures(options.out, figures)
    if options.install:
        install_policy(path, folder, digest, force=True)
        write_figures(folder, figures)
    return 0


class LatentWalker:
    """Robots of the training, on a floor, walking by its network."""

    def __init__(self, robot: RobotSpec, task: TrainingTask, network: Path, settings: GaitLatentSettings) -> None:
        """Takes the network.

        Raises:
            DataError: There is none.
        """
        ppo = task.ppo.model_copy(update={"robots": settings.robots})
        self.task = task.model_copy(update={"ppo": ppo, "ground": None})
        self._robot, self._settings, self._network = robot, settings, exported_network(network)
        self.ranges = np.array([settings.height[1], settings.speed[1]])
        """Least and greatest swing height, m, and speed, m/s."""

    def varied(self, seed: int, rounds: int, report: Report) -> Strides:
        """Periods at commands from all over their ranges, of robots that all differ."""
        rng, settings, found = np.random.default_rng(seed), self._settings, []
        for number in range(rounds):
            drawn = rng.uniform(self.ranges[:, 0], self.ranges[:, 1], (settings.robots, 2)).T
            told = dict(settings.fixed) | dict(zip((settings.height[0], settings.speed[0]), drawn))
            found.append(self.walk(told, seed + number))
            report(f"walked {number + 1} of {rounds}: {found[-1].fallen.sum()} of {settings.robots} fell")
        return joined(found)

    def walk(self, told: dict[str, Any], seed: int) -> Strides:
        """Periods of robots of their own at goal values of the network."""
        worlds = StrideWorlds(self._robot, self.task, seed, self._settings.seconds)
        return worlds.walk(self._network, told, self._settings.seconds)

    def said(self, strides: Strides) -> np.ndarray:
        """Swing height, m, and speed, m/s, in force in each period, shape (periods, 2)."""
        names = self.task.contract(self._robot).command_names
        return strides.told[:, [names.index(name) for name in (self._settings.height[0], self._settings.speed[0])]]

    def at(self, points: np.ndarray, commands: nn.Sequential, seed: int) -> Strides:
        """Periods of robots that are told points of the plane, one each, shape (robots, 2)."""
        return self.walk(told_by(commands, points, self._settings), seed)


def measure(
    walker: LatentWalker, plane: GaitAutoencoder, commands: nn.Sequential, seed: int, report: Report
) -> dict[str, Any]:
    """How apart the axes are, of robots that nothing was learnt from.

    Points lie on a square grid, so that the axes themselves do not correlate; each robot is told one. Correlated is
    one axis, as told, with what the other one stands for, as measured over the robot's periods on simulator truth.

    Raises:
        DataError: Too many fell.
    """
    count = walker.task.ppo.robots
    side = int(np.sqrt(count))
    grid = np.stack(np.meshgrid(*[np.linspace(-1.0, 1.0, side)] * 2), axis=-1).reshape(-1, 2)
    points = np.concatenate([grid, grid[: count - len(grid)]])
    rows, fell = [], 0
    for number in range(2):
        strides = walker.at(points, commands, seed + number)
        kept = [robot for robot in range(len(grid)) if (strides.robot == robot).any()]
        fell += int(strides.fallen[: len(grid)].sum())
        mine = [strides.robot == robot for robot in kept]
        with torch.no_grad():
            back = plane.encode(torch.tensor(flat_paths(strides), dtype=torch.float32)).numpy()
        means = [[strides.height[one].mean(), strides.length[one].mean(), *back[one].mean(axis=0)] for one in mine]
        rows.append(np.concatenate([grid[kept], np.array(means)], axis=1))
    every = np.concatenate(rows)
    if len(every) < len(grid):
        raise DataError(f"{fell} of {2 * len(grid)} robots fell: too many to measure anything")
    with torch.no_grad():
        wanted = plane.says(torch.tensor(every[:, :2], dtype=torch.float32)).numpy()
    figures = _figures(plane, every, wanted) | {"fell": fell, "of": 2 * len(grid), "commit": commit_here()}
    report(json.dumps(figures["correlation"]))
    return figures


def _figures(plane: GaitAutoencoder, rows: np.ndarray, wanted: np.ndarray) -> dict[str, Any]:
    """Figures of robots: told, told, height, length, encoded, encoded in each row; wanted height and length, m."""
    with torch.no_grad():
        low, high = plane.says(torch.tensor([[-1.0, -1.0], [1.0, 1.0]])).numpy()
    linked = np.corrcoef(rows.T)
    names = ["lift", "reach", "height", "length", "encoded_lift", "encoded_reach"]
    pairs = [(0, 2), (0, 3), (1, 2), (1, 3), (0, 5), (1, 4)]
    error = rows[:, 2:4] - wanted
    return {
        "axes": {
            name: {"at -1": round(float(a), 4), "at 1": round(float(b), 4)}
            for name, a, b in zip(("height", "length"), low, high)
        },
        "correlation": {f"{names[a]} {names[b]}": round(float(linked[a, b]), 3) for a, b in pairs},
        "error": {
            name: {"mean": round(float(one.mean()), 4), "deviation": round(float(one.std()), 4)}
            for name, one in zip(("height", "length"), error.T)
        },
    }


if __name__ == "__main__":
    sys.exit(main())
