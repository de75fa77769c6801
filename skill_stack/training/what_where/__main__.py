"""What-and-where networks: ``python -m skill_stack.training.what_where record|learn|judge|carry FOLDER``.

``record`` has the simulated gantry demonstrate, ``learn`` makes the network of these demonstrations, ``judge`` asks it
on tables that nobody demonstrated, through the code that runs such networks on the robot. ``carry`` has the simulated
gantry take and put down what the network points at.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from skill_stack.core.arguments import INTERRUPTED, Parser, command_line
from skill_stack.training.figures import add_figures
from skill_stack.training.timed_lines import timed_lines
from skill_stack.training.what_where.settings import load_settings

FIRST, FRESH, CARRIED = 1, 9201, 9301
"""First seeds of demonstrations, of tables to judge on, and of tables on which things are carried."""
Report = Callable[[str], object]
EVERY = 5
"""Demonstrations after which they are saved."""


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = Parser(
        prog="python -m skill_stack.training.what_where",
        description="Have the simulated gantry demonstrate, learn a heat map by words, and judge it.",
        epilog="example: python -m skill_stack.training.what_where learn models/networks/what_where",
    )
    parser.add_argument("what", choices=("record", "learn", "judge", "carry"))
    parser.add_argument("folder", type=Path, help="folder with settings.yaml; network and figures go there")
    parser.add_argument("--demonstrations", type=Path, default=Path("runs/what_where.npz"), metavar="FILE")
    parser.add_argument("--count", type=int, default=100, help="demonstrations, or tables (default: 100)")
    first = f"carry: seed of the first table (default: {CARRIED})"
    parser.add_argument("--first", type=int, default=CARRIED, help=first)
    parser.add_argument("--scripted", action="store_true", help="record without the motion: views and places alone")
    parser.add_argument("--seed", type=int, default=1, help="of the network's first weights and of batches")
    return parser.parse_args(arguments)


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when it was done."""
    options, report = parse(arguments), timed_lines()
    os.environ.setdefault("MUJOCO_GL", "egl")
    try:
        {"record": _record, "learn": _learn, "judge": _judge, "carry": _carry}[options.what](options, report)
    except KeyboardInterrupt:
        report("ended; what is recorded is kept, and the same command goes on from there")
        return INTERRUPTED
    return 0


def _record(options: argparse.Namespace, report: Report) -> None:
    """Records until there are enough, from where an earlier run ended."""
    from skill_stack.training.what_where.demonstrations import demonstrate, load, save, scripted
    from skill_stack.training.what_where.judging import TOGETHER
    from skill_stack.training.what_where.tables import table_scene

    settings, path = load_settings(options.folder), options.demonstrations
    if options.scripted:
        scenes = [table_scene(seed, settings) for seed in range(FIRST, FIRST + options.count)]
        parts = [scenes[begin : begin + TOGETHER] for begin in range(0, len(scenes), TOGETHER)]
        save(path, [one for part in parts for one in scripted(part, settings, part[0].seed)])
        report(f"{len(scenes)} views and places in {path}")
        return
    some = load(path) if path.exists() else []
    seed = max((one.seed for one in some), default=FIRST - 1)
    while len(some) < options.count:
        seed += 1
        done = demonstrate(table_scene(seed, settings), settings)
        some += [done] if done is not None else []
        if len(some) % EVERY == 0 or len(some) == options.count:
            save(path, some)
        report(f"{len(some)} of {options.count} demonstrations, seed {seed}{'' if done else ' did not succeed'}")


def _learn(options: argparse.Namespace, report: Report) -> None:
    from skill_stack.training.what_where.demonstrations import load
    from skill_stack.training.what_where.network import export, learn

    settings = load_settings(options.folder)
    some = load(options.demonstrations)[: options.count]
    network = learn(some, settings, options.seed, report)
    digest = export(network, settings, options.folder)
    report(f"{options.folder / 'heat.onnx'} of {len(some)} demonstrations, sha256 {digest}")


def _judge(options: argparse.Namespace, report: Report) -> None:
    from skill_stack.training.what_where.judging import judge

    seeds = range(FRESH, FRESH + options.count)
    _write(options.folder, judge(options.folder, load_settings(options.folder), seeds, report))


def _carry(options: argparse.Namespace, report: Report) -> None:
    from skill_stack.training.what_where.carrying_out import carry_out

    seeds = range(options.first, options.first + options.count)
    _write(options.folder, {"carried": carry_out(options.folder, load_settings(options.folder), seeds, report)})


def _write(folder: Path, figures: dict[str, Any]) -> None:
    """Puts figures beside the network; others that are there stay."""
    add_figures(folder, figures)
    print(json.dumps(figures))


if __name__ == "__main__":
    sys.exit(main())
