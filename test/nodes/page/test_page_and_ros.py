"""The page's node between a browser and ROS: what topics become on the page, and what requests become on topics."""

import math
import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

rclpy = pytest.importorskip("rclpy")

from geometry_msgs.msg import TransformStamped, Twist  # noqa: E402
from nav_msgs.msg import OccupancyGrid as GridMessage  # noqa: E402
from rclpy.action import ActionServer, CancelResponse  # noqa: E402
from rclpy.executors import MultiThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from sensor_msgs.msg import BatteryState, Image, JointState, Temperature  # noqa: E402
from std_srvs.srv import Trigger  # noqa: E402

from skill_stack.core.plan import Plan, PlanNode  # noqa: E402
from skill_stack.core.resources import Resources  # noqa: E402
from skill_stack.core.world.occupancy_grid import OccupancyGrid  # noqa: E402
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject  # noqa: E402
from skill_stack.core.world.search_progress import SearchProgress  # noqa: E402
from skill_stack.nodes.monitor_node import MonitorNode  # noqa: E402
from skill_stack.nodes.page.drive_port import drive_ranges  # noqa: E402
from skill_stack.nodes.ros_compat import LATCHED, NEWEST, STREAM  # noqa: E402
from skill_stack.nodes.wire.wire import status_message  # noqa: E402
from skill_stack.nodes.wire.wire_camera import image_message  # noqa: E402
from skill_stack.nodes.wire.wire_occupancy import occupancy_message  # noqa: E402
from skill_stack.nodes.wire.wire_plan import plan_message  # noqa: E402
from skill_stack.nodes.wire.wire_scene import scene_message  # noqa: E402
from skill_stack.nodes.wire.wire_sight import LOOKOUT, lookout_message  # noqa: E402
from skill_stack.nodes.wire.wire_taught import taught_message  # noqa: E402
from skill_stack.planner.dialogue.console import Console  # noqa: E402
from skill_stack.planner.dialogue.records.places import CONSOLE_KEY, FOLDER, TAUGHT  # noqa: E402
from skill_stack.planner.dialogue.records.taught_facts import TaughtFact, TaughtFacts  # noqa: E402
from skill_stack.planner.given_plan import GivenPlan  # noqa: E402
from skill_stack.teleop.velocity_ramp import DriveLimits  # noqa: E402
from skill_stack_interfaces.action import DoTask  # noqa: E402
from skill_stack_interfaces.msg import Plan as PlanMessage  # noqa: E402
from skill_stack_interfaces.msg import SceneGraph as SceneMessage  # noqa: E402
from skill_stack_interfaces.msg import SearchProgress as SearchMessage  # noqa: E402
from skill_stack_interfaces.msg import SkillStatus as StatusMessage  # noqa: E402
from skill_stack_interfaces.msg import TaughtFacts as FactsMessage  # noqa: E402
from test.eventually import eventually  # noqa: E402
from test.monitor.conftest import GO2, status  # noqa: E402
from test.monitor.page.page_client import PageClient, request  # noqa: E402

NAME = f"page_{os.getpid()}"
OTHER = f"other_{os.getpid()}"
TOPICS = {
    "skill_status": (StatusMessage, STREAM), "joint_states": (JointState, NEWEST),
    "battery_state": (BatteryState, NEWEST), "temperature": (Temperature, STREAM), "camera/image_raw": (Image, NEWEST),
    "perceived": (SceneMessage, LATCHED), "occupancy_grid": (GridMessage, NEWEST), LOOKOUT: (SearchMessage, LATCHED),
    "taught": (FactsMessage, LATCHED), "plan": (PlanMessage, LATCHED), "localization": (TransformStamped, LATCHED),
    f"/{OTHER}/skill_status": (StatusMessage, STREAM),
}  # fmt: skip


