"""Nothing old drives a walking robot, however its processes end: judged by what is really in force at the device.

Real simulator, control process, supervisor and bring-up, without nodes, which have no say in it.
"""

import signal
import time

import pytest

from skill_stack.benchmarks.campaign.brought_up_stack import BRING_UP, END_WITHIN, BroughtUpStack
from skill_stack.benchmarks.campaign.judge import OLDEST


@pytest.fixture
def walking(request):
    """A stack whose robot walks in a circle."""
    with BroughtUpStack(request.node.name) as made:
        made.wait_active()
        made.play_until(lambda: made.truth.driven, 30, "a driven device")  # a late command damps it for a moment
        yield made


def test_both_killed_at_once(walking, until) -> None:
    stack, killed = walking, {name: walking.identity(name) for name in ("control", "supervisor")}
    stack.skill = ""
    for name in killed:
        stack.send(name, signal.SIGKILL)
    until(lambda: not stack.truth.driven, 10, "a damped device", lambda: stack.truth)
    assert stack.truth.oldest <= OLDEST
    until(lambda: all(stack.identity(name) not in (one, None) for name, one in killed.items()), 60, "new processes")
    until(lambda: stack.truth.position[2] < 0.2 and abs(stack.truth.linear).max() < 0.1, 30, "a robot that lies")
    truth = stack.truth
    assert not truth.fallen and not truth.driven and truth.oldest <= OLDEST


def test_frozen_and_then_ctrl_c(walking, until) -> None:
    stack, began = walking, time.monotonic()
    stack.send("control", signal.SIGSTOP)
    stack.send(BRING_UP, signal.SIGINT)
    until(lambda: not stack.truth.driven, 10, "a damped device", lambda: stack.truth)
    until(lambda: stack.has_ended, END_WITHIN, "the end of everything")
    truth = stack.truth
    assert not truth.driven and truth.oldest <= OLDEST
    assert time.monotonic() - began < END_WITHIN
