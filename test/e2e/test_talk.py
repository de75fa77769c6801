"""Words while a real stack works: a correction, something else first, a fact that is told, a model that proposes."""

import importlib.util
import json
import math
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import yaml

from skill_stack.core.resources import Resources

COMMAND = [sys.executable, "-m", "skill_stack.cli"]
BLUE, WHITE = (1.4, -2.0), (2.8, -2.8)


def mock_models():
    """The server that the model's own tests use."""
    file = Path(__file__).parents[1] / "planner" / "model" / "conftest.py"
    spec = importlib.util.spec_from_file_location("mock_models", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MOCK = mock_models()


@pytest.fixture(scope="module")
def model_server():
    made = MOCK.ModelServer()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture(scope="module")
def stack(start, model_server, tmp_path_factory):
    file = Resources.from_environment(os.environ).deployment("go2_sim")
    deployment = yaml.safe_load(file.read_text())
    endpoint = {"name": "mock", "url": model_server.url, "model": "small-model"}
    deployment["planner"] = {"models": [endpoint], "settings": {"seconds": 10.0}}
    changed = tmp_path_factory.mktemp("deployment") / "go2_talk.yaml"
    changed.write_text(yaml.safe_dump(deployment))
    made = start(namespace="talk", deployment=str(changed))  # in real time: words must come while the robot walks
    made.wait_up()
    return made


def saying(stack, words):
    """Says words in a thread of their own; gives the thread and where the result will be."""
    heard = {}
    thread = threading.Thread(target=lambda: heard.update(result=stack.say(words)), daemon=True)
    thread.start()
    return thread, heard


def moved(stack, start):
    return math.dist(start[:2], stack.truth.position[:2])


def test_a_correction_goes_to_another_thing_in_the_same_step(stack, until) -> None:
    start = stack.truth.position.copy()
    thread, heard = saying(stack, "walk to the red ball")
    until(lambda: moved(stack, start) > 0.4 or heard, 60, "the robot under way", lambda: stack.status)
    assert not heard, heard
    request = stack.status.request_id
    answer = stack.say("no, the blue one")
    assert answer.outcome == "succeeded", answer
    assert stack.status.request_id == request  # the same request goes on
    thread.join(90)
    assert heard["result"].outcome == "succeeded"
    assert [step.skill for step in heard["result"].steps][-1] == "go_to"
    assert math.dist(stack.truth.position[:2], BLUE) < 0.8
    done = subprocess.run([*COMMAND, "corrections", "list", "--json"], capture_output=True, text=True, timeout=60)
    (record,) = json.loads(done.stdout)["corrections"]
    assert record["effect"] == {"target": ["red_ball", "blue_ball"]} and record["taken"]


def test_something_else_first_then_the_rest(stack, until) -> None:
    start = stack.truth.position.copy()
    thread, heard = saying(stack, "walk to the white cylinder, then sit down")
    until(lambda: moved(stack, start) > 0.4 or heard, 60, "the robot under way", lambda: stack.status)
    assert not heard, heard
    answer = stack.say("quickly turn left, then go on")
    assert answer.outcome == "succeeded" and [step.skill for step in answer.steps] == ["turn"]
    thread.join(90)
    assert heard["result"].outcome == "succeeded"
    assert math.dist(stack.truth.position[:2], WHITE) < 0.8 and abs(stack.status.tilt) > 0.2


def test_what_is_told_is_known_to_every_node_until_it_is_forgotten(stack, until) -> None:
    from skill_stack.nodes.client import TaskClient
    from skill_stack.nodes.ros_compat import LATCHED
    from skill_stack_interfaces.msg import SceneGraph

    names: list[str] = []
    with TaskClient(stack.namespace) as client:
        def take(message: SceneGraph) -> None:
            names[:] = [name for thing in message.objects for name in thing.names]

        client.node.create_subscription(SceneGraph, "scene", take, LATCHED)
        assert stack.say("the red ball is called Bob").outcome == "statement"
        assert client.spin(lambda: "bob" in names, 10)
        assert client.plan("go to Bob")["steps"][-1]["arguments"]["target"] == "red_ball"
        stack.say("forget that the red ball is called Bob")
        assert client.spin(lambda: "bob" not in names, 10)


def test_a_model_proposes_off_the_nodes_thread_and_a_stop_does_not_wait_for_it(stack, model_server, until) -> None:
    gate = threading.Event()
    (proposal,) = model_server.script
    model_server.script = [lambda handler, body: (gate.wait(8.0), handler.say(proposal, body))]
    try:
        thread, heard = saying(stack, MOCK.UNKNOWN)
        until(lambda: model_server.requests, 20, "a question to the model")
        assert stack.say("hello").outcome == "statement"  # meanwhile the node answers others
        assert stack.say("stop").outcome == "succeeded"
        thread.join(10)
        assert heard["result"].outcome == "interrupted" and heard["result"].reason == "stopped"
    finally:
        gate.set()
        model_server.script = [proposal]
    plan = stack.say(MOCK.UNKNOWN)
    assert plan.outcome == "succeeded" and plan.plan["steps"][-1]["arguments"]["target"] == "red_ball"