class Robot:
    """A robot's topics, its connector and another robot, beside the node of the page."""

    def __init__(self) -> None:
        rclpy.init(args=["--ros-args", "-p", "robot:=go2", "-p", "port:=0", "-r", f"__ns:=/{NAME}"])
        self.node = MonitorNode()
        self.beside = Node("beside", namespace=f"/{NAME}")
        self.publishers = {name: self.beside.create_publisher(kind, name, qos) for name, (kind, qos) in TOPICS.items()}
        self.driven: list[Twist] = []
        self.goals: list[DoTask.Goal] = []
        self.stopped: list[str] = []
        self.beside.create_subscription(Twist, "cmd_vel_local", self.driven.append, NEWEST)
        for kind in ("stop", "estop", "reset"):
            self.beside.create_service(Trigger, f"/{OTHER}/{kind}", lambda _, done, kind=kind: self._stop(kind, done))
        self.server = ActionServer(
            self.beside, DoTask, "do_task", self._run, cancel_callback=lambda _: CancelResponse.ACCEPT
        )
        self.executor = MultiThreadedExecutor(2)
        for one in (self.node, self.beside):
            self.executor.add_node(one)
        self.thread = threading.Thread(target=self.executor.spin, daemon=True)
        self.thread.start()

    @property
    def console(self):
        folder = Resources.from_environment(os.environ).writable_folder(FOLDER)
        return folder / CONSOLE_KEY, os.environ, str

    def _stop(self, kind, answer):
        self.stopped.append(kind)
        answer.success = True
        return answer

    def _run(self, goal):
        self.goals.append(goal.request)
        goal.succeed()
        return DoTask.Result(outcome="succeeded", reason="done")

    def say(self, topic, message):
        self.publishers[topic].publish(message)

    def report(self, at=1.0, topic="skill_status", **changes):
        self.say(topic, status_message(status(at, **changes), self.stamp, "odom", True))

    @property
    def stamp(self):
        return self.beside.get_clock().now().to_msg()

    def close(self):
        self.executor.shutdown()
        self.thread.join(10.0)
        self.server.destroy()
        self.node.close()
        self.node.destroy_node()
        self.beside.destroy_node()
        rclpy.try_shutdown()


@pytest.fixture(scope="module")
def robot():
    made = Robot()
    yield made
    made.close()


@pytest.fixture
def page(robot):
    with PageClient(robot.node._page.port, robot.node._key.key) as client:
        yield client


def repeat(robot, page, say, condition, what):
    """Publishes again and again until the page shows it: a subscription begins only once somebody watches."""

    def shown():
        say()
        page.read()
        return condition()

    return eventually(shown, 30.0, what)


def test_state_and_signals_of_the_robot(robot, page):
    assert page.order("plot", names=["tick time", "FL_calf_joint torque", "battery", "nothing"]) == ""

    def say():
        robot.report(reason="waits")
        positions = [0.1] * len(GO2.joint_names)
        robot.say("joint_states", JointState(name=GO2.joint_names, position=positions, effort=[2.5] * len(positions)))
        robot.say("battery_state", BatteryState(percentage=0.5, voltage=math.nan))
        for joint, degrees in (("a", 40.0), ("b", 55.0)):
            message = Temperature(temperature=degrees)
            message.header.frame_id = joint
            robot.say("temperature", message)

    def told():
        shown, plots = page.state.get("robot", {}), [m["v"] for m in page.heard if m["t"] == "plot"]
        known = shown.get("battery") == 0.5 and shown.get("hottest") == 55.0
        return known and plots and len(plots[-1]) == 3 and plots[-1]

    values = repeat(robot, page, say, told, "state and signals")
    assert values == {"tick time": pytest.approx(0.4), "FL_calf_joint torque": 2.5, "battery": 0.5}
    assert page.state["robot"]["reason"] == "waits" and page.state["robot"]["mode"] == "active"
    limits = page.state["signals"]["limits"]
    calf = GO2.joints[GO2.joint_names.index("FL_calf_joint")]
    assert limits["FL_calf_joint position"] == [calf.lower, calf.upper]
    assert set(limits) <= set(page.state["signals"]["names"])


