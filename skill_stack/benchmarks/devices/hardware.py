"""Hands on their buses: cost of a cycle, and behaviour under bus faults.

Faults in any number: ``skill-stack bench hardware --faults 500 --out FILE``; the same command continues where it ended.
Grasps in pairs, over the bus and directly: ``skill-stack bench hardware --pairs 20 --robot leap --skill close_hand``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from skill_stack.benchmarks.devices import hand_pairs
from skill_stack.benchmarks.devices.device_cycles import cycles, start
from skill_stack.benchmarks.devices.hand_campaign import campaign, for_a_while, rows
from skill_stack.benchmarks.devices.hand_rigs import bus_process
from skill_stack.benchmarks.pieces import add_piece_options, print_rows
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.timing import median_row, percentile
from skill_stack.core.arguments import Parser
from skill_stack.core.resources import Resources
from skill_stack.core.robots.driver import open_driver
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.hardware.stand_ins.allegro import VirtualAllegro

LEAP_RATE, ALLEGRO_RATE = 100.0, 1000.0 / 3.0  # Hz
HELD = 1.0
"""Largest share of cycles that may end after their period, %."""
TITLE = "hands on serial and CAN: cycles at their rates, faults over their buses"
SHARE = 0.2
"""Share of the time that each hand's cycles get; faults get the rest."""


def measure(seconds: float) -> list[Row]:
    """Cycles of both hands, then faults as many as the time allows.

    Args:
        seconds: How long all take together, s.

    Raises:
        SkillStackError: The extra ``hands`` is missing, or the bus did not come up.
    """
    found = [*_leap(SHARE * seconds), *_allegro(SHARE * seconds)]
    return [*found, *rows(for_a_while(seconds * (1 - 2 * SHARE)))]


def _leap(seconds: float) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, bus_process(Path(folder) / "tty") as port:
        return _cycles("leap", "dynamixel", {"port": str(port)}, LEAP_RATE, seconds, "the bus is another process")


def _allegro(seconds: float) -> list[Row]:
    channel = f"bench-{os.getpid()}"
    hand = VirtualAllegro(channel)
    try:
        settings = {"channel": channel, "interface": "virtual"}
        note = "the hand is a thread of the same process, since a virtual CAN bus knows no other"
        return _cycles("allegro_right", "allegro", settings, ALLEGRO_RATE, seconds, note)
    finally:
        hand.close()


def _cycles(name: str, driver_name: str, settings: dict[str, str], rate: float, seconds: float, note: str) -> list[Row]:
    robot = load_robot(Resources.from_environment(os.environ).robot(name))
    with tempfile.TemporaryDirectory() as folder:
        channels = RobotChannels.open(Path(folder) / "block", robot)
        driver = open_driver(robot, driver_name, channels, channels.words.take_lease("control"), settings)
        try:
            start(driver, rate)
            measured = cycles(driver, robot, rate, max(round(seconds * rate), 20))
        finally:
            driver.close()
            channels.close()
    both = measured.reads + measured.writes
    over = 100.0 * float(np.mean(measured.late + both > 1.0 / rate))
    return [
        median_row(f"{name}, {rate:.0f} Hz: read and write", both, "µs", 1e6),
        Row(f"{name}, {rate:.0f} Hz: the same, p99", 1e6 * percentile(both, 99.0), "µs"),
        Row(f"{name}, {rate:.0f} Hz: cycles that end after their period", over, "%", HELD, note=note),
        Row(f"{name}, {rate:.0f} Hz: cycles with a new measurement", 100.0 * float(np.mean(measured.news)), "%"),
    ]


def command_line() -> argparse.ArgumentParser:
    """Options of campaigns of any length."""
    parser = Parser(
        prog="skill-stack bench hardware", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--faults", type=int, metavar="N", help="number of faults over the buses")
    what.add_argument("--pairs", type=int, metavar="N", help="number of seeds of grasps in pairs, from 1 on")
    parser.add_argument("--first", type=int, default=0, help="with --faults: seed of the first one")
    hand_pairs.add_arguments(parser)
    add_piece_options(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Faults in any number, or grasps in pairs.

    Returns:
        0 when no fault ended badly, or success is equal in both ways; 1 otherwise.
    """
    options = command_line().parse_args(argv)
    if options.pairs is not None:
        return hand_pairs.run(options)
    began = time.perf_counter()
    found = campaign(options.faults, options.first, options.out)
    print_rows("hardware", TITLE, rows(found), options.json, began)
    return 0 if not any(verdict.wrong for verdict in found) else 1


if __name__ == "__main__":
    sys.exit(main())
