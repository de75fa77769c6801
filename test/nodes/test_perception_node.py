"""The perception node with a camera that looks, judges, searches, disappears and comes back."""

import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

rclpy = pytest.importorskip("rclpy")
pytest.importorskip("cv2", reason="the extra perception is not installed")
sys.path.insert(0, str(Path(__file__).parents[1] / "perception"))

from computed_looks import seen, thing  # noqa: E402
from diagnostic_msgs.msg import DiagnosticArray  # noqa: E402
from geometry_msgs.msg import Point  # noqa: E402
from nav_msgs.msg import OccupancyGrid  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from sensor_msgs.msg import CameraInfo, Image  # noqa: E402
from tf2_msgs.msg import TFMessage  # noqa: E402
from visualization_msgs.msg import MarkerArray  # noqa: E402

from skill_stack.core.robots.camera_spec import matrix_of  # noqa: E402
from skill_stack.core.setpoint import SkillRequest  # noqa: E402
from skill_stack.core.world.camera_frame import Intrinsics  # noqa: E402
from skill_stack.core.world.fact import Fact  # noqa: E402
from skill_stack.core.world.scene import Pose2  # noqa: E402
from skill_stack.core.world.world_facts import SEES  # noqa: E402
from skill_stack.evaluation.scenes.perception_scenes import Eye  # noqa: E402
from skill_stack.nodes import perception_node  # noqa: E402
from skill_stack.nodes.border import border_of  # noqa: E402
from skill_stack.nodes.ros_compat import LATCHED, NEWEST, STREAM  # noqa: E402
from skill_stack.nodes.views.camera_frames import OPTICAL_FRAME  # noqa: E402
from skill_stack.nodes.views.markers import MARKER_QOS  # noqa: E402
from skill_stack.nodes.wire.wire_basics import seconds_of  # noqa: E402
from skill_stack.nodes.wire.wire_occupancy import occupancy_of  # noqa: E402
from skill_stack.nodes.wire.wire_scene import scene_of  # noqa: E402
from skill_stack.nodes.wire.wire_sight import RUNNING, Running, lookout_of, running_message, seen_of  # noqa: E402
from skill_stack.perception.perception_pipeline import STALE  # noqa: E402
from skill_stack_interfaces.msg import Keypoints, RunningRequests, SceneEvent  # noqa: E402
from skill_stack_interfaces.msg import SceneGraph as SceneMessage  # noqa: E402
from skill_stack_interfaces.msg import SearchProgress as SearchMessage  # noqa: E402
from skill_stack_interfaces.msg import SeenOutcome as SeenMessage  # noqa: E402
from skill_stack_interfaces.msg import SkillRequest as RequestMessage  # noqa: E402
from test.eventually import eventually  # noqa: E402

PATIENCE = 60.0  # s
BALL = thing("ball", "red", 1.2, 0.1, (0.24, 0.24, 0.24))
VIEW = Intrinsics.from_view(320, 240, 1.2043)
PLACE = np.array([0.34, 0.0, 0.39])
AHEAD = PLACE + (np.cos(0.2), 0.0, -np.sin(0.2))


def vector(message):
    return np.array([message.x, message.y, message.z])


def wxyz(message):
    return np.array([message.w, message.x, message.y, message.z])


class Camera:
    """Looks of a Go2 that stands at the origin; on the clock on the wall since the beginning."""

    def __init__(self):
        self.begun, self.on, self.trouble, self.things, self._last = time.monotonic(), True, "", [BALL], None

    @property
    def now(self):
        return 10.0 + time.monotonic() - self.begun

    def newest(self):
        stamp = round(self.now - 0.05, 1)  # ten a second, a moment ago
        if self.on and (self._last is None or stamp > self._last[0]):
            frame = seen(self.things, Eye(tuple(PLACE), tuple(AHEAD)), noise=0.001, seed=round(stamp * 10), view=VIEW)
            self._last = (stamp, frame.colour, frame.depth, VIEW)
        return self._last

    def close(self):
        self.on = False

    def read_state(self):
        base = {"base_position": np.array([0.0, 0.0, 0.3]), "orientation": np.array([1.0, 0, 0, 0])}
        return SimpleNamespace(task_time=self.now, valid=True, **base)


