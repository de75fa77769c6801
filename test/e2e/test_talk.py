"""Words while a real stack works: a correction, something else first, a fact that is told, a model that proposes."""

import base64
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

pytestmark = pytest.mark.slow

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
    made.formats |= {"image"}
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture(scope="module")
def stack(start, model_server, tmp_path_factory):
    file = Resources.from_environment(os.environ).deployment("go2_sim")
    deployment = yaml.safe_load(file.read_text())
    endpoint = {"name": "mock", "url": model_server.url, "model": "small-model", "abilities": ["plan", "image"]}
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
    *_, record = json.loads(done.stdout)["corrections"]
    assert record["effect"] == {"target": ["red_ball", "blue_ball"]} and record["taken"]


def test_something_else_first_then_the_rest(stack, until) -> None:
    stack.say("go home")  # a long way off, so that it is still on it when the words arrive
    start = stack.truth.position.copy()
    thread, heard = saying(stack, "walk to the white cylinder, then sit down")
    until(lambda: moved(stack, start) > 0.4 or heard, 60, "the robot under way", lambda: stack.status)
    assert not heard, heard
    answer = stack.say("quickly turn left, then go on")
    assert answer.outcome == "succeeded" and [step.skill for step in answer.steps] == ["turn"]
    thread.join(90)
    assert heard["result"].outcome == "succeeded"
    assert math.dist(stack.truth.position[:2], WHITE) < 0.8 and abs(stack.status.tilt) > 0.2


def correct_a_walk(stack, until, words):
    """Corrects the robot on its way, and stops it."""
    stack.say("go home")
    start = stack.truth.position.copy()
    thread, heard = saying(stack, "walk to the red ball")
    until(lambda: moved(stack, start) > 0.15 or heard, 60, "the robot under way", lambda: stack.status)
    assert not heard, heard
    assert stack.say(words).outcome == "succeeded"
    stack.say("stop")
    thread.join(10)
    until(stack.standing, 30, "a standing robot")


def test_what_is_told_is_known_to_every_node_until_it_is_forgotten(stack, until) -> None:
    from skill_stack.nodes.clients.client import TaskClient
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


def test_what_perception_says_while_the_robot_works_counts(stack, until) -> None:
    """Whoever sees publishes the scene: a target that moved is followed, one that has gone ends what needs it."""
    from dataclasses import replace

    from skill_stack.core.world.scene_file import load_scene, set_up
    from skill_stack.nodes.clients.client import TaskClient
    from skill_stack.nodes.ros_compat import LATCHED
    from skill_stack.nodes.wire.wire_scene import scene_message
    from skill_stack_interfaces.msg import SceneGraph

    stated = set_up(load_scene(Resources.from_environment(os.environ).scene("playground")), 0).graph()
    stack.say("go home")
    with TaskClient(stack.namespace) as client:
        publisher = client.node.create_publisher(SceneGraph, "scene", LATCHED)

        def see(objects: dict) -> None:
            graph = replace(stated, objects=objects)
            publisher.publish(scene_message(graph, client.node.get_clock().now().to_msg(), f"{stack.namespace}/map"))
            client.spin(lambda: False, 0.2)

        assert client.spin(lambda: publisher.get_subscription_count() >= 2, 10)
        try:
            start = stack.truth.position.copy()
            thread, heard = saying(stack, "walk to the red ball, then to the blue ball")
            until(lambda: moved(stack, start) > 0.3 or heard, 60, "the robot under way", lambda: stack.status)
            see({name: one for name, one in stated.objects.items() if name != "blue_ball"})
            thread.join(60)
            assert heard["result"].outcome == "failed", heard
            assert "blue ball is no longer there" in heard["result"].reason
            assert [step.skill for step in heard["result"].steps if step.outcome == "succeeded"][-1] == "go_to"
            start = stack.truth.position.copy()
            thread, heard = saying(stack, "walk to the white cylinder")
            until(lambda: moved(stack, start) > 0.3 or heard, 60, "the robot under way", lambda: stack.status)
            new = (1.0, 1.5, stated["white_cylinder"].position[2])
            see({**stated.objects, "white_cylinder": replace(stated["white_cylinder"], position=new)})
            thread.join(60)
            assert heard["result"].outcome == "succeeded", heard
            assert math.dist(stack.truth.position[:2], new[:2]) < 0.9
        finally:
            see(dict(stated.objects))


