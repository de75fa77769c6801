"""The whole stack with a hand on its serial bus for a long time: whether memory or lateness grow."""

from __future__ import annotations

import tempfile
from pathlib import Path

from skill_stack.benchmarks.devices.hand_rigs import bus_process
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.stack.running_stack import running_stack
from skill_stack.benchmarks.stack.soak import READY, Say, soak, tell
from skill_stack.benchmarks.stack.soak_memory import remember

DEPLOYMENT, ROBOT, SCENE = "leap", "leap", "bench"
REMEMBERED = ("close your hand", "open your hand", "make a bowl", "hold the hand still")
"""Past tasks of the hand before the run, similar to those of the run."""
RATE = 100.0  # Hz
REPLY = 0.01
"""Time that the motors have to answer, s: they are a program on the same machine, and a cycle lasts as long."""


def measure(seconds: float, say: Say = tell, rate: float = RATE) -> list[Row]:
    """Lets the hand open and close, and samples the stack once per window.

    Args:
        seconds: How long, s.
        say: Takes lines on the progress.
        rate: Rate of the control loop, Hz.
    """
    with tempfile.TemporaryDirectory(prefix="skill-stack-bench-") as folder:
        overlay = f"{folder}/overlay"
        say(f"begins with a memory of {remember(overlay, ROBOT, SCENE, REMEMBERED)} tasks")
        with (
            bus_process(Path(folder) / "tty") as port,
            running_stack(
                control_rate=rate,
                ready=READY,
                more={"SKILL_STACK_OVERLAY": overlay},
                name=DEPLOYMENT,
                driver_settings={"port": str(port), "reply_timeout": REPLY},
            ) as stack,
        ):
            return soak(stack, "hand_errands", seconds, rate, say)