class World:
    def __init__(self, camera, **parameters):
        self.camera, self.executor = camera, SingleThreadedExecutor()
        self.node, self.perception = Node("listener"), perception_node.PerceptionNode()
        parameters = {"picture_rate": 20.0, **parameters}
        self.perception.set_parameters([Parameter(name, value=value) for name, value in parameters.items()])
        self.perception._open, self.perception._origin = lambda: camera, Pose2(0.0, 0.0, 0.0)
        for node in (self.perception, self.node):
            self.executor.add_node(node)
        self.heard = {}
        self._hear(SceneMessage, "perceived", LATCHED, scene_of)
        self._hear(DiagnosticArray, "/diagnostics", STREAM, lambda message: message.status[0])
        self._hear(SeenMessage, "seen_outcome", STREAM, seen_of)
        self._hear(SearchMessage, "lookout", LATCHED, lookout_of)
        self._hear(SceneEvent, "scene_events", STREAM)
        for name in ("camera/image_raw", "camera/depth", "perception/overlay", "perception/verdict"):
            self._hear(Image, name, NEWEST)
        self._hear(CameraInfo, "camera/camera_info", NEWEST)
        self._hear(TFMessage, "/tf_static", LATCHED)
        self._hear(OccupancyGrid, "occupancy_grid", NEWEST, lambda message: occupancy_of(message, 0.0))
        for name in ("steps", "affordances"):
            self._hear(MarkerArray, name, MARKER_QOS, lambda message: [one.text for one in message.markers if one.text])
        self.keypoints = self.node.create_publisher(Keypoints, "keypoints", STREAM)
        self.runs = self.node.create_publisher(RunningRequests, "running_requests", LATCHED)
        assert self.perception.trigger_configure().name == "SUCCESS"
        self.perception.trigger_activate()

    def _hear(self, kind, topic, qos, read=lambda message: message):
        self.heard[topic] = None
        self.node.create_subscription(kind, topic, lambda m: self.heard.__setitem__(topic, read(m)), qos)

    def until(self, done):
        eventually(done, PATIENCE, else_=lambda: self.heard, between=lambda: self.executor.spin_once(timeout_sec=0.05))

    @property
    def scene(self):
        return self.heard["perceived"]

    def run(self, *requests, judge=()):
        self.runs.publish(running_message(Running(requests, judge)))

    def end(self):
        self.perception.trigger_deactivate()
        self.perception.close()
        for node in (self.perception, self.node):
            self.executor.remove_node(node)
            node.destroy_node()


