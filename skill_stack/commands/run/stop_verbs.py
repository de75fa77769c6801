"""``skill-stack stop``, ``estop`` and ``reset``: one store in shared memory; no ROS, no network, no planner."""

from __future__ import annotations

import argparse
import time

from skill_stack.commands.common import (
    add_json,
    add_namespace,
    attach,
    block_of,
    part_words,
    print_json,
    resources,
)
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.shared_memory.block_words import BlockWords

PATIENCE = 1.0  # s for the control process to be alive afterwards
FRESH = 0.5  # s: age of a heartbeat that counts as alive


class NobodyListens(SkillStackError):
    """The flag is stored, but no control process is alive to see it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_namespace(parser)
    add_json(parser)
    parser.add_argument("--robots", metavar="FILE", help="every robot of a file, see docs/fleet.md")
    parser.add_argument("--socket", action="store_true", help="estop through the supervisor's socket alone")


def run(options: argparse.Namespace) -> int:
    """Stores the flag, then checks that a living control process has run at least one tick since.

    Raises:
        NotRunning: There is no stack of that namespace.
        NobodyListens: The control process has ended or is frozen; the message states what the supervisor did.
        DataError: ``--socket`` with another verb than ``estop``.
    """
    if options.robots:
        return _all(options)
    if options.socket:
        return _by_socket(options)
    block = attach(options.namespace)
    words, kind = block.words, options.verb
    begin = time.monotonic()
    getattr(words, f"request_{kind}")("local")
    stored = time.monotonic() - begin
    for part, its in {"": words, **part_words(block.path)}.items():
        if not _beats_after(its, begin):
            who = f"the control process of {part}" if part else "the control process"
            why = its.tripped or "it is dead or frozen, and no supervisor has taken over"
            raise NobodyListens(f"{kind} is stored, but {who} does not run: {why}")
    if options.json:
        print_json({kind: True, "stored_ms": round(stored * 1e3, 3)})
    else:
        print({"stop": "stopped", "estop": "emergency stop", "reset": "reset"}[kind])
    block.close()
    return 0


def _all(options: argparse.Namespace) -> int:
    """The same for every robot of a file; an unreachable one does not affect the others."""
    from skill_stack.planner.fleet.fleet_file import load_fleet  # on demand: a stop of one robot needs no planner

    wrong = []
    for one in load_fleet(resources().team(options.robots)).robots:
        try:
            run(argparse.Namespace(**{**vars(options), "namespace": one.place, "robots": None}))
        except SkillStackError as error:
            wrong.append(f"{one.name}: {error}")
    if wrong:
        raise NobodyListens("; ".join(wrong))
    return 0


def _by_socket(options: argparse.Namespace) -> int:
    """An emergency stop without mapping the shared memory; the supervisor answers once the robot is damped."""
    if options.verb != "estop":
        raise DataError(f"--socket is for 'skill-stack estop' alone; use 'skill-stack {options.verb}' without it")
    from skill_stack.core.shared_memory.estop_socket import LATCHED, estop_path, send_estop  # no other way needs it

    begin = time.monotonic()
    said = send_estop(estop_path(block_of(options.namespace)), PATIENCE)
    if said != LATCHED.decode():
        raise NobodyListens(f"emergency stop was sent, but: {said or 'no answer from the supervisor'}")
    if options.json:
        print_json({"estop": True, "latched_ms": round((time.monotonic() - begin) * 1e3, 3)})
    else:
        print("emergency stop")
    return 0


def _beats_after(words: BlockWords, moment: float) -> bool:
    """Whether the control process has sent a heartbeat after a monotonic time, s."""
    deadline = moment + PATIENCE
    while time.monotonic() < deadline:
        if words.heartbeat("control") > moment:
            return True
        time.sleep(0.002)
    return False
