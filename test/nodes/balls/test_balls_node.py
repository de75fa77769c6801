"""The balls node with a camera that sees a ball, goes blind, and sees again."""

import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

rclpy = pytest.importorskip("rclpy")
pytest.importorskip("cv2", reason="the extra perception is not installed")
sys.path.insert(0, str(Path(__file__).parents[2] / "perception"))

from computed_looks import seen, thing  # noqa: E402
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402

from skill_stack.core.resources import Resources  # noqa: E402
from skill_stack.core.robots.camera_spec import eye_of, load_camera  # noqa: E402
from skill_stack.core.world.fact import Fact  # noqa: E402
from skill_stack.core.world.scene import Pose2  # noqa: E402
from skill_stack.evaluation.scenes.perception_scenes import Eye  # noqa: E402
from skill_stack.nodes.balls import balls_node  # noqa: E402
from skill_stack.nodes.ros_compat import LATCHED, STREAM  # noqa: E402
from skill_stack.nodes.wire.wire_scene import scene_of  # noqa: E402
from skill_stack_interfaces.msg import SceneGraph as SceneMessage  # noqa: E402
from test.eventually import eventually  # noqa: E402

PATIENCE = 60.0  # s
CAMERA = load_camera(Resources.from_environment({}).robot("go2"), "wide")
BASE = np.array([0.0, 0.0, 0.3, 1.0, 0.0, 0.0, 0.0])
BALL = replace(thing("ball", "red", 1.7, 0.4, (0.3, 0.3, 0.3)), id="ball")


class Camera:
    """Pictures of a Go2 that stands at the origin, ten a second of the clock on the wall."""

    def __init__(self):
        self.begun, self.on, self.trouble = time.monotonic(), True, ""
        place, turn = eye_of(BASE, CAMERA)
        frame = seen([BALL], Eye(tuple(place), tuple(place + turn[:, 2])), view=CAMERA.intrinsics)
        frame.colour[frame.depth == 0] = 30
        self.colour, self.depth = frame.colour, np.zeros_like(frame.depth)

    @property
    def now(self):
        return 10.0 + time.monotonic() - self.begun

    def newest(self):
        picture = self.colour if self.on else np.zeros_like(self.colour)
        return round(self.now - 0.05, 1), picture, self.depth, CAMERA.intrinsics

    def close(self):
        self.on = False

    def read_state(self):
        return SimpleNamespace(task_time=self.now, valid=True, base_position=BASE[:3], orientation=BASE[3:])


@pytest.fixture
def balls():
    camera, heard = Camera(), {}
    rclpy.init(args=["--ros-args", "-p", "robot:=go2", "-p", "scene:=ball_game", "-p", "camera:=wide"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(balls_node.RobotChannels, "open", classmethod(lambda cls, *_: camera))
        patch.setattr(balls_node, "RingSource", lambda *_: camera)
        node, listener, executor = balls_node.BallsNode(), Node("listener"), SingleThreadedExecutor()
        for each in (node, listener):
            executor.add_node(each)
        listener.create_subscription(SceneMessage, "balls", lambda m: heard.update(balls=scene_of(m)), LATCHED)
        listener.create_subscription(DiagnosticArray, "/diagnostics", lambda m: heard.update(said=m.status[0]), STREAM)
        assert node.trigger_configure().name == "SUCCESS"
        node.trigger_activate()
        turn = lambda: executor.spin_once(timeout_sec=0.05)  # noqa: E731
        yield SimpleNamespace(
            node=node, camera=camera, heard=heard,
            until=lambda done: eventually(done, PATIENCE, else_=lambda: heard, between=turn),
        )  # fmt: skip
        node.trigger_deactivate()
        node.close()
        for each in (node, listener):
            executor.remove_node(each)
            each.destroy_node()
        rclpy.shutdown()


def test_where_the_ball_is_comes_with_its_age_and_blindness_is_said_until_it_ends(balls) -> None:
    heard, blind = balls.heard, Fact("stale", ("ball",))
    balls.until(lambda: "said" in heard)
    assert "balls" not in heard, "nobody has said where the robot is"
    balls.node._take_origin(Pose2(1.0, 2.0, np.pi / 2))
    balls.until(lambda: "balls" in heard)
    told = heard["balls"]["ball"]
    assert told.position == pytest.approx((0.6, 3.7, 0.15), abs=0.02)
    assert 0.0 <= balls.camera.now - told.last_seen < 5.0 and blind not in heard["balls"].facts
    balls.until(lambda: heard["balls"]["ball"].last_seen > told.last_seen + 0.3)
    balls.camera.on = False
    balls.until(lambda: blind in heard["balls"].facts)
    balls.until(lambda: heard["said"].level == DiagnosticStatus.ERROR and "black" in heard["said"].message)
    balls.camera.on = True
    balls.until(lambda: blind not in heard["balls"].facts)
    balls.until(lambda: heard["said"].level == DiagnosticStatus.OK)
