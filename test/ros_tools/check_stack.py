"""Asks a running stack with the ROS command line tools, as its users do, and prints a table of what they said.

``python test/ros_tools/check_stack.py`` needs ``ros2`` on the path and the stack up without a namespace
(``skill-stack up go2_sim``, or ``ros2 launch skill_stack go2_sim.launch.py``). The checks are in ``checks.yaml`` beside
this file. ``--only WORDS`` runs those whose description contains the words; it may be repeated.
"""

from __future__ import annotations

import argparse
import itertools
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("checks.yaml")
PATIENCE = 60.0
"""Time for a command that ends by itself, s."""
TOLERANCE = 0.1
"""Share by which a rate may be off: a sample is up to a control tick older than its message."""
FEWEST = 50
"""Fewest stamps that make a rate."""
SETTLED = 3.0
"""Time without a new node after which the daemon knows all, s."""


@dataclass(frozen=True)
class Check:
    """One question to the stack.

    Attributes:
        what: What is checked, for people.
        command: The command, as one types it.
        expect: A regular expression that its output must match.
        seconds: Time after which it is ended, s; 0 where it ends by itself.
        rate: Rate that the stamps in its output must have, Hz; 0 where it prints none.
    """

    what: str
    command: str
    expect: str = ""
    seconds: float = 0.0
    rate: float = 0.0

    def run(self) -> tuple[bool, str]:
        """Whether the output is as expected, and the output."""
        process = subprocess.Popen(
            shlex.split(self.command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            output, _ = process.communicate(timeout=self.seconds or PATIENCE)
        except subprocess.TimeoutExpired:
            process.terminate()
            output, _ = process.communicate()
        if self.rate:
            found = rate_of(output)
            return abs(found - self.rate) <= TOLERANCE * self.rate, f"{found:.1f} Hz by its stamps\n{output}"
        return bool(re.search(self.expect, output)), output


def rate_of(output: str) -> float:
    """Rate of the stamps in an output, lines of ``seconds,nanoseconds``, Hz; 0 where there are too few.

    By the median of the times between them: a busy machine skips some messages and loses others.
    """
    stamps = [int(s) + 1e-9 * int(ns) for s, ns in re.findall(r"^(\d+),(\d+)$", output, re.MULTILINE)]
    if len(stamps) < FEWEST:
        return 0.0
    return 1.0 / max(statistics.median(b - a for a, b in itertools.pairwise(stamps)), 1e-9)


def load_checks() -> list[Check]:
    """All checks, in their order."""
    return [Check(**one) for one in yaml.safe_load(FILE.read_text())]


def wake_daemon() -> None:
    """Starts the daemon of ``ros2`` and waits until it knows the nodes: one that just began has seen some of them."""
    subprocess.run(["ros2", "daemon", "start"], stdout=subprocess.DEVNULL, check=True)
    known, since, end = "", time.monotonic(), time.monotonic() + PATIENCE
    while time.monotonic() < min(since + SETTLED, end) or not known:
        nodes = subprocess.run(["ros2", "node", "list"], capture_output=True, text=True).stdout
        if nodes != known:
            known, since = nodes, time.monotonic()
        elif time.monotonic() > end:
            return  # there are none: the checks say so


def main() -> int:
    """Runs the checks; 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="WORDS", help="words of a check's description; repeatable")
    options = parser.parse_args()
    if shutil.which("ros2") is None:
        print("there is no ros2 on the path: source the setup file of a ROS install first", file=sys.stderr)
        return 2
    wake_daemon()
    print("| check | command | |\n|---|---|---|")
    failed = []
    for check in load_checks():
        if options.only and not any(words in check.what for words in options.only):
            continue
        good, output = check.run()
        print(f"| {check.what} | `{check.command}` | {'ok' if good else 'FAILED'} |", flush=True)
        if not good:
            failed.append(check)
            print(f"{check.what}: expected {check.expect!r}, got:\n{output[-1500:]}", file=sys.stderr, flush=True)
    print(f"{len(failed)} failed", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
