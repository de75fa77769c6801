"""A goal that is followed: new values are passed on soon, and no oftener than the connector takes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

pytest.importorskip("rclpy", reason="needs ROS")

from skill_stack.nodes.clients import goal_follower
from skill_stack.nodes.clients.goal_follower import LOOK, GoalFollower
from skill_stack.teleop.goal_lead import RATE, FollowedGoal


@pytest.fixture
def told(monkeypatch):
    """When values were passed on, s, of one that changes all the time from a moment on, s."""
    now, sent, timers = [0.0], [], []
    caller = SimpleNamespace(start=lambda one: sent.append(now[0]), change=lambda one, refused: sent.append(now[0]),
                             look=lambda: None)  # fmt: skip
    monkeypatch.setattr(goal_follower, "SkillCaller", lambda node, ended: caller)
    monkeypatch.setattr(goal_follower.time, "monotonic", lambda: now[0])
    follower = GoalFollower(SimpleNamespace(create_timer=lambda period, look: timers.append((period, look))), "test")

    def run(begins: float, seconds: float) -> list[float]:
        (period, look), value = timers[0], 0.0
        while now[0] < seconds:
            now[0] += period
            if now[0] >= begins:
                value += 1.0
                follower.wanted = FollowedGoal("reach", {"x": value}, {"x": 0.1})
            look()
        return sent

    return run


def test_the_first_value_is_passed_on_at_the_next_look(told):
    assert told(0.33, 0.4)[0] <= 0.33 + LOOK + 1e-6


def test_values_that_change_all_the_time_keep_to_the_rate(told):
    sent = told(0.0, 5.0)
    assert 0.9 * 5.0 * RATE <= len(sent) <= 5.0 * RATE + 1
