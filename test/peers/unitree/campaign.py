"""The campaign of faults on the robot's network: real processes, a peer for a robot, one fault after the other.

A seed decides everything about a trial: ``python test/peers/unitree/campaign.py --faults 500 --first 0``. Prints a line
of JSON for each trial and a table at the end; ends with 1 when something was not as it must be.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from unitree.faults import FAULTS, ROTA
from unitree.process import PeerProcess
from unitree.stack import RobotStack
from unitree.trial import Verdict, run_trial

RATE = 250.0  # Hz: half of the robot's, for a machine that does other things too
FLOOR = Path(__file__).with_name("floor.yaml")


def trials(faults: int, first: int, domain: int, only: str = "") -> Iterator[Verdict]:
    """A campaign; after a trial with problems everything is started anew, so that each stands for itself.

    Args:
        faults: How many.
        first: Seed of the first; the others count up.
        domain: DDS domain.
        only: The fault to make every time; empty for all in turn.
    """
    seed, end = first, first + faults
    while seed < end:
        with tempfile.TemporaryDirectory(prefix="unitree-peer-") as folder:
            world = ("--scene", str(FLOOR), "--seed", str(1 + seed), "--domain", str(domain), "--rate", str(RATE))
            with PeerProcess(Path(folder), *world) as peer, RobotStack(peer, domain) as stack:
                while seed < end:
                    try:
                        verdict = run_trial(stack, seed, only)
                    except AssertionError as error:  # not even the fault could be made
                        name = only or ROTA[seed % len(ROTA)]
                        verdict = Verdict(seed, name, 0.0, problems=(f"before: {error}",))
                    seed += 1
                    if verdict.problems:
                        print(stack.log("control")[-3000:], stack.log("supervisor")[-1000:], file=sys.stderr)
                    yield verdict
                    if verdict.problems:
                        break


def table(verdicts: Sequence[Verdict]) -> str:
    """The figures by kind, as a table of Markdown."""
    lines = ["| fault | modes at its end | reaction: median, worst | fell | as it must be |", "|---|---|---|---|---|"]
    for name in FAULTS:
        mine = [verdict for verdict in verdicts if verdict.fault == name]
        if not mine:
            continue
        modes = ", ".join(f"{mode} {count}" for mode, count in sorted(_counted([v.mode for v in mine]).items()))
        times = [1e3 * v.reacted for v in mine if v.reacted is not None]
        speed = f"{statistics.median(times):.0f} ms, {max(times):.0f} ms" if times else "–"
        good = sum(not v.problems for v in mine)
        lines.append(f"| {name} | {modes} | {speed} | {sum(v.fell for v in mine)} | {good} of {len(mine)} |")
    return "\n".join(lines)


def _counted(values: Sequence[str]) -> dict[str, int]:
    return {value: values.count(value) for value in set(values)}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a campaign of any length."""
    parser = argparse.ArgumentParser(prog="campaign", description=__doc__)
    parser.add_argument("--faults", type=int, default=500, help="number of faults")
    parser.add_argument("--first", type=int, default=0, help="seed of the first one")
    parser.add_argument("--only", choices=tuple(FAULTS), default="", help="this fault every time")
    parser.add_argument("--domain", type=int, default=int(os.environ.get("ROS_DOMAIN_ID", "0")), help="DDS domain")
    options = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what it started ends with it
    verdicts = []
    for verdict in trials(options.faults, options.first, options.domain, options.only):
        verdicts.append(verdict)
        print(json.dumps(asdict(verdict), ensure_ascii=False), flush=True)
    print(table(verdicts))
    bad = sum(bool(verdict.problems) for verdict in verdicts)
    print(f"{len(verdicts) - bad} of {len(verdicts)} as they must be")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