def test_the_cause_of_a_failure_is_told_and_remembered(stack, until) -> None:
    """What closes the way to the nearer ball is seen while it walks; the next time it goes to another ball."""
    from dataclasses import replace

    from skill_stack.core.world.scene import SceneObject
    from skill_stack.core.world.scene_file import load_scene, set_up
    from skill_stack.nodes.clients.client import TaskClient
    from skill_stack.nodes.ros_compat import LATCHED
    from skill_stack.nodes.wire.wire_scene import scene_message
    from skill_stack_interfaces.msg import SceneGraph

    stated = set_up(load_scene(Resources.from_environment(os.environ).scene("playground")), 0).graph()
    stack.say("go home")
    with TaskClient(stack.namespace) as client:
        publisher = client.node.create_publisher(SceneGraph, "scene", LATCHED)

        def see(objects: dict) -> None:
            graph = replace(stated, objects=objects)
            publisher.publish(scene_message(graph, client.node.get_clock().now().to_msg(), f"{stack.namespace}/map"))
            client.spin(lambda: False, 0.2)

        def fence(x: float, y: float) -> dict:
            sides = ((0.7, 0.0, 0.2, 1.6), (-0.7, 0.0, 0.2, 1.6), (0.0, 0.7, 1.6, 0.2), (0.0, -0.7, 1.6, 0.2))
            made = [SceneObject(f"crate_{n}", "crate", (x + dx, y + dy, 0.25), size=(sx, sy, 0.5))
                    for n, (dx, dy, sx, sy) in enumerate(sides)]  # fmt: skip
            return {one.id: one for one in made}

        assert client.spin(lambda: publisher.get_subscription_count() >= 2, 10)
        first = client.plan("go to a ball")["steps"][-1]["arguments"]["target"]
        try:
            start = stack.truth.position.copy()
            thread, heard = saying(stack, "go to a ball")
            until(lambda: moved(stack, start) > 0.3 or heard, 60, "the robot under way", lambda: stack.status)
            see({**stated.objects, **fence(*stated[first].position[:2])})
            thread.join(120)
            assert heard["result"].outcome in ("failed", "question"), heard
            assert "the way is blocked" in heard["result"].reason, heard
            until(lambda: client.plan("go to a ball")["steps"][-1]["arguments"]["target"] != first, 30, "another ball")
            assert "the way is blocked" in client.plan("go to a ball")["reason"]
        finally:
            see(dict(stated.objects))


def planned(stack, words: str) -> list[str]:
    """Skills of the plan for words that are read as said, which no model is asked about."""
    from skill_stack.nodes.clients.client import TaskClient

    with TaskClient(stack.namespace) as client:
        return [step["skill"] for step in client.plan(words)["steps"]]


def agreed(stack, words: str, until):
    """How words end of which a person says that they are meant as a model reads them."""
    from skill_stack.nodes.clients.client import TaskClient

    asked, heard = threading.Event(), {}

    def do() -> None:
        with TaskClient(stack.namespace) as client:
            heard["result"] = client.do(words, lambda kind, text: asked.set() if kind == "question" else None)

    thread = threading.Thread(target=do, daemon=True)
    thread.start()
    until(lambda: asked.is_set() or heard, 20, "the question whether that is meant")
    assert stack.say("yes").outcome == "succeeded", heard
    thread.join(90)
    return heard["result"]


def test_a_model_proposes_off_the_nodes_thread_and_a_stop_does_not_wait_for_it(stack, model_server, until) -> None:
    gate = threading.Event()
    (proposal,) = model_server.script
    model_server.script = [lambda handler, body: (gate.wait(8.0), handler.say(proposal, body))]
    try:
        thread, heard = saying(stack, MOCK.UNKNOWN)
        until(lambda: model_server.requests, 20, "a question to the model")
        assert stack.say("hello").outcome == "statement"  # meanwhile the node answers others
        assert planned(stack, "sit down")[-1] == "sit" and not heard
        assert stack.say("stop").outcome == "succeeded"
        thread.join(10)
        assert heard["result"].outcome == "interrupted" and heard["result"].reason == "stopped"
    finally:
        gate.set()
        model_server.script = [proposal]
    plan = agreed(stack, "gehe zum roten Ball", until)  # which is learnt by that: other tests use other words
    assert plan.outcome == "succeeded" and plan.plan["steps"][-1]["arguments"]["target"] == "red_ball"


