"""Messages of any kind to every topic, service and action of a whole running stack: no process may end."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass

from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.stack.running_stack import ProbeFailed, RunningStack, running_stack

RATE = 250.0
"""Messages in a second, as ``skill_stack.nodes.clients.message_fuzz`` sends them."""
SEED = 1
READY = 120.0  # s until the stack must work
AFTERWARDS = 3.0  # s in which a process may still end of what it was sent


@dataclass(frozen=True, slots=True)
class Thrown:
    """What came of it.

    Attributes:
        sent: Messages and requests by topic, service or action.
        refused: How many each node said that it dropped.
        ended: Processes that ended.
    """

    sent: dict[str, int]
    refused: dict[str, int]
    ended: tuple[str, ...]


def throw(stack: RunningStack, count: int, seed: int = SEED) -> Thrown:
    """Sends so many messages to a running stack.

    Args:
        stack: The stack.
        count: How many messages and requests.
        seed: Of all chance.

    Raises:
        ProbeFailed: The sender itself failed.
    """
    before = {child.spec.name: child.identity for child in stack.up.children}
    command = [sys.executable, "-m", "skill_stack.nodes.clients.message_fuzz", "--namespace", stack.namespace]
    command += ["--count", str(count), "--seed", str(seed)]
    pipe = subprocess.PIPE
    sender = subprocess.Popen(command, env=dict(stack.environment), stdout=pipe, stderr=subprocess.DEVNULL, text=True)
    end = float("inf")
    while time.monotonic() < end:
        stack.up.poll()
        time.sleep(0.1)
        if end == float("inf") and sender.poll() is not None:
            end = time.monotonic() + AFTERWARDS
    said = sender.communicate()[0]
    if sender.returncode:
        raise ProbeFailed(f"the sender of messages ended with exit code {sender.returncode}")
    ended = tuple(child.spec.name for child in stack.up.children if child.identity != before[child.spec.name])
    return Thrown(**json.loads(said), ended=ended)


def measure(seconds: float) -> list[Row]:
    """Sends messages for about that long, s."""
    with running_stack(ready=READY) as stack:
        thrown = throw(stack, round(seconds * RATE))
    sent, refused = sum(thrown.sent.values()), sum(thrown.refused.values())
    return [
        Row("processes that ended", float(len(thrown.ended)), "processes", 0.0, note="; ".join(thrown.ended)),
        Row(
            "messages and requests sent",
            float(sent),
            "messages",
            note=f"to {len(thrown.sent)} topics, services, actions",
        ),
        Row("dropped at the borders of all nodes", float(refused), "messages", note=", ".join(sorted(thrown.refused))),
    ]
