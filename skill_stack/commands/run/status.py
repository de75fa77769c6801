"""``skill-stack status``: processes and nodes with their state; from shared memory first, then from the ROS graph."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from skill_stack.commands.common import (
    add_json,
    add_namespace,
    attach,
    block_of,
    join_ros,
    part_words,
    print_json,
    resources,
)
from skill_stack.core.errors import StaleData
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.shared_memory.block_name import part_of, part_path, part_paths
from skill_stack.core.shared_memory.block_words import BlockWords, Process
from skill_stack.core.shared_memory.channels import RobotChannels, channel_layout
from skill_stack.core.shared_memory.loop_summary import read_summary
from skill_stack.core.shared_memory.provider_note import read_notes, summary
from skill_stack.core.shared_memory.shared_block import SharedBlock
from skill_stack.core.shared_memory.slow_report import slow_reports
from skill_stack.runtime.bringup.run_file import BRING_UP, LAUNCHER, RunFile

SILENCE = {"control": 0.5, "simulator": 0.5, "supervisor": 0.5, "front_end": 2.0}
"""Age of a heartbeat, s, from which a process counts as silent."""
BAD = (ControlMode.STARTING, ControlMode.DAMPED, ControlMode.ESTOP)
"""Modes in which the robot accepts no requests."""


@dataclass(frozen=True, slots=True)
class Part:
    """One process, node or piece.

    Attributes:
        name: What it is.
        ok: Whether it works.
        reason: What it does, or what is wrong.
    """

    name: str
    ok: bool
    reason: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_namespace(parser)
    add_json(parser)
    parser.add_argument("--no-ros", action="store_true", help="shared memory alone; does not ask the ROS nodes")


def run(options: argparse.Namespace) -> int:
    """0 when everything works; NotRunning when no stack is up."""
    file = RunFile(block_of(options.namespace))
    block = attach(options.namespace)
    robot = file.about.get("robot", "")
    parts = [_bring_up(file), *_processes(block.words), _controller(block.words, block.path, robot, "")]
    for name, words in part_words(block.path).items():
        parts += [_process(words, "control", f"control {name}"), _controller(words, block.path, robot, name)]
    for path in (block.path, *part_paths(block.path)):
        parts += [*_networks(path), *_slow_policies(path)]
    block.close()
    if not options.no_ros:
        parts += _nodes(options.namespace)
    if options.json:
        print_json([asdict(part) for part in parts])
    else:
        for part in parts:
            print(f"{'ok ' if part.ok else 'BAD'}  {part.name:18} {part.reason}")
    return 0 if all(part.ok for part in parts) else 1


def _bring_up(file: RunFile) -> Part:
    if file.held_by_other:
        about, pid = file.about, file.noted()[BRING_UP].pid
        who = f"process {pid}, which restarts what dies"
        if LAUNCHER in about:
            who = f"ros2 launch (process {about[LAUNCHER]}), which restarts nodes; process {pid} restarts the rest"
        return Part("bring-up", True, f"{about.get('deployment', '?')}, robot {about.get('robot', '?')}; by {who}")
    return Part("bring-up", False, "nobody restarts what dies: the bring-up crashed; end the rest: skill-stack down")


def _processes(words: BlockWords) -> list[Part]:
    roles: tuple[Process, ...] = ("control", "supervisor", "simulator", "front_end")
    there = [role for role in roles if role != "simulator" or words.registered(role).pid]  # a real robot has none
    return [_process(words, role, role) for role in there]


def _process(words: BlockWords, role: Process, name: str) -> Part:
    identity = words.registered(role)
    beat = words.heartbeat(role)
    age = time.monotonic() - beat
    if not identity.pid:
        return Part(name, False, "does not run")
    if not identity.alive:
        return Part(name, False, f"is dead (was process {identity.pid})")
    if not beat:
        return Part(name, False, f"process {identity.pid} has not begun its work yet")
    if age > SILENCE[role]:
        return Part(name, False, f"process {identity.pid} has been silent for {age:.1f} s")
    return Part(name, True, f"process {identity.pid}")


def _controller(words: BlockWords, path: Path, robot: str, part: str) -> Part:
    """State of a part's controller, as far as the robot is known."""
    name = f"robot {part}".strip()
    if words.tripped:
        return Part(name, False, f"damped by the supervisor: {words.tripped}")
    if not robot:
        return Part(name, True, "which one is not known here")
    try:
        channels = channels_of(path, robot, part)
        status, loop = channels.read_status(), read_summary(channels.block.records["loop"])
    except StaleData as error:
        return Part(name, False, str(error))
    if status is None:
        return Part(name, False, "the control process has not reported yet")
    text = f"{status.mode.value} {status.skill}".strip() + (f": {status.reason}" if status.reason else "")
    if loop is not None:
        last = loop.last_minute
        text += f"; last minute: {last.misses} of {last.ticks + last.misses} deadlines missed, "
        text += f"lateness p99 {last.lateness.p99:.2f} ms, tick p99 {last.duration.p99:.2f} ms"
    return Part(name, status.mode not in BAD, text)


def channels_of(path: Path, robot: str, part: str) -> RobotChannels:
    """The block of a part that runs, attached; StaleData or NotRunning where it cannot be read.

    Args:
        path: The block of the robot.
        robot: Its name.
        part: Which part; empty for the first.
    """
    found = resources()
    spec = load_robot(found.robot(robot), found).part(part)
    return RobotChannels(SharedBlock.attach(part_path(path, part) if part else path, channel_layout(spec)), spec)


def _networks(path: Path) -> list[Part]:
    """Where the control process of a block evaluates its networks; nothing when it has none."""
    text = summary(read_notes(path))
    return [Part(f"networks {part_of(path)}".strip(), True, text)] if text else []


def _slow_policies(path: Path) -> list[Part]:
    """State of the slow policies of a block."""
    return [Part(f"slow {report.skill}", report.ok, report.text) for report in slow_reports(path)]


def _nodes(namespace: str) -> list[Part]:
    """The reported states of the lifecycle nodes."""
    join_ros()
    from skill_stack.nodes.clients.client import TaskClient
    from skill_stack.nodes.clients.node_states import node_states

    with TaskClient(namespace) as client:
        states = node_states(client)
    return [Part(f"node {name}", state == "active", state) for name, state in states.items()]
