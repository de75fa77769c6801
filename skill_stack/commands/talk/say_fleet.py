"""``skill-stack say --robots FILE``: one request for several running robots."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import Literal

from skill_stack.commands.common import NotRunning, block_of, join_ros, note, print_json, resources, words_of
from skill_stack.commands.talk.task_report import done, failure_json, outcome_of
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.shared_memory.robot_stop import ask_robot
from skill_stack.core.stop_words import find_stop
from skill_stack.planner.fleet.addressee import Addressees, Segment
from skill_stack.planner.fleet.fleet_file import FleetMember, load_fleet

Stopping = Literal["stop", "estop"]


def run(options: argparse.Namespace) -> int:
    """0 when every share succeeded or the question was answered."""
    if options.namespace or options.plan:
        raise DataError("--robots names the robots itself; it takes words, and neither --namespace nor --plan")
    file, words = load_fleet(resources().team(options.robots)), words_of(options.words)
    began = time.monotonic()
    try:
        stopped, rest = stopped_by(words, file.robots)
        if stopped:
            stop(stopped)
            return _told_stop(options, [one for one, _ in stopped], rest, time.monotonic() - began)
        join_ros()
        from skill_stack.nodes.clients.fleet_client import FleetClient

        with FleetClient(file, resources(), note) as client:
            result = client.do(words)
    except SkillStackError as error:
        if options.json:
            print_json(failure_json(str(error), time.monotonic() - began))
        note(f"failed: {error}")
        return 1
    if options.json:
        print_json({**result.to_json(), "outcome": outcome_of(result)})
    else:
        print(f"{'answer' if result.outcome == 'statement' else result.outcome}: {result.reason}")
    return 0 if done(result) else 1


def _told_stop(options: argparse.Namespace, stopped: Sequence[FleetMember], rest: bool, seconds: float) -> int:
    """Reports which robots words stopped; nothing else in the words is begun."""
    reason = f"stopped: {', '.join(one.name for one in stopped)}"
    reason += "; the rest was not begun: say it by itself" if rest else ""
    if options.json:
        print_json({**failure_json(reason, seconds, "failed" if rest else "succeeded"), "shares": []})
    else:
        print(reason)
    return 1 if rest else 0


def stopped_by(words: str, robots: Sequence[FleetMember]) -> tuple[list[tuple[FleetMember, Stopping]], bool]:
    """Robots that words stop, each with ``stop`` or ``estop``, and whether the words contain anything else.

    Args:
        words: What was said: "stop", "Rex, stop".
        robots: The robots.
    """
    segments = Addressees({one.name: (one.name, *one.names) for one in robots}).segments(words)
    if find_stop(words) and not any(segment.robots for segment in segments):
        segments = [Segment(words)]
    stops = [(segment.robots or [one.name for one in robots], find_stop(segment.text)) for segment in segments]
    meant: dict[str, Stopping] = {}
    for names, kind in stops:
        for name in names if kind else ():
            meant[name] = "estop" if "estop" in (kind, meant.get(name)) else "stop"
    return [(one, meant[one.name]) for one in robots if one.name in meant], not all(kind for _, kind in stops)


def stop(robots: Sequence[tuple[FleetMember, Stopping]]) -> None:
    """Stops robots: those of this machine by one store in shared memory each, then the others over the network.

    Args:
        robots: The robots, each with ``stop`` or ``estop``.

    Raises:
        SkillStackError: One of them was not reached; the others are stopped all the same.
    """
    elsewhere, silent = [], []
    for one, kind in robots:
        if not ask_robot(block_of(one.place), kind):
            elsewhere.append((one, kind))
    for one, kind in elsewhere:
        join_ros()
        from skill_stack.nodes.clients.client import TaskClient

        try:
            with TaskClient(one.place) as client:
                client.trigger(kind)
        except SkillStackError as error:
            silent.append(f"{one.name}: {error}")
    if silent:
        raise NotRunning(f"not stopped: {'; '.join(silent)}")
