"""A stop holds against foreign writers and hands that knew nothing of it; what is hazardous takes a person's yes."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.setpoint import SkillSetpoint, SkillWeight
from skill_stack.nodes.clients.client import TaskClient
from skill_stack.nodes.clients.console_key import console_of
from skill_stack.nodes.clients.skill_client import SkillClient

STOPPED_FOR = 2.0  # s in which the robot must not walk again
RATE = 0.02  # s between messages of the foreign writer


@pytest.fixture(scope="module")
def stack(start: Any) -> Any:
    made = start(namespace="rogue")
    made.wait_up()
    assert made.say("stand up").outcome == "succeeded"
    return made


@pytest.fixture
def foreign(stack: Any) -> Any:
    """A node that publishes where only the connector should."""
    from skill_stack.nodes.ros_compat import STREAM
    from skill_stack_interfaces.msg import SkillSetpoint as SetpointMessage

    with TaskClient(stack.namespace) as client:
        client.heard = []
        client.publisher = client.node.create_publisher(SetpointMessage, "skill_setpoint", STREAM)
        client.node.create_subscription(SetpointMessage, "skill_setpoint", client.heard.append, STREAM)
        assert client.spin(lambda: client.publisher.get_subscription_count() > 1, 30)
        yield client


def walk(stack: Any, number: int) -> SkillSetpoint:
    """What a script would send that wants the robot to walk and knows all that the topics say."""
    status = stack.status
    goals = {"vx": 0.5, "vy": 0.0, "wz": 0.0}
    until, weights = status.task_time + 0.5, (SkillWeight("walk"),)
    return SkillSetpoint(f"rogue-{number}/1", 10**9 + number, until, "body", "plan", weights, goals, status.stop_count)


def way(stack: Any, client: Any, publish: Any, seconds: float) -> float:
    """How far the robot really goes, m, while something is published again and again."""
    began, end = stack.truth.position[:2].copy(), time.monotonic() + seconds
    while time.monotonic() < end:
        publish()
        client.spin(lambda: False, RATE)
    return float(np.linalg.norm(stack.truth.position[:2] - began))


def test_a_foreign_writer_moves_nothing_and_is_named(stack: Any, foreign: Any) -> None:
    from diagnostic_msgs.msg import DiagnosticArray

    from skill_stack.nodes.wire.wire import setpoint_message

    number = iter(range(10**6))

    def publish() -> None:
        stamp = foreign.node.get_clock().now().to_msg()
        foreign.publisher.publish(setpoint_message(walk(stack, next(number)), stamp, "map"))

    told: dict[str, str] = {}

    def take(message: Any) -> None:
        told.update({one.name: one.message for one in message.status})

    foreign.node.create_subscription(DiagnosticArray, "/diagnostics", take, 10)
    assert way(stack, foreign, publish, 3.0) < 0.1
    assert stack.command("stop").returncode == 0
    assert way(stack, foreign, publish, STOPPED_FOR) < 0.1
    assert not stack.status.request_id.startswith("rogue")
    name = foreign.node.get_fully_qualified_name()
    assert foreign.spin(lambda: any(name in text for text in told.values()), 10), told
    assert stack.say("walk forward half a meter").outcome == "succeeded"


def test_setpoints_that_were_recorded_do_not_undo_a_stop(stack: Any, foreign: Any, until: Any) -> None:
    with walking_by_words(stack, foreign):
        foreign.heard.clear()
        assert foreign.spin(lambda: len(foreign.heard) > 10, 30)
        recorded = list(foreign.heard)
        assert stack.command("stop").returncode == 0
    until(stack.standing, 30, "standing")
    unchanged = iter(recorded * 1000)
    assert way(stack, foreign, lambda: foreign.publisher.publish(next(unchanged)), 1.0) < 0.1

    def publish() -> None:
        message = recorded[-1]
        message.sequence += 1
        message.valid_until = stack.status.task_time + 1.0  # what a script can change
        message.stop_count = stack.status.stop_count
        foreign.publisher.publish(message)

    assert way(stack, foreign, publish, STOPPED_FOR) < 0.1


def test_a_stop_holds_against_a_hand_that_goes_on_beside_one_that_has_let_go(stack: Any, until: Any) -> None:
    from geometry_msgs.msg import Twist

    pushed, idle = Twist(), Twist()
    pushed.linear.x = 0.4
    with TaskClient(stack.namespace) as client, TaskClient(stack.namespace) as other:
        publishers = [one.node.create_publisher(Twist, "cmd_vel", 1) for one in (client, other)]

        def publish() -> None:
            for publisher, message in zip(publishers, (pushed, idle), strict=True):
                publisher.publish(message)
                client.spin(lambda: False, 0.01)

        def drives() -> bool:
            publishers[0].publish(pushed)
            return bool(stack.walking())

        assert client.spin(drives, 60)
        stack.channels.common.request_stop("local")

        def stands() -> bool:
            publish()
            return bool(stack.standing())

        assert client.spin(stands, 30)
        assert way(stack, client, publish, STOPPED_FOR) < 0.1
        client.spin(lambda: False, 1.0)  # it lets go
        assert client.spin(drives, 60)
    until(stack.standing, 30, "standing")


def test_a_script_that_asks_the_connector_for_something_hazardous_moves_nothing(stack: Any, until: Any) -> None:
    until(stack.standing, 60, "standing")
    with SkillClient(stack.namespace) as client:
        for arguments in ({}, {"@confirmed": "yes"}):
            outcome = client.do_skill("get_up", arguments)
            assert outcome.outcome == "failed" and "needs a person's yes" in outcome.reason
        assert way(stack, client, lambda: None, 1.0) < 0.05 and stack.standing()
        assert client.do_skill("get_up", {}, confirm=True).outcome == "succeeded"  # as whoever runs the stack
    until(stack.standing, 30, "standing")


def test_a_persons_yes_to_words_reaches_the_robot(stack: Any, until: Any) -> None:
    console = console_of(Resources.from_environment(os.environ))
    assert console is not None
    answers: list[Any] = []
    heard: list[tuple[str, str]] = []

    def ask() -> None:
        with TaskClient(stack.namespace) as client:
            answers.append(client.do("get back up", lambda kind, text: heard.append((kind, text)), "script"))

    assert stack.command("estop").returncode == 0
    until(stack.lies_still, 60, "a robot on the ground")
    assert stack.command("reset").returncode == 0
    task = threading.Thread(target=ask)
    task.start()
    with TaskClient(stack.namespace) as client:
        assert client.spin(lambda: any(kind == "question" for kind, _ in heard), 30), (answers, heard)
        assert client.do("yes", source="script").outcome == "refusal"
        assert client.do("yes", source=console.sign("prompt", "yes", time.time())).outcome == "succeeded"
    task.join(60)
    assert [step.skill for step in answers[0].steps] == ["get_up"], answers  # it began, however it ends here


@contextlib.contextmanager
def walking_by_words(stack: Any, client: Any) -> Iterator[None]:
    """Somebody has the robot walk meanwhile."""
    task = threading.Thread(target=stack.say, args=("walk forward 3 meters",))
    task.start()
    assert client.spin(stack.walking, 60)
    yield
    task.join(60)
