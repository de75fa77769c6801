"""Clients of action servers outside of the stack, against real servers of a type that is always installed."""

import os
import re
from contextlib import ExitStack

import pytest

rclpy = pytest.importorskip("rclpy")

from geometry_msgs.msg import PoseArray, PoseStamped  # noqa: E402
from rclpy.action import ActionServer, CancelResponse, GoalResponse  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.task import Future  # noqa: E402
from trajectory_msgs.msg import JointTrajectory  # noqa: E402

from skill_stack.core.errors import DataError, UnknownName  # noqa: E402
from skill_stack.core.skills.action_part import ActionPart  # noqa: E402
from skill_stack.core.skills.skill_entry import SkillEntry  # noqa: E402
from skill_stack.core.skills.skill_library import SkillLibrary  # noqa: E402
from skill_stack.nodes.clients import action_servers  # noqa: E402
from skill_stack.nodes.clients.action_servers import ActionServers  # noqa: E402
from skill_stack.nodes.wire.wire_goal import field, fill, interface_type, number, wrong_type  # noqa: E402
from skill_stack_interfaces.action import DoSkill, DoTask  # noqa: E402
from test.connector.test_actions import skill  # noqa: E402
from test.eventually import eventually  # noqa: E402

PART = {
    "type": "skill_stack_interfaces/action/DoSkill",
    "name": "outside",
    "goal": {"skill": "dance", "deadline": 3},
    "feedback": {"progress": "progress"},
    "result": {"code": "outcome.seconds", "text": "outcome.reason", "meanings": {7: "the floor is wet"}},
    "patience": {"answer": 2.0, "feedback": None},
}


class Outside:
    """An action server that does what a test says, and the stack's client of it."""

    def __init__(self, **part):
        self.executor = SingleThreadedExecutor()
        self.node, self.other = Node("stack"), Node("server")
        self.node.frame, self.node.configured = lambda name: f"alice/{name}", ExitStack()
        for node in (self.node, self.other):
            self.executor.add_node(node)
        self.part = ActionPart.model_validate({**PART, **part})
        entry = SkillEntry("dance", None, skill(action=self.part.model_dump()))
        self.accept = GoalResponse.ACCEPT
        self.goals, self.end = [], Future(executor=self.executor)
        self.server = None
        self.client = ActionServers(self.node, SkillLibrary("go2", {"dance": entry}))

    def serve(self, kind=DoSkill, name="outside"):
        self.kind = kind
        self.server = ActionServer(
            self.other, kind, name, self._work, goal_callback=lambda goal: self.accept,
            cancel_callback=lambda goal: CancelResponse.ACCEPT,
        )  # fmt: skip
        return self

    async def _work(self, goal):
        self.goals.append(goal)
        how, said = await self.end
        getattr(goal, how)()
        return fill(self.kind.Result(), said)

    def until(self, done, seconds=20.0):
        return eventually(done, seconds, between=lambda: self.executor.spin_once(timeout_sec=0.02))

    def send(self):
        self.until(lambda: not self.client.lack(self.part))
        return self.client.send(self.part, self.part.goal)

    def ended(self, call):
        return self.until(lambda: (now := call.report()).state in ("succeeded", "failed") and now)

    def close(self):
        self.node.configured.close()
        if self.server is not None:
            self.server.destroy()
        for node in (self.node, self.other):
            node.destroy_node()
        self.executor.shutdown()


