"""Words of stop at the planner node: they wait for nothing, and what waited before them does not begin."""

from __future__ import annotations

import time

import pytest

rclpy = pytest.importorskip("rclpy")

from skill_stack.core.instruction import Instruction  # noqa: E402
from skill_stack.core.shared_memory.shared_block import BlockLayout, RecordFormat, SharedBlock  # noqa: E402
from skill_stack.nodes import planner_node  # noqa: E402
from skill_stack.nodes.dialogue_task import DialogueTask  # noqa: E402


@pytest.fixture
def node(tmp_path, monkeypatch):
    """A planner that has heard of neither scene nor robot."""
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path))
    rclpy.init(args=["--ros-args", "-r", "__ns:=/words_of_stop", "-p", "robot:=go2"])
    made = planner_node.PlannerNode()
    made.trigger_configure()
    made.trigger_activate()
    yield made
    made.close()
    made.destroy_node()
    rclpy.shutdown()


def test_a_stop_waits_for_no_scene_and_ends_what_does(node, monkeypatch):
    asked = []
    monkeypatch.setattr(node._port._stops, "ask", asked.append)
    tasks = [DialogueTask(Instruction(words)) for words in ("sit down", "stopp, bitte", "Not-Aus!", "stand up")]
    for task in tasks:
        task.arrived = time.monotonic()
        node._arrive(task)
    assert asked == ["stop", "estop"]
    assert [task.future.done() for task in tasks] == [True, True, True, False]
    assert [task.future.result().outcome for task in tasks[:3]] == ["interrupted", "succeeded", "succeeded"]


def test_a_stop_that_reaches_nobody_says_so(node):
    task = DialogueTask(Instruction("halt"))
    node._arrive(task)
    assert task.future.result().outcome == "failed" and "reached nobody" in task.future.result().reason


def test_stops_of_this_machine_are_counted_without_the_delay_of_a_status(node):
    assert node._port.stop_count == 0, "nothing counts them"
    block = SharedBlock.create(node.block, BlockLayout("test", (RecordFormat("r", "q", 0),)))
    try:
        block.words.request_stop("local")
        assert node._port.stop_count == 0, "nobody alive heeds that memory"
        block.words.beat("control", time.monotonic())
        assert node._port.stop_count == 1
        block.words.request_estop("local")
        assert node._port.stop_count == 2
    finally:
        block.close()
        node.block.unlink()
