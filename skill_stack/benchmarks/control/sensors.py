"""Consistency checks of sensors: false alarms in hours of ordinary use, and detection of wrong sensors.

A seed decides everything about a run, so that a measurement may be done in pieces:
``skill-stack bench sensors --hours 10 --robot go2 --first 0 --out FILE``; the same again goes on where it ended, and
``skill-stack bench sensors --detect 20 --first 0 --out FILE`` makes sensors wrong on purpose.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.benchmarks.agreement.detection import MOMENTS, detect
from skill_stack.benchmarks.agreement.use import SCRIPTS, Use, UsedRobot
from skill_stack.benchmarks.agreement.wrong_sensors import WRONG
from skill_stack.benchmarks.pieces import PieceFile, add_piece_options, print_rows
from skill_stack.benchmarks.report import Row
from skill_stack.core.arguments import Parser, positive
from skill_stack.core.errors import DataError

TITLE = "checks of sensors against one another"
HOUR = 3600.0
Piece = dict[str, Any]


def measure(seconds: float) -> list[Row]:
    """Runs of ordinary use for half of the time, then wrong sensors.

    Args:
        seconds: How long, s.
    """
    used, seed = UsedRobot.load("go2"), 0
    begin = time.monotonic()
    uses: list[Piece] = []
    trials: list[Piece] = []
    while time.monotonic() - begin < 0.5 * seconds:
        uses.append(Use(used, seed).run() | {"seed": seed})
        seed += 1
    names = list(WRONG)
    while time.monotonic() - begin < seconds:
        place = len(trials)
        kind, moment = names[place // len(MOMENTS) % len(names)], MOMENTS[place % len(MOMENTS)]
        trials.append(detect(used, kind, moment, place))
    return use_rows(uses) + detection_rows(trials)


def use_rows(pieces: Sequence[Piece]) -> list[Row]:
    """Figures of ordinary use, for each robot.

    Args:
        pieces: Runs; see :meth:`skill_stack.benchmarks.agreement.use.Use.run`.
    """
    out = []
    for name in SCRIPTS:
        mine = [piece for piece in pieces if piece.get("robot") == name]
        if not mine:
            continue
        alarms = [f"seed {piece['seed']}: {text}" for piece in mine for text in piece["alarms"]]
        hours, falls = sum(piece["simulated"] for piece in mine) / HOUR, sum(piece["falls"] for piece in mine)
        seeds = f"seeds {min(p['seed'] for p in mine)}–{max(p['seed'] for p in mine)}"
        out.append(Row(f"{name}: use", hours, "h", note=f"{len(mine)} runs, {seeds}; {falls} falls"))
        out.append(Row(f"{name}: alarms", float(len(alarms)), "alarms", 0.0, note="; ".join(alarms[:3])))
        for guard in sorted({guard for piece in mine for guard in piece["most"]}):
            share, skill, seed = max((*piece["most"].get(guard, (0.0, "")), piece["seed"]) for piece in mine)
            note = f"{skill or 'limp'}, seed {seed}"
            out.append(Row(f"{name}: {guard}, largest / limit", share, "x", 1.0, note=note))
    return out


def detection_rows(pieces: Sequence[Piece]) -> list[Row]:
    """Figures of wrong sensors, for each kind and moment.

    Args:
        pieces: Trials; see :func:`skill_stack.benchmarks.agreement.detection.detect`.
    """
    out = []
    for kind in WRONG:
        for moment in MOMENTS:
            mine = [piece for piece in pieces if (piece.get("kind"), piece.get("moment")) == (kind, moment)]
            if not mine:
                continue
            after = [piece["after"] for piece in mine if piece["noticed"]]
            in_time = [piece["noticed"] and not (moment == "rise" and piece["walked"]) for piece in mine]
            delay = f"after {np.median(after):.2f} s, at most {max(after):.2f} s" if after else "never"
            fell, lies = (sum(piece[name] for piece in mine) for name in ("fell_before", "fell"))
            where = "before the first step" if moment == "rise" else "while walking"
            share = 100.0 * sum(in_time) / len(mine)
            note = f"{sum(in_time)} of {len(mine)}, {delay}; {fell} fell before, {lies} lie fallen"
            out.append(Row(f"{kind}, {where}", share, "%", note=note))
    return out


def use(name: str, hours: float, first: int, out: Path | None) -> list[Piece]:
    """Ordinary use in pieces.

    Args:
        name: The robot.
        hours: Simulated time, h.
        first: Seed of the first run; the following ones count up.
        out: File with the runs that are done already, which takes the others.
    """
    done = PieceFile(out)
    found = {piece["seed"]: piece for piece in done.pieces if piece.get("robot") == name}
    used, seed, passed, pieces = UsedRobot.load(name), first, 0.0, []
    while passed < hours * HOUR:
        if seed not in found:
            found[seed] = Use(used, seed).run() | {"seed": seed}
            done.add(found[seed])
        pieces.append(found[seed])
        passed, seed = passed + found[seed]["simulated"], seed + 1
    return pieces


def wrong(name: str, number: int, first: int, out: Path | None) -> list[Piece]:
    """Every kind of wrong sensor, at every moment, with as many seeds; arguments as of :func:`use`."""
    done = PieceFile(out)
    found = {(piece["kind"], piece["moment"], piece["seed"]): piece for piece in done.pieces if "kind" in piece}
    used, pieces = UsedRobot.load(name), []
    if number and "rise" not in used.library.entries:
        raise DataError(f"--detect: {name} has no skill 'rise', before whose end a wrong sensor is to be seen; go2 has")
    for seed in range(first, first + number):
        for kind in WRONG:
            for moment in MOMENTS:
                key = kind, moment, seed
                if key not in found:
                    found[key] = detect(used, kind, moment, seed)
                    done.add(found[key])
                pieces.append(found[key])
    return pieces


def command_line() -> argparse.ArgumentParser:
    """Options of measurements of any length."""
    parser = Parser(prog="skill-stack bench sensors", description=__doc__)
    parser.add_argument("--hours", type=positive, default=0.0, help="simulated hours of ordinary use")
    parser.add_argument("--detect", type=int, default=0, help="seeds for each kind of wrong sensor")
    parser.add_argument("--robot", default="go2", choices=list(SCRIPTS), help="robot (default: %(default)s)")
    parser.add_argument("--first", type=int, default=0, help="first seed")
    add_piece_options(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """A measurement of any length.

    Returns:
        0 when no alarm was raised for nothing, 1 otherwise.
    """
    options = command_line().parse_args(argv)
    began = time.perf_counter()
    uses = use(options.robot, options.hours, options.first, options.out)
    trials = wrong(options.robot, options.detect, options.first, options.out)
    print_rows("sensors", TITLE, use_rows(uses) + detection_rows(trials), options.json, began)
    return 1 if any(piece["alarms"] for piece in uses) else 0


if __name__ == "__main__":
    sys.exit(main())
