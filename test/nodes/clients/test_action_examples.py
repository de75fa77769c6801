"""The example skills for Nav2, ros2_control and MoveIt, and their goals in the real types where these are installed."""

from pathlib import Path

import numpy as np
import pytest

rclpy = pytest.importorskip("rclpy")

from skill_stack.connector.action_port import ActionReport  # noqa: E402
from skill_stack.connector.guides.action import ActionGuide  # noqa: E402
from skill_stack.connector.guides.guide import GuideContext, GuideView  # noqa: E402
from skill_stack.connector.settings import ConnectorSettings  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.core.skills.skill import load_skill  # noqa: E402
from skill_stack.core.skills.skill_alternatives import unfit  # noqa: E402
from skill_stack.core.world.scene import Pose2, SceneGraph  # noqa: E402
from skill_stack.nodes.wire.wire_goal import fill, interface_type, wrong_type  # noqa: E402
from test.connector.conftest import ball  # noqa: E402
from test.nodes.clients.test_action_servers import _make  # noqa: E402, F401

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = sorted(path.parent for path in (ROOT / "examples" / "actions" / "go2").glob("*/skill.yaml"))
BALL = ball("red_ball", 2.0, 0.0)


class Port:
    """Keeps the goal."""

    def __init__(self):
        self.goal = None

    def send(self, part, goal):
        self.goal = goal
        return self

    def report(self):
        return ActionReport("working")


def goal_of(folder, **arguments):
    """The goal of an example, for a robot at the origin."""
    spec, robot, port = load_skill(folder), load_robot(ROOT / "urdf" / "go2"), Port()
    given = {"target": "red_ball", **arguments} if any(goal.name == "target" for goal in spec.goal) else arguments
    context = GuideContext(spec.complete(given), ConnectorSettings(), {}, robot.footprint)
    view = GuideView(Pose2(0.0, 0.0, 0.0), SceneGraph({"red_ball": BALL}), None, 0.0, 0.0)
    ActionGuide(spec.action, context, port).step(view)
    return spec, port.goal


def test_there_are_three():
    assert [path.name for path in EXAMPLES] == ["go_to_by_nav2", "move_arm", "reach_by_moveit"]


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda path: path.name)
def test_a_goal_fits_its_type(folder):
    spec, values = goal_of(folder)
    pytest.importorskip(spec.action.type.partition("/")[0])
    assert wrong_type(spec.action) == ""
    assert fill(interface_type(spec.action.type).Goal(), values, lambda frame: f"alice/{frame}") is not None


ENDS = {
    "go_to_by_nav2": ({"error_code": 9002, "error_msg": "no map"}, "a transform is missing: no map", {"error_code": 0}),
    "move_arm": ({"error_code": -4, "error_string": "off"}, "the path was left: off", {"error_code": 0}),
    "reach_by_moveit": ({"error_code.val": -31}, "the arm does not reach there", {"error_code.val": 1}),
}


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda path: path.name)
@pytest.mark.parametrize("good", [True, False])
def test_a_real_server_of_the_type_is_told_the_goal_and_its_result_is_read(folder, good, make):
    spec, values = goal_of(folder)
    pytest.importorskip(spec.action.type.partition("/")[0])
    outside = make(**{**spec.action.model_dump(), "goal": values})
    outside.serve(interface_type(spec.action.type), spec.action.name)
    call = outside.send()
    outside.until(lambda: call.report().state == "working" and outside.goals)
    bad, told, fine = ENDS[folder.name]
    outside.end.set_result(("succeed", fine) if good else ("abort", bad))
    ended = outside.ended(call)
    assert ended.state == ("succeeded" if good else "failed") and ended.text.endswith("" if good else told)


def test_nav2_fits_what_it_realises_and_is_told_where_to_stand():
    spec, values = goal_of(EXAMPLES[0], gap=0.5)
    assert unfit(spec, load_skill(ROOT / "models" / "go2" / "go_to")) == ""
    assert 0.9 < values["pose"]["position"]["x"] < 1.4 and values["pose"]["orientation"]["w"] == 1.0
    _, behind = goal_of(EXAMPLES[0], side="behind")
    assert behind["pose"]["position"]["x"] > 2.3
    assert np.isclose(abs(behind["pose"]["orientation"]["z"]), 1.0)
    sides = [goal_of(EXAMPLES[0], side=side)[1]["pose"]["position"]["y"] for side in ("left", "right")]
    assert sides[0] > 0.3 and sides[1] < -0.3
    assert goal_of(EXAMPLES[0], side="left", frame="world")[1]["pose"]["position"]["y"] > 0.3


def test_a_trajectory_has_positions_and_a_time():
    _, values = goal_of(EXAMPLES[1], shoulder=0.5, seconds=1.5)
    point = values["trajectory.points"][0]
    assert point == {"positions": [0.5, 0.0], "time_from_start": {"sec": 1, "nanosec": 500_000_000}}


def test_moveit_is_told_where_the_object_is():
    _, values = goal_of(EXAMPLES[2])
    region = values["request"]["goal_constraints"][0]["position_constraints"][0]["constraint_region"]
    assert region["primitive_poses"][0]["position"]["x"] == 2.0
