"""The full-screen view of a terminal, driven as a person drives it."""

import asyncio
import itertools

import numpy as np
import pytest

from skill_stack.core.processes.operator_callbacks import OperatorCallbacks
from skill_stack.core.setpoint import ControlMode
from skill_stack.monitor.plan_view import PlanView, StepView
from skill_stack.monitor.status_board import PageEvent, StatusSnapshot
from test.monitor.conftest import status as walking_status

textual = pytest.importorskip("textual", reason="textual is not installed (extra watch)")

from skill_stack.monitor.watch_app import DOUBLE, WatchApp, banner_of  # noqa: E402


def snapshot(mode=ControlMode.ACTIVE, age=0.1):
    status = walking_status(0.0, mode, base_velocity=np.array([0.3, 0.4, 0.0]))
    steps = StepView("rise", status="succeeded"), StepView("go_to", {"target": "red_ball"}, "running")
    plan = PlanView("p1", "walk to the [red] ball", "plan", "I will stand up, then go.", steps)
    return StatusSnapshot(status, age, plan=plan, events=(PageEvent("rise succeeded after 2.1 s", "good"),))


class Hands:
    """A terminal of 100 columns, what its keys requested, and the time between two of them, s."""

    def __init__(self, answers=True, between=0.1):
        self.asked, self.shown = [], snapshot()
        note = lambda name: lambda: self.asked.append(name) or answers  # noqa: E731
        callbacks = OperatorCallbacks(self.asked.append, note("<stop>"), note("<estop>"), note("<reset>"))
        self.app = WatchApp(lambda: self.shown, callbacks, "go2", itertools.count(0.0, between).__next__)

    def press(self, *keys):
        """The screen after keys."""

        async def run():
            async with self.app.run_test(size=(100, 30)) as pilot:
                await pilot.press(*keys)
                self.app.refresh_now()
                await pilot.pause()
                return "\n".join("".join(s.text for s in line) for line in self.app.screen._compositor.render_strips())

        return asyncio.run(run())


@pytest.fixture
def hands():
    return Hands()


def test_state_plan_and_events_are_seen(hands):
    screen = hands.press()
    for text in ("go2  ACTIVE  walk", "speed 0.50 m/s", "“walk to the [red] ball”", "✔ rise", "▶ go to red ball",
                 "rise succeeded after 2.1 s", "Stop", "emergency stop"):  # fmt: skip
        assert text in screen, screen


def test_space_stops_and_two_escapes_damp(hands):
    assert "stop asked for" in hands.press("space")
    assert hands.asked == ["<stop>"]
    assert Hands().press("escape") and Hands().asked == []
    hands = Hands()
    assert "EMERGENCY STOP asked for" in hands.press("escape", "escape")
    assert hands.asked == ["<estop>"]
    late = Hands(between=DOUBLE + 0.1)
    assert late.press("escape", "escape") and late.asked == []


def test_a_stop_that_reached_nobody_is_said():
    assert "stop REACHED NOBODY" in Hands(answers=False).press("space")


def test_words_are_typed_with_spaces_and_sent_once(hands):
    hands.press("slash", *"go 1/2 m", "enter", "space")
    assert hands.asked == ["go 1/2 m", "<stop>"]


def test_words_of_stop_stop_before_the_planner_hears_them(hands):
    hands.press("slash", *"stop", "enter")
    assert hands.asked == ["<stop>", "stop"]


def test_escape_leaves_the_words_unsent(hands):
    hands.press("slash", *"walk", "escape", "r")
    assert hands.asked == ["<reset>"]


def test_a_tick_after_the_screen_was_taken_down_harms_nothing(hands):
    async def run():
        async with hands.app.run_test(size=(100, 30)):
            await hands.app.screen.remove_children()
            hands.app.refresh_now()

    asyncio.run(run())


def test_a_lost_connection_is_said():
    assert "CONNECTION LOST  last report 3 s ago" in banner_of(snapshot(age=3.2), "go2")[0]
    assert "no robot has reported yet" in banner_of(StatusSnapshot(), "go2")[0]