def test_skills_are_shown_with_what_was_measured_and_pressed_as_plans_of_one_step(robot, page):
    page.until(lambda: page.state.get("skills"), "skills")
    shown = {one["name"]: one for one in page.state["skills"]}
    turn = {one["name"]: one for one in shown["turn"]["arguments"]}
    assert turn["angle"]["kind"] == "number" and turn["angle"]["unit"] == "rad" and turn["angle"]["low"] < 0
    assert {one["kind"] for one in shown["go_to"]["arguments"]} >= {"object"}
    measured = shown["walk"]["measured"]
    assert measured["episodes"] >= 100 and 0 < measured["low"] < measured["high"] <= 1
    assert page.order("skill", name="turn", arguments={"angle": 1.0}) == ""
    eventually(lambda: robot.goals, 30.0, "a goal of do_task")
    given = GivenPlan.parse(robot.goals[-1].text)
    assert given.words == "turn (angle 1)" and given.tree.children[0].arguments["angle"] == 1.0
    assert Console.load(*robot.console).check(robot.goals[-1].source, robot.goals[-1].text, time.time())[1], "signed"
    said = ["turn (angle 1)", "done"]
    page.until(lambda: [one["text"] for one in page.state.get("talk", ())][-2:] == said, "the conversation")


@pytest.mark.parametrize(
    ("name", "arguments", "why"),
    [
        ("fly", {}, "there is no skill"), ("turn", {"angle": 100}, "outside"), ("turn", {"speed": 1}, "speed"),
        ("go_to", {}, "target"), ("turn", {"angle": True}, "number"), ("turn", {"angle": "left"}, "number"),
    ],
)  # fmt: skip
def test_a_skill_that_cannot_be_is_refused_with_its_reason(robot, page, name, arguments, why):
    before = len(robot.goals)
    assert why.lower() in page.order("skill", name=name, arguments=arguments).lower()
    assert len(robot.goals) == before


def test_driving_is_ramped_cut_to_what_the_robot_can_and_ends_at_rest(robot, page):
    robot.driven.clear()
    ranges = page.hello["robot"]["drive"]
    for _ in range(12):
        assert page.order("drive", vx=99, vy=0, wz=0) == ""
    eventually(lambda: robot.driven and robot.driven[-1].linear.x == 0.0 and len(robot.driven) > 4, 30.0, "rest")
    speeds = [one.linear.x for one in robot.driven]
    assert 0.0 < max(speeds) <= ranges["vx"][1] == 0.6
    steps = np.diff([0.0, *speeds])
    assert max(steps) < 0.3, "no jerk"


def test_a_hand_on_another_machine_drives_with_less_right(robot):
    far: list[Twist] = []
    robot.beside.create_subscription(Twist, "cmd_vel_network", far.append, NEWEST)
    robot.driven.clear()
    port, key = robot.node._page.port, robot.node._page.access.key("operator")
    with PageClient(port, key, additional_headers={"X-Forwarded-For": "192.0.2.1"}) as page:
        assert not page.hello["near"] and page.hello["role"] == "operator"

        def driven():
            assert page.order("drive", vx=0.3, vy=0, wz=0) == ""
            return any(one.linear.x > 0.0 for one in far)

        eventually(driven, 30.0, "a velocity")
    assert robot.driven == []


def test_one_stop_reaches_every_robot(robot, page):
    def say():
        robot.report(topic=f"/{OTHER}/skill_status")

    repeat(robot, page, say, lambda: any(one["connected"] for one in page.state.get("robots", ())), "the other robot")
    assert [one["name"] for one in page.state["robots"]] == [OTHER]
    service = robot.node._others._robots[f"/{OTHER}"].stops._services["stop"]
    eventually(service.service_is_ready, 30.0, "its stop")
    why = page.order("stop")
    assert "reached nobody" in why and OTHER not in why, "this robot has no controller here, the other one has"
    eventually(lambda: robot.stopped == ["stop"], 30.0, "the stop of the other one")
    assert page.order("estop", robot=OTHER) == ""
    eventually(lambda: robot.stopped == ["stop", "estop"], 30.0, "its emergency stop")
    assert "there is no other robot 'nobody'" in page.order("stop", robot="nobody")


