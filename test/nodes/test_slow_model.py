"""A planner node while a model takes its time: what needs no model is answered at once, and nothing of it blocks."""

from __future__ import annotations

import importlib.util
import json
import threading
import time
from pathlib import Path

import pytest

rclpy = pytest.importorskip("rclpy")

from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402

from skill_stack.core.instruction import Instruction  # noqa: E402
from skill_stack.core.resources import Resources  # noqa: E402
from skill_stack.core.world.scene_file import load_scene, set_up  # noqa: E402
from skill_stack.nodes import planner_node  # noqa: E402
from skill_stack.nodes.dialogue_task import DialogueTask  # noqa: E402
from skill_stack_interfaces.srv import PlanText  # noqa: E402
from test.eventually import eventually  # noqa: E402

PATIENCE = 60.0
"""Longest wait for what must come, s."""


def _mock():
    """The server that the model's own tests use."""
    file = Path(__file__).parents[1] / "planner" / "model" / "conftest.py"
    spec = importlib.util.spec_from_file_location("mock_models", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MOCK = _mock()


class Slow:
    """A planner node that knows its scene, and a model that answers no sooner than a test lets it."""

    def __init__(self, server) -> None:
        self.server, self.asked, self.gate = server, threading.Semaphore(0), threading.Event()
        server.script = [self._answer]
        self.executor = SingleThreadedExecutor()
        self.node, self.asking = planner_node.PlannerNode(), Node("asking")
        self.executor.add_node(self.node)
        self.executor.add_node(self.asking)
        self.node.trigger_configure()
        self.node.trigger_activate()
        scene = set_up(load_scene(Resources.from_environment({}).scene("playground")), 0).graph()
        self.node._world._take_scene(scene)
        self.client = self.asking.create_client(PlanText, "plan_text")

    def _answer(self, handler, body) -> None:
        self.asked.release()
        self.gate.wait(PATIENCE)
        handler.say(MOCK.GO, body)

    def until(self, done) -> None:
        """Lets the nodes work until something is so."""
        eventually(done, PATIENCE, between=lambda: self.executor.spin_once(timeout_sec=0.05))

    def plan(self, words: str):
        """The answer of the service that is to come."""
        self.until(self.client.service_is_ready)
        return self.client.call_async(PlanText.Request(text=words))

    def told(self, words: str) -> DialogueTask:
        """What becomes of words, without the executor's turn."""
        task = DialogueTask(Instruction(words, "test"), arrived=time.monotonic())
        self.node._dialogue.arrive(task)
        return task

    def close(self) -> None:
        self.gate.set()
        self.node.close()
        self.executor.shutdown()
        self.node.destroy_node()
        self.asking.destroy_node()


@pytest.fixture
def server():
    made = MOCK.ModelServer()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def slow(server, tmp_path, monkeypatch):
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path))
    endpoint = {"name": "mock", "url": server.url, "model": "small-model", "timeout": 2 * PATIENCE}
    models = json.dumps({"models": [endpoint], "settings": {"seconds": 2 * PATIENCE}})
    rclpy.init(args=["--ros-args", "-r", "__ns:=/slow_model", "-p", "robot:=go2", "-p", f"models:={models!r}"])
    made = Slow(server)
    yield made
    made.close()
    rclpy.shutdown()


class Noted:
    """What the simulator is told to wait for."""

    def __init__(self):
        self.words = []

    def note(self, word, value):
        self.words.append((word, value))


def test_in_lock_step_simulated_time_waits_for_a_model(slow):
    slow.node._port._notes = noted = Noted()
    heard = []
    slow.node._port.plan(Instruction(MOCK.UNKNOWN, "test"), heard.append)
    slow.until(lambda: slow.asked.acquire(blocking=False))
    slow.node._port.plan(Instruction("hello", "test"), heard.append)
    assert noted.words == [("planner.answers", number) for number in (1, 2, 1)] and len(heard) == 1
    slow.gate.set()
    slow.until(lambda: len(heard) == 2)
    assert noted.words[-1] == ("planner.answers", 0)


def test_no_callback_waits_for_a_model(slow):
    heard = []
    slow.node._port.plan(Instruction(MOCK.UNKNOWN, "test"), heard.append)  # comes back while the model is silent
    assert slow.asked.acquire(timeout=PATIENCE) and heard == []
    slow.gate.set()
    slow.until(lambda: heard)
    assert [step.skill for step in heard[0].steps][-1] == "go_to", "the answer came in the executor's turn"


def test_plans_of_words_that_are_read_as_said_do_not_wait_for_those_of_others(slow):
    others = [slow.plan(f"{MOCK.UNKNOWN} number {number}") for number in range(5)]  # more than there are threads
    slow.until(lambda: slow.asked.acquire(blocking=False))
    answer = slow.plan("turn left")
    slow.until(answer.done)
    assert [step["skill"] for step in json.loads(answer.result().json)["steps"]][-1:] == ["turn"]
    assert not any(other.done() for other in others)
    slow.gate.set()
    slow.until(lambda: all(other.done() for other in others))


@pytest.mark.parametrize("words", ["hello", "what can you do?", "thanks", "where is the red ball?", "yes", "no"])
def test_what_is_answered_without_a_model_is_answered_meanwhile(slow, words):
    waiting = slow.told(MOCK.UNKNOWN)
    assert slow.asked.acquire(timeout=PATIENCE)
    answered = slow.told(words)
    assert answered.future.done() and answered.future.result().outcome == "statement"
    assert not waiting.future.done() and len(slow.server.requests) == 1


def test_a_stop_on_the_page_voids_the_plan_that_is_being_made(slow, monkeypatch):
    count = [3]
    monkeypatch.setattr(slow.node._port._stops, "count", lambda: count[0])
    waiting = slow.told(MOCK.UNKNOWN)
    assert slow.asked.acquire(timeout=PATIENCE)
    slow.node._dialogue.look(time.monotonic())
    assert not waiting.future.done()
    count[0] += 1
    slow.node._dialogue.look(time.monotonic())
    assert waiting.future.done()
    result = waiting.future.result()
    assert (result.outcome, result.reason) == ("interrupted", "stopped")
