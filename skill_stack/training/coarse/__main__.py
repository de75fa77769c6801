"""Learns to follow coarse finger commands: ``python -m skill_stack.training.coarse allegro_right follow_fingers``.

Records what the hand's learnt skills do while simulated persons command, learns to do the same from the commands and
the joints alone, lets that drive and records again; exports. ``--judge`` measures the exported file against raw
retargeting.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from skill_stack.core.arguments import command_line
from skill_stack.training.chunks.export import export
from skill_stack.training.chunks.learn import ChunkNetwork, Rows, learn
from skill_stack.training.coarse.compared import RAW, CommandedSkill
from skill_stack.training.coarse.judge import CAP
from skill_stack.training.coarse.kept_rounds import KeptRounds
from skill_stack.training.coarse.record import STEPS, joined, record, with_wild
from skill_stack.training.skill_parser import named, skill_parser
from skill_stack.training.timed_lines import timed_lines

Report = Callable[[str], None]


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = skill_parser(
        "coarse",
        "Learn one controller that follows coarse finger commands and keeps the object.",
        "allegro_right follow_fingers --out runs/coarse --judge 8001",
        "a hand's folder with coarse.yaml, whose primitives lie beside it",
    )
    text = "where rounds, policy.onnx and figures go (resumed from)"
    parser.add_argument("--out", type=Path, default=Path("runs/coarse"), help=text)
    parser.add_argument("--judge", type=int, metavar="SEED", help="measure the file in --out with fresh hands instead")
    parser.add_argument("--hands", type=int, default=100, help="hands of the measurement (default: %(default)s)")
    parser.add_argument("--cap", type=float, default=CAP, help="longest time that counts, s (default: %(default)s)")
    text = "who follows in the measurement: raw, or a position of the dial from 0, hold, to 1, obey"
    parser.add_argument("--follow", nargs="+", default=[RAW, "0.5"], metavar="WHO", help=text)
    return parser.parse_args(arguments)


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when everything requested was done."""
    options, report = parse(arguments), timed_lines()
    resources, robot, folder = named(options)
    skill = CommandedSkill(resources, robot, folder)
    if options.judge is None:
        network = teach(skill, KeptRounds(options.out, skill.settings), report)
        digest = export(network, STEPS, robot.size, options.out / "policy.onnx")
        report(f"{options.out / 'policy.onnx'}, sha256 {digest}")
    else:
        _measure(skill, options, report)
    return 0


def teach(skill: CommandedSkill, kept: KeptRounds, report: Report) -> ChunkNetwork:
    """Rounds of recording and learning; goes on after those that are kept.

    Args:
        skill: Whose hands, and how.
        kept: Where rounds are kept.
        report: Takes progress lines.
    """
    settings = skill.settings
    rng = np.random.default_rng(settings.seed)
    parts, network = kept.load(rng)
    if parts:
        report(f"{kept.folder} holds {len(parts)} of {settings.record.rounds} rounds")
    for number in range(len(parts), settings.record.rounds):
        hands = skill.hands(settings.training, settings.record.hands, 1000 * settings.seed + number)
        parts.append(with_wild(record(hands, settings.record, network, rng), rng))
        rows = joined(parts)
        order = rng.permutation(len(rows.seen))
        held = round(settings.learn.held_out * len(order))
        judging, training = (Rows(rows.seen[some], rows.wanted[some], rows.weight[some])
                             for some in (order[:held], order[held:]))  # fmt: skip
        network, errors = learn(training, judging, settings.learn, settings.seed, report)
        kept.save(number, parts[-1], network, rng)
        report(f"round {number + 1}: {len(rows.seen)} windows, {time.process_time():.0f} s of processor time, {errors}")
    assert network is not None  # there is a round at least
    return network


def _measure(skill: CommandedSkill, options: argparse.Namespace, report: Report) -> None:
    """Measures each that is named with the same persons and objects, and writes the figures."""
    path, found = options.out / f"judged-{options.judge}.json", dict[str, dict[str, float]]()
    policy = options.out / "policy.onnx"
    for who, score in skill.compared(policy, options.follow, options.hands, options.judge, options.cap):
        found[who] = score.figures()
        report(f"{who}: {found[who]}")
        path.write_text(json.dumps({"hands": options.hands, "cap": options.cap, "follow": found}, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
