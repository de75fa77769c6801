"""Words of a console through ROS: signed by whoever may confirm, and by nobody else."""

import time

import pytest

rclpy = pytest.importorskip("rclpy")

from rclpy.action import ActionServer  # noqa: E402
from rclpy.context import Context  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402

from skill_stack.core.resources import Resources  # noqa: E402
from skill_stack.nodes.clients.console_key import console_of  # noqa: E402
from skill_stack.nodes.clients.task_sender import TaskSender  # noqa: E402
from skill_stack.planner.dialogue.records.places import CONSOLE_KEY, FOLDER  # noqa: E402
from skill_stack_interfaces.action import DoTask  # noqa: E402


@pytest.fixture
def node():
    context = Context()
    rclpy.init(context=context)
    made = Node("console_test", namespace="console_test", context=context)
    yield made
    made.destroy_node()
    context.try_shutdown()


def sources_of(node, *consoles):
    """What arrives as source when each sends a 'yes'."""
    heard = []

    def execute(goal):
        heard.append(goal.request.source)
        goal.succeed()
        return DoTask.Result(outcome="succeeded")

    server = ActionServer(node, DoTask, "do_task", execute)
    senders = [TaskSender(node, "prompt", lambda event: None, console=console) for console in consoles]
    executor = SingleThreadedExecutor(context=node.context)
    executor.add_node(node)
    for sender in senders:
        sender.send("yes")
        end = time.monotonic() + 20
        while sender.busy and time.monotonic() < end:
            executor.spin_once(timeout_sec=0.05)
    executor.shutdown()
    server.destroy()
    return heard


def test_a_console_signs_and_the_planner_knows_its_words_once(node, tmp_path) -> None:
    resources = Resources((tmp_path,), tmp_path)
    signed, plain = sources_of(node, console_of(resources), None)
    planner = console_of(resources)
    assert planner is not None
    assert planner.check(plain, "yes", time.time()) == ("prompt", False)
    assert planner.check(signed, "yes", time.time()) == ("prompt", True)
    assert planner.check(signed, "yes", time.time()) == ("prompt", False)


def test_a_key_that_others_may_read_confirms_nothing(tmp_path) -> None:
    resources = Resources((tmp_path,), tmp_path)
    assert console_of(resources) is not None
    (tmp_path / FOLDER / CONSOLE_KEY).chmod(0o644)
    said: list[str] = []
    assert console_of(resources, said.append) is None
    assert "chmod 600" in said[0]
