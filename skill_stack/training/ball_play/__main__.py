"""Learns to play a ball: ``python -m skill_stack.training.ball_play go2 play_ball --out runs/ball --install``.

One network is copied from few, inexact moments of rules on a reference, another one from as many moments of episodes
that begin off it and go where the network leads. How often each recovers is measured; the second one is installed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import nn

from skill_stack.connector.balls.ball_play import LABELS
from skill_stack.core.arguments import command_line
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.evaluation.interval import success_interval
from skill_stack.evaluation.measured import commit_here
from skill_stack.training.ball_play.demonstrations import Player
from skill_stack.training.ball_play.export import export_play
from skill_stack.training.ball_play.frames import player_network
from skill_stack.training.ball_play.learn import copied, playing, recovered
from skill_stack.training.ball_play.rules import play
from skill_stack.training.ball_play.settings import BallPlaySettings, load_play
from skill_stack.training.ball_play.switches import measure_switches
from skill_stack.training.ball_play.worlds import BallWorlds, walker
from skill_stack.training.exporting.install import install_policy
from skill_stack.training.figures import add_figures, write_figures
from skill_stack.training.skill_parser import named, skill_parser
from skill_stack.training.tasks.task import load_task
from skill_stack.training.timed_lines import timed_lines

FIRST_SEED = 730_000
"""Seeds from here on are for measuring alone."""
WAYS = ("plain", "astray")
Report = Callable[[str], None]


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = skill_parser(
        "ball_play",
        "Learn to play a ball by a label from thinned demonstrations, and put the network before one that walks.",
        "go2 play_ball --out runs/ball --install",
        "a skill with play.yaml beside it",
    )
    parser.add_argument("--out", type=Path, default=Path("runs/ball_play"), help="networks and figures (gone on from)")
    parser.add_argument("--seed", type=int, help="instead of that of play.yaml")
    parser.add_argument("--only", choices=WAYS, help="learn this network and end, e.g. two copies side by side")
    text = "tell the network nothing in the frame of the ball's way, to compare"
    parser.add_argument("--no-frames", action="store_true", help=text)
    text = "robots by which each network is measured (default: 100; 0: not at all)"
    parser.add_argument("--measure", type=int, default=100, metavar="N", help=text)
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="seed of the robots that are measured")
    text = "learn nothing; 5 switches of the label in each of so many worlds of the runtime with the installed network"
    parser.add_argument("--switches", type=int, metavar="N", help=text)
    parser.add_argument("--install", action="store_true", help="also put network and figures into the skill's folder")
    return parser.parse_args(arguments)


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when everything requested was done."""
    options, report = parse(arguments), timed_lines()
    torch.set_num_threads(1)
    resources, robot, folder = named(options)
    settings = load_play(folder)
    if options.switches:
        seeds = range(options.first, options.first + options.switches)
        add_figures(folder, {"switches": measure_switches(resources, robot, list(seeds), report)})
        return 0
    changed = {"seed": settings.seed if options.seed is None else options.seed}
    changed["frames"] = settings.frames and not options.no_frames
    settings = settings.model_copy(update=changed)
    options.out.mkdir(parents=True, exist_ok=True)
    learning = _Learning(robot, settings, resources, options, report)
    if options.only:
        learning.network(options.only)
        return 0
    networks = {way: learning.network(way) for way in WAYS}
    contract = load_task(walker(resources, robot, settings).parent).contract(robot)
    path = options.out / "policy.onnx"
    digest = export_play(walker(resources, robot, settings), contract, settings, networks["astray"], path)
    players = {"rules": play} | {way: playing(network) for way, network in networks.items()}
    figures = learning.figures()
    if options.measure:
        figures |= measure(robot, settings, resources, players, options, report)
    write_figures(options.out, figures)
    if options.install:
        install_policy(path, folder, digest, force=True)
        write_figures(folder, figures)
    return 0


class _Learning:
    """Networks of one run; one that is in its folder already is not learnt again."""

    def __init__(
        self, robot: RobotSpec, settings: BallPlaySettings, resources: Resources, options: argparse.Namespace,
        report: Report,
    ) -> None:  # fmt: skip
        self._robot, self._settings, self._resources, self._report = robot, settings, resources, report
        self._options, self._costs = options, options.out / "costs.json"

    def figures(self) -> dict[str, Any]:
        """What the learning of each cost."""
        costs = json.loads(self._costs.read_text(encoding="utf-8")) if self._costs.is_file() else {}
        return {"seed": self._settings.seed, "frames": self._settings.frames, "learning": costs}

    def network(self, way: str) -> nn.Sequential:
        """One of :data:`WAYS`, learnt or read."""
        path = self._options.out / f"{way}.pt"
        network = player_network(self._settings.clone.hidden, self._settings.frames).eval()
        if path.is_file():
            try:
                network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
            except RuntimeError as error:
                raise DataError(f"{path}: is of another network: {error}") from error
            return network
        began = time.process_time()
        astray = way == "astray"
        learnt, moments = copied(self._robot, self._settings, self._resources, astray, self._report)
        network.load_state_dict(learnt.state_dict())
        torch.save(network.state_dict(), path)
        cost = {"moments": len(moments.told), "cpu_seconds": round(time.process_time() - began)}
        costs = self.figures()["learning"] | {way: cost}
        self._costs.write_text(json.dumps(costs, indent=1) + "\n", encoding="utf-8")
        return network


def measure(
    robot: RobotSpec, settings: BallPlaySettings, resources: Resources, players: dict[str, Player],
    options: argparse.Namespace, report: Report,
) -> dict[str, Any]:  # fmt: skip
    """How often players do what they are told, off the reference with a switch of the label, and on it.

    Returns:
        Figures by where they begin and by player; all play the same robots and balls.
    """
    found: dict[str, Any] = {"commit": commit_here(), "robots": options.measure, "robots_seed": options.first}
    for name, astray in (("off_reference", True), ("on_reference", False)):
        rows = found.setdefault(name, {})
        for player, plays in players.items():
            worlds = BallWorlds(robot, settings, resources, options.measure, options.first, astray)
            result = recovered(worlds, plays, settings.seconds)
            good, count = sum(result.done.values()), sum(result.robots.values())
            rows[player] = asdict(result) | {"share": good / count, "interval": list(success_interval(good, count))}
            by = ", ".join(f"{label} {result.done[label]} of {result.robots[label]}" for label in LABELS)
            report(f"{name}, {player}: {good} of {count} ({by}), {result.fell} fell")
    return found


if __name__ == "__main__":
    sys.exit(main())
