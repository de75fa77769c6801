"""Ends the processes of a stack: drivers first, the supervisor only when the robot is damped, the device last."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.shared_memory.block_file import WordBlock
from skill_stack.core.shared_memory.block_name import part_paths
from skill_stack.core.shared_memory.block_words import BlockWords, is_settled

GRACE = 5.0
"""Time between asking a process to end and killing it, s: longer than a supervisor's own time limit."""
GUARD_WITHIN = 15.0
"""Time allowed for a supervisor started to damp the robot, s: connecting to a real one takes seconds."""


def end_stack(block: Path, processes: Iterable[ProcessIdentity], guard: str, environment: Mapping[str, str]) -> None:
    """Ends the processes of a stack in the order that leaves the robot without an active command.

    First the control processes get the request to end, and damp the robot; meanwhile the supervisor ends one that does
    not. The supervisor ends when no process drives. Where there is none, or it fails too, a new one is started for
    that. Then the device ends, with all others. Each step has a time limit.

    Args:
        block: The robot's main block; roles are read there.
        processes: All processes to end.
        guard: Command that starts such a supervisor, as a JSON list; empty for none.
        environment: Its environment.
    """
    left = dict.fromkeys(processes)
    words = _words(block)
    controls = {each.registered("control") for each in words}
    supervisors = {each.registered("supervisor") for each in words}
    watching = [process for process in left if process in supervisors and process.alive]
    _wake(watching)
    helper = None if watching else _start_guard(block, guard, environment)
    end_processes(process for process in left if process in controls)
    end_processes(watching)
    helper = helper or _start_guard(block, guard, environment)
    if helper is not None:
        try:
            helper.wait(GUARD_WITHIN)
        except subprocess.TimeoutExpired:
            helper.kill()
            helper.wait()
    rest = [process for process in left if process not in controls and process not in supervisors]
    _wake(rest)
    end_processes(rest)


def guard_command(command: Sequence[str]) -> str:
    """The ``guard`` argument of :func:`end_stack`, from a supervisor's command line."""
    return json.dumps([*command, "--last"])


def _start_guard(block: Path, guard: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes] | None:
    """Starts a supervisor where a process drives, or died while it did."""
    if not guard or all(is_settled(words) for words in _words(block)):
        return None
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        json.loads(guard), env=dict(environment), stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    )


def _words(block: Path) -> list[BlockWords]:
    """The words of every part whose block can be read."""
    out = []
    for path in (block, *part_paths(block)):
        try:
            out.append(WordBlock(path).words)
        except (FileNotFoundError, SkillStackError):
            continue
    return out


def end_processes(processes: Iterable[ProcessIdentity], grace: float = GRACE) -> None:
    """Requests that processes end, all at once, and kills those that do not.

    Args:
        processes: The processes; a pid that belongs to another process meanwhile is left alone.
        grace: Time that they get, s.
    """
    waiting = [process for process in processes if _signal(process, signal.SIGTERM)]
    deadline = time.monotonic() + grace
    while waiting and time.monotonic() < deadline:
        time.sleep(0.02)
        waiting = [process for process in waiting if process.alive]
    for process in waiting:
        _signal(process, signal.SIGKILL)
    while any(process.alive for process in waiting):
        time.sleep(0.01)


def _wake(processes: Iterable[ProcessIdentity]) -> None:
    """Resumes processes stopped by a signal, so that they can end in order.

    Never a control process: it would first finish the tick in which it was frozen, with what it measured then.
    """
    for process in processes:
        _signal(process, signal.SIGCONT)


def _signal(process: ProcessIdentity, number: int) -> bool:
    if not process.alive:
        return False
    try:
        os.kill(process.pid, number)
    except ProcessLookupError:
        return False
    return True
