"""Two robots beside each other in one network: every name is their own."""

import re
import threading

import numpy as np
import pytest

from skill_stack.core.shared_memory.block_name import page_path
from test.monitor.page.page_client import PageClient

SHARED = {"/team", "/tf", "/tf_static", "/diagnostics", "/rosout", "/parameter_events"}


pytestmark = pytest.mark.slow  # two stacks at once


@pytest.fixture(scope="module")
def pair(start):
    stacks = [start("--speed", "max", namespace=name) for name in ("left", "zoo/right")]
    for stack in stacks:
        stack.wait_up()
    return stacks


def test_both_do_their_own_task_at_the_same_time(pair) -> None:
    words = ["walk to the red ball", "walk to the blue ball"]
    results = {}

    def work(index: int) -> None:
        results[index] = pair[index].say(words[index])

    threads = [threading.Thread(target=work, args=(index,)) for index in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(150)
    assert [results[index].outcome for index in (0, 1)] == ["succeeded", "succeeded"], results
    for stack, ball in zip(pair, [(2.2, 0.8), (1.4, -2.0)]):
        assert np.linalg.norm(stack.truth.position[:2] - ball) < 1.0


def test_only_the_agreed_topics_are_shared_and_frames_carry_the_namespace(pair) -> None:
    from tf2_msgs.msg import TFMessage

    from skill_stack.nodes.clients.client import TaskClient
    from skill_stack.nodes.views.fixed_frames import STATIC

    frames: dict[str, str] = {}

    def take(message: TFMessage) -> None:
        frames.update({t.child_frame_id: t.header.frame_id for t in message.transforms})

    with TaskClient("left") as client:
        client.node.create_subscription(TFMessage, "/tf", take, 10)
        client.node.create_subscription(TFMessage, "/tf_static", take, STATIC)
        wanted = {"left/base", "zoo/right/base", "left/odom", "zoo/right/odom"}
        assert client.spin(lambda: wanted <= set(frames), 60), frames
        topics = {name for name, _ in client.node.get_topic_names_and_types()}
    assert frames["left/base"] == "left/odom"
    assert frames["zoo/right/odom"] == "zoo/right/map"
    for child, parent in frames.items():
        prefix = "left/" if child.startswith("left/") else "zoo/right/"
        assert child.startswith(prefix) and parent.startswith(prefix)
    foreign = {name for name in topics if not name.startswith(("/left/", "/zoo/right/"))}
    assert foreign <= SHARED, foreign - SHARED


def test_a_stop_of_one_leaves_the_other_alone(pair) -> None:
    before = pair[1].status.stop_count
    assert pair[0].command("stop").returncode == 0
    assert pair[0].status.stop_count > 0
    assert pair[1].status.stop_count == before


def test_one_page_shows_both_and_its_stop_and_emergency_stop_are_for_all(pair, until) -> None:
    *_, (port, key) = re.findall(r":(\d+)/(\w+)/", page_path(pair[0].block).read_text())  # the administrator's
    with PageClient(int(port), key) as page:
        page.until(lambda: [one["name"] for one in page.state.get("robots", ())] == ["zoo/right"], "the other robot")
        before = [stack.status.stop_count for stack in pair]
        assert page.order("stop") == ""
        until(lambda: all(one.status.stop_count > count for one, count in zip(pair, before)), 30, "a stop of both")
        assert page.order("estop") == ""
        until(lambda: all(stack.status.mode.value == "estop" for stack in pair), 30, "both damped")
        page.until(lambda: page.state["robots"][0]["mode"] == "estop", "the other's state")
        assert page.order("reset") == ""
        until(lambda: all(stack.status.mode.value != "estop" for stack in pair), 30, "a reset of both")
