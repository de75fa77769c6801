"""The client of ``do_skill``: a running request is changed under its id, and a refused change leaves it as it was."""

import json

import pytest

rclpy = pytest.importorskip("rclpy")

from rclpy.action import ActionServer, CancelResponse  # noqa: E402
from rclpy.context import Context  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.task import Future  # noqa: E402

from skill_stack.core.setpoint import SkillRequest, StepOutcome  # noqa: E402
from skill_stack.nodes import skill_caller  # noqa: E402
from skill_stack.nodes.planner_node import TICK  # noqa: E402
from skill_stack.nodes.skill_caller import SkillCaller  # noqa: E402
from skill_stack.nodes.wire.wire import CHANGE_REFUSED, outcome_message  # noqa: E402
from skill_stack_interfaces.action import DoSkill  # noqa: E402
from test.eventually import eventually  # noqa: E402

GO = SkillRequest("p/1", "go_to", {"target": "red_ball"})
OTHER = SkillRequest("p/1", "go_to", {"target": "blue_ball"})


class Connector:
    """Runs one request until the test ends it; takes changes or not."""

    def __init__(self, node, executor):
        self.heard, self.taking = [], True
        self.end = Future(executor=executor)
        self.server = ActionServer(
            node, DoSkill, "do_skill", self.execute, cancel_callback=lambda goal: CancelResponse.ACCEPT
        )

    async def execute(self, goal):
        self.heard.append(json.loads(goal.request.arguments)["target"])
        outcome = StepOutcome("p/1", "go_to", "failed", "no such thing", CHANGE_REFUSED)
        if self.taking or len(self.heard) == 1:
            outcome = await self.end
        goal.succeed() if outcome.outcome == "succeeded" else goal.abort()
        return DoSkill.Result(outcome=outcome_message(outcome))


@pytest.fixture
def world(request, monkeypatch):
    if "silent" not in request.node.name:
        monkeypatch.setattr(skill_caller, "SILENCE", 60.0)  # this connector gives no signs of life, and is not dead
    context = Context()
    rclpy.init(context=context)
    node = Node("caller_test", namespace="caller_test", context=context)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    ended: list[StepOutcome] = []
    made = Connector(node, executor)
    caller = SkillCaller(node, ended.append)

    def until(done):
        eventually(done, between=lambda: (executor.spin_once(timeout_sec=0.02), caller.look()))

    caller.start(GO)
    until(lambda: made.heard)
    yield made, caller, ended, until
    made.server.destroy()
    node.destroy_node()
    context.try_shutdown()


def test_a_connector_that_falls_silent_is_told_as_an_interruption(world) -> None:
    connector, caller, ended, until = world
    assert connector.heard and skill_caller.SILENCE + TICK <= skill_caller.WITHIN == 2.0
    until(lambda: ended)
    assert [(one.outcome, one.violated) for one in ended] == [("interrupted", "connector answers")]


@pytest.mark.parametrize("outcome", ["succeeded", "failed"])
def test_a_change_goes_out_under_the_same_id_and_the_step_ends_once(world, outcome) -> None:
    connector, caller, ended, until = world
    refused: list[str] = []
    caller.change(OTHER, refused.append)
    until(lambda: connector.heard == ["red_ball", "blue_ball"])
    connector.end.set_result(StepOutcome("p/1", "go_to", outcome, "a reason"))
    until(lambda: ended)
    assert [one.outcome for one in ended] == [outcome] and refused == []


def test_a_refused_change_is_told_and_the_step_goes_on(world) -> None:
    connector, caller, ended, until = world
    connector.taking = False
    refused: list[str] = []
    caller.change(OTHER, refused.append)
    until(lambda: refused)
    assert refused == ["no such thing"] and ended == []
    connector.end.set_result(StepOutcome("p/1", "go_to", "succeeded"))
    until(lambda: ended)


def test_what_does_not_run_cannot_be_changed(world) -> None:
    _, caller, _, _ = world
    refused: list[str] = []
    caller.change(SkillRequest("p/9", "go_to", {"target": "red_ball"}), refused.append)
    assert "does not run" in refused[0]