@pytest.fixture(name="make")
def _make(monkeypatch):
    monkeypatch.setitem(os.environ, "ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    rclpy.init(args=["--ros-args", "-r", "__ns:=/outside"])
    made = []

    def one(**part):
        made.append(Outside(**part))
        return made[-1]

    yield one
    for outside in made:
        outside.close()
    rclpy.try_shutdown()


def test_a_goal_is_carried_out_with_progress_from_the_feedback(make):
    outside = make().serve()
    call = outside.send()
    assert call.report().state == "sent"
    outside.until(lambda: call.report().state == "working" and outside.goals)
    goal = outside.goals[0].request
    assert (goal.skill, goal.deadline) == ("dance", 3.0)
    outside.goals[0].publish_feedback(DoSkill.Feedback(progress=0.5))
    outside.until(lambda: call.report().signals == {"progress": 0.5})
    outside.end.set_result(("succeed", {"outcome.reason": "danced"}))
    assert (outside.ended(call).state, call.report().text) == ("succeeded", "danced")


def test_a_rejected_goal_says_so(make):
    outside = make().serve()
    outside.accept = GoalResponse.REJECT
    assert "rejected the goal" in outside.ended(outside.send()).text


@pytest.mark.parametrize(
    ("how", "code", "said", "told"),
    [
        ("abort", 7.0, "wet", "aborted the goal: the floor is wet: wet"),
        ("abort", 8.0, "", "aborted the goal: code 8"),
        ("abort", 0.0, "", "aborted the goal: it gave no reason"),
        ("succeed", 7.0, "", "ended the goal: the floor is wet"),
    ],
)
def test_an_abort_and_a_code_that_is_no_success_end_with_the_servers_words(make, how, code, said, told):
    outside = make().serve()
    call = outside.send()
    outside.until(lambda: outside.goals)
    outside.end.set_result((how, {"outcome.seconds": code, "outcome.reason": said}))
    outcome = outside.ended(call)
    assert (outcome.state, outcome.text) == ("failed", f"action server 'outside' {told}")


def test_a_cancelled_goal_is_cancelled_at_the_server(make):
    outside = make().serve()
    call = outside.send()
    outside.until(lambda: call.report().state == "working" and outside.goals)
    call.cancel()
    outside.until(lambda: outside.goals[0].is_cancel_requested)
    outside.end.set_result(("canceled", {"outcome.reason": "as asked"}))
    assert "cancelled the goal: as asked" in outside.ended(call).text


def test_a_goal_that_is_cancelled_before_the_answer_is_cancelled_with_it(make):
    outside = make().serve()
    call = outside.send()
    call.cancel()
    outside.until(lambda: outside.goals and outside.goals[0].is_cancel_requested)
    outside.end.set_result(("canceled", {}))
    outside.ended(call)


def test_a_server_that_goes_fails_the_goal(make):
    outside = make().serve()
    call = outside.send()
    outside.until(lambda: call.report().state == "working" and outside.goals)
    outside.server.destroy()
    outside.server = None
    assert outside.ended(call).text == "action server 'outside' is gone"


@pytest.mark.parametrize(("patience", "told"), [("answer", "did not answer the goal"), ("feedback", "no feedback")])
def test_a_server_that_is_silent_fails_the_goal(make, monkeypatch, patience, told):
    outside = make(patience={"answer": 1000.0, "feedback": 1000.0}).serve()
    call = outside.send()
    if patience == "feedback":
        outside.until(lambda: call.report().state == "working" and outside.goals)
    now = action_servers.time.monotonic()
    monkeypatch.setattr(action_servers.time, "monotonic", lambda: now + 1001.0)
    assert told in call.report().text
    assert told in outside.client.lack(outside.part)
    monkeypatch.setattr(action_servers.time, "monotonic", lambda: now + 1001.0 + action_servers.AGAIN)
    assert outside.client.lack(outside.part) == ""
    monkeypatch.undo()
    call.cancel()
    outside.until(lambda: outside.goals and outside.goals[0].is_cancel_requested)
    outside.end.set_result(("canceled", {}))


def test_a_missing_server_names_those_that_are(make):
    outside = make(name="nowhere").serve(DoTask)
    seen = lambda: "outside (skill_stack_interfaces/action/DoTask)" in outside.client.lack(outside.part)  # noqa: E731
    outside.until(seen)
    assert outside.client.lack(outside.part).startswith("there is no action server 'nowhere' of type")


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"type": "strange_msgs/action/Fly"}, "package strange_msgs is not installed: apt install ros-.*-strange-msgs"),
        ({"type": "skill_stack_interfaces/action/Fly"}, "Fly.*DoSkill"),
        ({"feedback": {"progress": "share"}}, "share.*progress"),
        ({"feedback": {"progress": "phase"}}, "phase is no number"),
        ({"result": {"text": "outcome.why"}}, "why.*reason"),
    ],
)
def test_a_type_that_cannot_be_used_says_why(part, told):
    assert re.search(told, wrong_type(ActionPart.model_validate({**PART, **part})))
    assert not wrong_type(ActionPart.model_validate(PART))


POSE = {"position": {"x": 1.0, "y": 2.0, "z": 0.0}, "orientation": {"x": 0.0, "y": 0.0, "z": 1.0, "w": 0.0}}


def test_poses_and_frames_are_filled_in_map_of_the_robot():
    pose = fill(PoseStamped(), POSE, lambda name: f"alice/{name}")
    assert pose.header.frame_id == "alice/map"
    assert (pose.pose.position.y, pose.pose.orientation.z, pose.pose.orientation.w) == (2.0, 1.0, 0.0)
    several = fill(PoseArray(), {"header.frame_id": "odom", "poses": [POSE, POSE]})
    assert several.header.frame_id == "odom" and several.poses[1].position.x == 1.0


def test_lists_times_and_numbers_are_filled_in_their_types():
    values = {"joint_names": ["a", "b"], "points": [{"positions": [1, 0.5], "time_from_start": 1.5}]}
    filled = fill(JointTrajectory(), values)
    assert list(filled.points[0].positions) == [1.0, 0.5] and list(filled.joint_names) == ["a", "b"]
    assert number(filled, "points.0.time_from_start") == 1.5 and field(filled, "joint_names.1") == "b"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"joint_name": ["a"]}, "joint_name"),
        ({"joint_names": "a"}, "is no list"),
        ({"points": [{"positions": ["a"]}]}, "positions.0"),
        ({"points": [{"time_from_start": {"sec": 1.5}}]}, "no whole number"),
        ({"header": 3}, "header: 3 is no std_msgs/Header"),
        ({"header.frame_id": 3}, "frame_id"),
    ],
)
def test_values_that_do_not_fit_name_the_field(values, told):
    with pytest.raises((DataError, UnknownName), match=told):
        fill(JointTrajectory(), values)


def test_a_field_that_is_not_there_is_named():
    with pytest.raises(UnknownName, match="positions"):
        field(JointTrajectory(), "positions")
    with pytest.raises(DataError, match="0 parts"):
        field(JointTrajectory(), "points.0.positions")
    assert interface_type("skill_stack_interfaces/action/DoSkill") is DoSkill
