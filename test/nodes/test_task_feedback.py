"""Feedback of ``do_task``: what happens, how far the task is, and what runs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

rclpy = pytest.importorskip("rclpy")

from skill_stack.core.plan import Plan, PlanNode  # noqa: E402
from skill_stack.core.setpoint import SkillRequest  # noqa: E402
from skill_stack.nodes import planner_node  # noqa: E402
from skill_stack.planner.dialogue.job import LeafRun  # noqa: E402
from skill_stack_interfaces.action import DoTask  # noqa: E402


class Goal:
    """A client's goal, which keeps its feedback."""

    def __init__(self, text):
        self.request, self.is_active, self.is_cancel_requested = DoTask.Goal(text=text), True, False
        self.heard = []

    def publish_feedback(self, feedback):
        self.heard.append(feedback)


@pytest.fixture
def node(tmp_path, monkeypatch):
    """A planner that has heard of neither scene nor robot, so that tasks wait."""
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path))
    rclpy.init(args=["--ros-args", "-r", "__ns:=/task_feedback", "-p", "robot:=go2"])
    made = planner_node.PlannerNode()
    made.trigger_configure()
    made.trigger_activate()
    yield made
    made.close()
    made.destroy_node()
    rclpy.shutdown()


def test_signs_of_life_say_how_far_the_task_is_and_what_runs(node):
    goal = Goal("sit down and go to the red ball")
    work = node._execute(goal)
    try:
        work.send(None)
        node._sign_of_life()
        assert (goal.heard[-1].event, goal.heard[-1].progress, goal.heard[-1].step) == ("alive", 0.0, "")
        (task,) = node._waiting
        steps = tuple(PlanNode("skill", skill=name) for name in ("sit", "stand", "go_to", "wave"))
        task.plan = Plan("p", "", "plan", PlanNode("sequence", steps))
        task.executor, task.done.times[0,] = SimpleNamespace(library={}), 1
        task.runs["p/2"] = LeafRun("p/2", (1,), steps[1], SkillRequest("p/2", "stand", {"height": 0.3}))
        node._world.statuses["body"] = SimpleNamespace(request_id="p/2", progress=0.5, task_time=1.0)
        node._sign_of_life()
        assert goal.heard[-1].progress == pytest.approx(0.375) and goal.heard[-1].step == "stand height 0.3"
        goal.is_active, count = False, len(goal.heard)
        node._sign_of_life()
        assert len(goal.heard) == count
        task.executor = None
        task.runs.clear()
    finally:
        work.close()