def test_a_stop_by_another_way_voids_what_a_model_is_asked_about(stack, model_server, until) -> None:
    gate, asked = threading.Event(), len(model_server.requests)
    (proposal,) = model_server.script
    model_server.script = [lambda handler, body: (gate.wait(8.0), handler.say(proposal, body))]
    try:
        thread, heard = saying(stack, MOCK.UNKNOWN)
        until(lambda: len(model_server.requests) > asked, 20, "a question to the model")
        subprocess.run([*COMMAND, "stop", "--namespace", stack.namespace], check=True, timeout=60)
        thread.join(10)
        assert heard["result"].outcome == "interrupted" and heard["result"].reason == "stopped"
    finally:
        gate.set()
        model_server.script = [proposal]


def test_a_question_for_a_plan_waits_for_a_model_and_nobody_else_does(stack, model_server, until) -> None:
    from skill_stack.nodes.clients.client import TaskClient

    gate, asked = threading.Event(), len(model_server.requests)
    (proposal,) = model_server.script
    model_server.script = [lambda handler, body: (gate.wait(8.0), handler.say(proposal, body))]
    found: list[dict] = []

    def ask() -> None:
        with TaskClient(stack.namespace) as client:
            found.append(client.plan(MOCK.UNKNOWN))

    try:
        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        until(lambda: len(model_server.requests) > asked, 20, "a question to the model")
        assert stack.say("what can you do?").outcome == "statement"
        assert planned(stack, "sit down")[-1] == "sit" and not found
        gate.set()
        thread.join(15)
    finally:
        gate.set()
        model_server.script = [proposal]
    assert found and found[0]["steps"][-1]["arguments"]["target"] == "red_ball"
    assert len(model_server.requests) == asked + 1  # asked again by the client, but not of the model


def test_a_model_that_sees_is_shown_what_the_camera_sees_now(stack, model_server) -> None:
    from sensor_msgs.msg import CompressedImage

    from skill_stack.nodes.clients.client import TaskClient
    from skill_stack.nodes.ros_compat import ANY_SENDER

    picture = b"\xff\xd8 a jpeg"
    with TaskClient(stack.namespace) as client:
        publisher = client.node.create_publisher(CompressedImage, "camera/image_raw/compressed", ANY_SENDER)
        message = CompressedImage(format="rgb8; jpeg compressed bgr8", data=picture)
        client.node.create_timer(0.1, lambda: publisher.publish(message))
        assert client.spin(lambda: publisher.get_subscription_count() > 0, 10)
        client.spin(lambda: False, 0.5)
        client.plan(MOCK.UNKNOWN)
    _, image = model_server.requests[-1]["messages"][1]["content"]
    assert base64.b64decode(image["image_url"]["url"].removeprefix("data:image/jpeg;base64,")) == picture


def test_what_is_corrected_again_and_again_is_preferred_until_it_is_deleted(stack, until, tmp_path) -> None:
    def command(*words: str) -> str:
        done = subprocess.run([*COMMAND, "corrections", *words], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    command("delete", "all")
    for _ in range(3):
        correct_a_walk(stack, until, "slower")
    listed = json.loads(command("list", "--json"))
    assert [one["name"] for one in listed["preferences"]] == ["go_to.pace"]
    command("export", "--into", str(tmp_path / "pairs.jsonl"))
    pairs = [json.loads(line) for line in (tmp_path / "pairs.jsonl").read_text().splitlines()]
    assert len(pairs) == 3 and all(pair["output"]["pace"] == 0.7 for pair in pairs)

    def reason() -> str:
        events: list[str] = []
        from skill_stack.nodes.clients.client import TaskClient

        with TaskClient(stack.namespace) as client:

            def take(kind: str, text: str) -> None:
                events.append(text) if kind == "plan" else None
                client.cancel() if kind == "step_started" else None

            client.do("walk to the red ball", take)
        return events[0]

    stack.say("go home")
    assert "slower than usual" in reason()
    command("delete", "go_to.pace")
    assert json.loads(command("list", "--json"))["preferences"] == []
    assert "slower than usual" not in reason()