def test_the_plan_is_a_tree_and_part_of_the_conversation(robot, page):
    leaves = (PlanNode("skill", skill="stand"), PlanNode("skill", skill="sit"))
    plan = Plan("p7", "stand, then sit", "plan", PlanNode("sequence", leaves), ("posture(robot, sitting)",), "2 steps")
    say = lambda: (robot.report(), robot.say("plan", plan_message(plan, robot.stamp, "map", {(0,): "running"})))  # noqa: E731
    repeat(robot, page, say, lambda: page.state.get("plan", {}).get("id") == "p7", "the plan")
    first, second = page.state["plan"]["tree"]["children"]
    assert (first["text"], first["status"], second["next"]) == ("stand", "running", True)
    page.until(lambda: any(one["text"] == "stand, then sit" for one in page.state.get("talk", ())), "the words")
    assert page.state["plan"]["facts"] == ["posture(robot, sitting)"]


def test_told_facts_are_shown_and_undone(robot, page):
    store = TaughtFacts(Resources.from_environment(os.environ).writable_folder(FOLDER) / TAUGHT)
    kept = store.learn([TaughtFact("belongs_to(cup, speaker)", "the cup is mine", "playground", None, 1.0, "")])
    repeat(robot, page, lambda: robot.say("taught", taught_message(kept)), lambda: page.state.get("facts"), "the fact")
    assert page.state["facts"] == [{"id": kept[0].id, "text": "the cup is mine"}]
    assert "not known" in page.order("forget", id=kept[0].id + 1)
    assert page.order("forget", id=kept[0].id) == "" and store.facts() == ()


def test_camera_map_and_where_it_looked(robot, page):
    ball = SceneObject(
        "red_ball", "ball", (1.5, 0.0, 0.3), size=(0.2, 0.2, 0.2), colour="red", confidence=0.9, last_seen=1.0
    )
    cells = np.zeros((40, 60), np.int8)
    view = SearchProgress("p/1", "looking", Pose2(1.0, 2.0, 0.5), 1)

    def say():
        robot.report(1.0, base_position=np.array([0.0, 0.0, 0.3]))
        robot.say("perceived", scene_message(SceneGraph({"red_ball": ball}), robot.stamp, "map"))
        robot.say("camera/image_raw", image_message(np.full((48, 64, 3), 200, np.uint8), robot.stamp, "camera"))
        grid = OccupancyGrid("map", 0.05, Pose2(-1.0, -1.0, 0.0), cells, 0.0)
        robot.say("occupancy_grid", occupancy_message(grid, robot.stamp, "map"))
        robot.say(LOOKOUT, lookout_message(view))

    def told():
        cameras, scene = page.state.get("cameras") or [{}], page.state.get("scene", {})
        return cameras[0].get("boxes") and page.state.get("map") and scene.get("looked")

    assert repeat(robot, page, say, told, "what it sees")[0][:3] == [1.0, 2.0, 0.5]
    box = page.state["cameras"][0]["boxes"][0]
    assert box["name"] == "red ball" and box["confidence"] == 0.9
    assert (page.state["map"]["width"], page.state["map"]["height"]) == (60, 40)
    port = robot.node._page.port
    assert request(port, "/camera/camera.jpg")[2].startswith(b"\xff\xd8")
    assert request(port, f"/map.png?v={page.state['map']['v']}")[2].startswith(b"\x89PNG")


def test_the_page_needs_neither_physics_nor_networks():
    heavy = "mujoco", "numba", "onnxruntime", "cv2", "torch"
    script = f"import sys, skill_stack.nodes.monitor_node; print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_robot_that_does_not_walk_is_not_driven(robot):
    from skill_stack.core.robots.robot_file import load_robot
    from skill_stack.core.skills.skill_library import load_library

    resources = Resources.from_environment(os.environ)
    hand = load_robot(resources.robot("leap"))
    assert drive_ranges(load_library(resources, hand), DriveLimits()) is None