@pytest.fixture(scope="module")
def world():
    from skill_stack.core.errors import SkillStackError

    camera = Camera()
    rclpy.init(args=["--ros-args", "-p", "robot:=go2"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(perception_node.RobotChannels, "open", classmethod(lambda cls, *_: camera))
        try:
            made = World(camera)
        except SkillStackError as error:
            pytest.skip(str(error))
        yield made
        made.end()
        rclpy.shutdown()


def test_what_the_camera_sees_is_told_with_pictures(world) -> None:
    world.until(lambda: world.scene is not None and "red_ball" in world.scene.objects)
    assert SEES in world.scene.facts and STALE not in world.scene.facts
    assert np.allclose(world.scene["red_ball"].position, BALL.position, atol=0.05)
    names = ("camera/image_raw", "camera/depth", "perception/overlay", "camera/camera_info")
    world.until(lambda: all(world.heard[name] is not None for name in names))
    raw, depth, overlay, info = (world.heard[name] for name in names)
    assert (raw.encoding, depth.encoding, overlay.encoding) == ("rgb8", "32FC1", "rgb8")
    assert raw.header.frame_id == "camera_optical_frame" and (info.width, info.height) == (320, 240)
    plain = np.frombuffer(bytes(raw.data), np.uint8).reshape(raw.height, raw.width, 3)
    drawn = np.frombuffer(bytes(overlay.data), np.uint8).reshape(overlay.height, overlay.width, 3)
    assert plain.shape == drawn.shape and (plain != drawn).any(), "what was found is drawn into it"


def test_things_are_detections_where_vision_msgs_is_installed(world) -> None:
    types = pytest.importorskip("vision_msgs.msg", reason="vision_msgs is not installed", exc_type=ImportError)
    heard = world.node.create_subscription(
        types.Detection3DArray, "detections", lambda m: world.heard.__setitem__("detections", m), NEWEST
    )
    world.until(lambda: [one.id for one in getattr(world.heard.get("detections"), "detections", ())] == ["red_ball"])
    world.node.destroy_subscription(heard)
    message = world.heard.pop("detections")
    (ball,) = message.detections
    assert (message.header.frame_id, ball.results[0].hypothesis.class_id) == ("map", "ball")
    assert np.allclose(vector(ball.bbox.center.position), BALL.position, atol=0.05)


def test_pictures_and_what_they_show_are_stamped_with_the_time_at_which_they_were_taken(world, monkeypatch) -> None:
    world.until(lambda: world.perception._seeing.last is not None)
    told, look = [], world.perception._seeing.last[0]
    kept = SimpleNamespace(publish=told.append, get_subscription_count=lambda: 1)
    monkeypatch.setattr(world.perception, "_pictures", [kept, kept])
    monkeypatch.setattr(world.perception, "_scene", kept)
    monkeypatch.setattr(world.perception, "_now", lambda: look.stamp + 500.0)
    before = time.time()
    world.perception._show()
    world.perception._publish()
    assert [seconds_of(one.header.stamp) for one in told] == pytest.approx([before - 500.0] * 3, abs=100.0)


def test_the_camera_is_in_the_tree_of_frames(world) -> None:
    world.until(lambda: world.heard["/tf_static"] is not None)
    link, optical = world.heard["/tf_static"].transforms
    assert [(one.header.frame_id, one.child_frame_id) for one in (link, optical)] == [
        ("base", "camera_link"),
        ("camera_link", "camera_optical_frame"),
    ]
    camera = world.perception._camera
    assert np.allclose(vector(link.transform.translation), camera.xyz)
    turned = matrix_of(wxyz(link.transform.rotation)) @ matrix_of(wxyz(optical.transform.rotation))
    assert np.allclose(turned, camera.rotation) and not any(vector(optical.transform.translation))


def test_another_drivers_camera_keeps_its_frame(world) -> None:
    world.perception._foreign = SimpleNamespace(frame="front_colour_optical")
    try:
        for name in ("camera/depth", "camera/camera_info"):
            world.until(lambda name=name: world.heard[name] and world.heard[name].header.frame_id != OPTICAL_FRAME)
            assert world.heard[name].header.frame_id == "front_colour_optical"
    finally:
        world.perception._foreign = None


def test_where_the_floor_is_taken_is_on_a_topic(world) -> None:
    def grid():
        return world.heard["occupancy_grid"]

    world.until(lambda: grid() is not None and grid().at([[1.1, 0.1]]).tolist() == [100])
    assert grid().at([[1.6, -0.4], [-3.0, 0.0]]).tolist() == [0, -1], "free beside the ball, and unknown behind"
    assert (grid().frame, grid().resolution) == ("map", pytest.approx(0.05))


def test_steps_for_legs_are_markers_with_their_height(world) -> None:
    world.camera.things = [BALL, thing("box", "white", 1.8, -0.9, (0.6, 0.9, 0.12))]
    world.until(lambda: world.heard["steps"])
    assert world.heard["steps"][0] in ("step of 11 cm", "step of 12 cm", "step of 13 cm")
    world.until(lambda: world.heard["affordances"] is not None)
    world.camera.things = [BALL]
    world.until(lambda: world.heard["steps"] == [] and "white_box" not in world.scene.objects)
    world.heard["scene_events"] = None


def test_what_a_person_points_at_is_stated_for_a_while(world) -> None:
    world.until(lambda: world.scene is not None and "red_ball" in world.scene.objects)
    eyes, at = np.array([0.0, 0.5, 1.6]), np.array(BALL.position)
    wrist = eyes + 0.6 * (at - eyes) / np.linalg.norm(at - eyes)
    places = {name: Point(x=at[0], y=at[1], z=at[2]) for name, at in (
        ("left_eye", eyes.tolist()), ("right_eye", eyes.tolist()), ("right_wrist", wrist.tolist()),
    )}  # fmt: skip
    pointed = Fact("pointed_at", ("red_ball", "1.00"))

    world.keypoints.publish(Keypoints(names=["nonsense"]))

    def told():
        world.keypoints.publish(Keypoints(names=list(places), points=list(places.values())))
        return pointed in world.scene.facts and "pointed_place" in world.scene.objects

    world.until(told)


def test_a_step_is_judged_by_before_and_after(world) -> None:
    step = SkillRequest("p/1", "go_to", {"target": "red_ball", "gap": 0.04, "side": "any"})
    world.until(lambda: world.scene is not None and "red_ball" in world.scene.objects)
    world.run(step)
    world.until(lambda: "p/1" in world.perception._desk._begun)
    world.run(judge=("p/1",))
    world.until(lambda: world.heard["seen_outcome"] is not None)
    seen_ = world.heard["seen_outcome"]
    assert (seen_.request, seen_.answer) == ("p/1", "failed"), "the ball is more than a metre away"
    assert seen_.effect == "near(robot, red_ball)"
    world.until(lambda: world.heard["perception/verdict"] is not None)
    assert world.heard["perception/verdict"].width == 640, "before and after beside one another"


def test_a_step_that_it_never_saw_begin_is_not_judged(world) -> None:
    world.run(judge=("p/9",))
    world.until(lambda: world.heard["seen_outcome"].request == "p/9")
    assert world.heard["seen_outcome"].answer == "cannot tell"


def test_a_search_is_told_where_to_look_from(world) -> None:
    world.run(SkillRequest("p/2", "look_for", {"what": "blue ball", "path": 10.0, "duration": 60.0}))
    world.until(lambda: world.heard["lookout"] is not None and world.heard["lookout"].request == "p/2")
    said = world.heard["lookout"]
    assert said.outcome == "looking" and said.view is not None
    world.run()


def test_what_nobody_understands_changes_nothing(world) -> None:
    refused = border_of(world.perception).refused
    refused.clear()
    world.runs.publish(RunningRequests(requests=[RequestMessage(arguments="{")]))
    world.until(lambda: RUNNING in refused)
    world.heard["perceived"] = None
    world.until(lambda: world.scene is not None)
    assert SEES in world.scene.facts


def test_a_camera_that_disappears_makes_the_scene_stale_until_it_is_back(world) -> None:
    world.until(lambda: world.scene is not None and "red_ball" in world.scene.objects)
    world.camera.on, world.camera.trouble = False, "it was unplugged"
    world.until(lambda: STALE in world.scene.facts)
    assert SEES not in world.scene.facts and "red_ball" in world.scene.objects, "what was seen is still known"
    world.until(lambda: world.heard["/diagnostics"] is not None and world.heard["/diagnostics"].level == b"\x02")
    assert "it was unplugged" in world.heard["/diagnostics"].message
    world.camera.on, world.camera.trouble = True, ""
    world.until(lambda: SEES in world.scene.facts and STALE not in world.scene.facts)
    world.until(lambda: world.heard["/diagnostics"].level == b"\x00")


def test_what_is_taken_away_is_told(world) -> None:
    world.camera.things = []
    gone = lambda event: event is not None and (event.change, event.name) == ("removed", "red_ball")  # noqa: E731
    world.until(lambda: gone(world.heard["scene_events"]))  # others may go before it
    world.until(lambda: "red_ball" not in world.scene.objects)
    assert not [fact for fact in world.scene.facts if fact == Fact("on", ("red_ball", ""))]


def test_what_was_seen_is_known_after_a_restart_before_anything_is_seen(world) -> None:
    camera = world.camera
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(perception_node.RobotChannels, "open", classmethod(lambda cls, *_: camera))
        camera.on, camera.things = True, [BALL]
        first = World(camera, remember="kitchen")
        first.until(lambda: first.scene is not None and "red_ball" in first.scene.objects)
        first.end()  # which closes the camera too
        second = World(camera, remember="kitchen")
        second.perception._seeing._source.newest = lambda: None
        second.until(lambda: second.scene is not None and "red_ball" in second.scene.objects)
        assert np.allclose(second.scene["red_ball"].position, BALL.position, atol=0.05)
        second.end()
