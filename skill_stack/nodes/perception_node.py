"""Perception node: objects on the map from the robot's camera, in a separate process."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from geometry_msgs.msg import TransformStamped
from nav_msgs.msg import OccupancyGrid as GridMessage
from sensor_msgs.msg import CameraInfo, Image

from skill_stack.core.errors import DataError, StaleData
from skill_stack.core.processes.lock_step_waits import LockStepNotes, counted
from skill_stack.core.robot_state import RobotState
from skill_stack.core.robots.camera_calibration import mounted_camera
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.rgbd_ring import rgbd_path
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.pose_history import PoseHistory
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.bridges.ros_camera import RosCamera
from skill_stack.nodes.node_main import run_node
from skill_stack.nodes.perception_server import PerceptionServer
from skill_stack.nodes.perception_topics import PerceptionTopics
from skill_stack.nodes.ros_compat import LATCHED, NEWEST, STREAM
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.views.camera_frames import OPTICAL_FRAME, publish_camera_frames
from skill_stack.nodes.views.landmark_view import LandmarkView
from skill_stack.nodes.wire.wire_basics import nanoseconds_of
from skill_stack.nodes.wire.wire_camera import camera_info_message, image_message
from skill_stack.nodes.wire.wire_diagnostics import TOPIC as DIAGNOSTICS
from skill_stack.nodes.wire.wire_diagnostics import diagnostic_array, diagnostic_status
from skill_stack.nodes.wire.wire_occupancy import occupancy_message
from skill_stack.nodes.wire.wire_scene import scene_message
from skill_stack.nodes.wire.wire_sensors import localization_of
from skill_stack.nodes.wire.wire_sight import event_message
from skill_stack.perception.calibration.calibrated_source import calibrated
from skill_stack.perception.cameras.image_overlay import overlay
from skill_stack.perception.cameras.look_sources import LookSource, RingSource
from skill_stack.perception.own_body.body_contact import BodyContact
from skill_stack.perception.own_body.self_filter import SelfFilter
from skill_stack.perception.perception_pipeline import PerceptionPipeline
from skill_stack.perception.recognition.network_detection import detectors
from skill_stack.perception.scene.hinged_panels import HingedPanels
from skill_stack.perception.scene.look_observer import Observation
from skill_stack.perception.scene.object_map import MapEvent
from skill_stack.perception.scene.scene_memory import SceneMemory
from skill_stack.perception.tags.tag_watch import tag_watch
from skill_stack.perception.threads import one_thread
from skill_stack_interfaces.msg import SceneEvent
from skill_stack_interfaces.msg import SceneGraph as SceneMessage

POLL = 0.02  # s between looks for a look
FOLLOW = 0.008  # s between samples of the pose
TELL = 0.5  # s between two scenes without a change
DIAGNOSE = 1.0  # s
NICE = 5


class PerceptionNode(StackNode):
    """Publishes ``perceived`` (things and facts), ``occupancy_grid``, ``steps``, and what the camera saw.

    Pictures go out at ``picture_rate`` at most, each only while there are subscribers: ``camera/image_raw``,
    ``camera/depth``, ``camera/camera_info``, ``perception/overlay``. They are in the frame of the camera, which is on
    ``/tf_static`` unless another driver publishes it (``ros``). Pictures, and things that were found in them, are
    stamped with the time at which the picture was taken.

    In lock-step simulated time waits until each look is understood and published, so that the load of the machine makes
    none of them late; patience is counted in task time then.

    Parameters: ``pace``, ``camera`` (name in ``cameras.yaml``), ``source`` (``simulator``, ``realsense`` or ``ros``),
    ``tags`` (JSON: fiducial markers of the scene, for localization), ``landmarks`` and ``landmark_seed`` (a stated
    scene whose things correct where the robot is, and whose hinges tell how its doors and lids may stand),
    ``things`` (False publishes no things, for robots whose map is trusted), ``budget`` (share of one processor),
    ``remember`` (name of the place, under which the scene is kept for the next start; empty keeps nothing),
    ``picture_rate`` (Hz), ``networks`` (JSON: the detectors of a deployment), and for ``ros``
    the names of the topics: ``colour_topic``, ``depth_topic``, ``info_topic``.
    """

    def __init__(self) -> None:
        """Declares the parameters; the defaults of the topics are those of ``realsense2_camera``."""
        super().__init__("perception")
        self._origin: Pose2 | None = None
        self._notes = LockStepNotes(self.block) if self.value("pace") == "lock_step" else None
        self._told = self._pictured = 0.0

    def configure(self) -> None:
        """Opens camera and shared memory; raises SkillStackError when the robot has no such camera."""
        one_thread()
        robot = self.load_robot()
        name, drawn = str(self.value("camera")), self.value("source") == "simulator"
        self._camera, lens = mounted_camera(self.resources, robot.name, name, drawn)
        self._channels = RobotChannels.open(self.block, robot)
        self._poses = PoseHistory()
        self._foreign: RosCamera | None = None
        self._source: LookSource = calibrated(self._open(), lens)
        self.configured.callback(self._source.close)
        self._tags = tag_watch(str(self.value("tags")), self._camera, self._channels)
        named = detectors(str(self.value("networks")))
        self._bolted = robot.fixed.pose if robot.fixed is not None else None
        if self._bolted is not None:
            self._origin = Pose2(0.0, 0.0, 0.0)  # it is where it is bolted, wherever it is said to be
        self._own = SelfFilter(robot) if self._camera.own_body else None
        others = [part for part in robot.parts if part != robot.main_part] if self._own is not None else []
        if self._foreign is None:
            publish_camera_frames(self, self._camera, self._camera.link or robot.source.base_link)
        self._parts = (self._channels, *(RobotChannels.open(self.block, robot, part) for part in others))
        stated = self._stated()
        panels = HingedPanels(stated.objects.values())
        clock, budget = self._pace()
        contact = BodyContact(robot) if robot.feet and self._bolted is None else None
        self._seeing = PerceptionPipeline(
            self._camera, self._source, self._poses, clock, budget, named, self._own, panels, contact
        )
        self._marks = self._landmarks(stated)
        self._memory = self._remembering()
        self._recalled = self._memory is None
        self.configured.callback(self._keep, at_once=True)
        subscribe(self, TransformStamped, "localization", localization_of, self._take_origin, LATCHED)
        self._events = self.create_publisher(SceneEvent, "scene_events", STREAM)
        self._scene = self.create_publisher(SceneMessage, "perceived", LATCHED)
        self._grid = self.create_publisher(GridMessage, "occupancy_grid", NEWEST)
        self._diagnostics = self.create_publisher(DiagnosticArray, DIAGNOSTICS, STREAM)
        names = ("camera/image_raw", "camera/depth", "perception/overlay")
        self._pictures = [self.create_publisher(Image, name, NEWEST) for name in names]
        self._info = self.create_publisher(CameraInfo, "camera/camera_info", NEWEST)
        self._topics = PerceptionTopics(self, self._seeing)
        embedding = named.embedding if named is not None else None
        known = self.value("things")
        self._desk = PerceptionServer(self, robot, self._camera, named is not None, embedding) if known else None

    def _pace(self) -> tuple[Callable[[], float], float]:
        """The clock of perception, and its share of one processor.

        In lock-step it does not rest: simulated time stands still for the next look, and a rest in it would never end.
        """
        return (time.monotonic, float(self.value("budget"))) if self._notes is None else (self._now, 1.0)

    def _landmarks(self, stated: SceneGraph) -> LandmarkView | None:
        """What corrects the robot's place by a stated map; None where none is given, or the robot is bolted down."""
        return LandmarkView(stated, self._channels) if stated.objects and self._bolted is None else None

    def _stated(self) -> SceneGraph:
        """The stated map; an empty one where none is given."""
        if not self.value("landmarks"):
            return SceneGraph()
        file = load_scene(self.resources.scene(str(self.value("landmarks"))))
        return set_up(file, int(self.value("landmark_seed"))).graph()

    def _remembering(self) -> SceneMemory | None:
        """File of the stored scene; None where it is not stored."""
        place = "".join(c if c.isalnum() or c in "-_" else "_" for c in str(self.value("remember")))
        if not place or not self.value("things"):
            return None
        where = f"{self.value('robot')}-{place}{self.get_namespace().replace('/', '-').rstrip('-')}.json"
        return SceneMemory(self.resources.writable_folder("scenes") / where)

    def _recall(self) -> None:
        """Restores the stored scene, once the time is known."""
        if self._recalled or self._memory is None or self._now() <= 0:
            return
        self._recalled = True
        try:
            known = self._memory.recall(self._seeing.scene, self._now(), time.time())
            self.get_logger().info(f"{known} things are known from before")
        except DataError as error:
            self.get_logger().warning(f"{error}; the scene begins anew")

    def _keep(self, at_once: bool = False) -> None:
        """Stores the scene for the next start."""
        if self._memory is None or self._seeing.last is None:
            return
        try:
            self._memory.keep(self._seeing.scene, self._now(), time.time(), time.monotonic(), at_once)
        except OSError as error:
            self.get_logger().warning(f"the scene is not kept: {error}", throttle_duration_sec=60.0)

    def _open(self) -> LookSource:
        source = str(self.value("source"))
        if source == "simulator":
            return RingSource(rgbd_path(self.block, str(self.value("camera")) or "front"))
        if source == "ros":
            topics = [str(self.value(f"{name}_topic")) for name in ("colour", "depth", "info")]
            self._foreign = RosCamera(self, topics[0], topics[1], topics[2], self._now)
            return self._foreign
        if source == "realsense":
            from skill_stack.perception.cameras.realsense import RealSense

            return RealSense(self._camera.width, self._camera.height, round(self._camera.rate), self._now)
        raise DataError(f"source '{source}' is none of simulator, realsense, ros")

    def activate(self) -> None:
        """Begins to look."""
        if self._notes is not None:
            self.activated.callback(self._notes.note, "look.taken", 0)  # nobody waits for a node that does not look
        self.work_while_active("poses", self._follow)
        self.create_timer(POLL, self._look)
        self.create_timer(DIAGNOSE, self._diagnose)

    def _follow(self, ended: threading.Event) -> None:
        """Notes where the base is, and how joints stand that come into view, also while a look is being understood."""
        while not ended.wait(FOLLOW):
            for channels in self._parts:
                try:
                    self._note(channels, channels.read_state())
                except StaleData:
                    continue

    def _note(self, channels: RobotChannels, state: RobotState | None) -> None:
        """Records the estimate of one part's control process."""
        if state is None or not state.valid:
            return
        if channels is self._channels:
            pose = np.concatenate([state.base_position, state.orientation])
            self._poses.add(state.task_time, pose if self._bolted is None else self._bolted)
        if self._own is not None:
            self._own.note(channels.part, state.task_time, state.position)

    def _take_origin(self, origin: Pose2) -> None:
        if self._bolted is None:
            self._origin = origin

    def _now(self) -> float:
        """Task time, s, of the last status."""
        return self._poses.newest

    def _look(self) -> None:
        self._recall()
        events = self._seeing.step(self._origin, self._now())
        if events is not None and self._seeing.last is not None:
            self._place(*self._seeing.last)
        if self._desk is not None:
            last = self._seeing.last
            self._desk.look(self._seeing, self._now(), last[1].cloud.colour if last is not None else None)
        self._say(events or ())
        now, each = time.monotonic(), self._notes is not None and events is not None
        if events or each or now - self._told >= TELL:
            self._told = now
            self._publish()
            self._keep()
        if events is not None and now - self._pictured >= 1.0 / max(float(self.value("picture_rate")), 0.01):
            self._pictured = now
            self._show()
        if self._notes is not None:
            self._notes.note("look.taken", counted(self._seeing.taken))

    def _say(self, events: Iterable[MapEvent]) -> None:
        """Logs and publishes what changed."""
        for event in events:
            how = f" by {event.distance:.2f} m" if event.change == "moved" else ""
            self.get_logger().info(f"{event.name} {event.change}{how}")
            self._events.publish(event_message(event))

    def _place(self, frame: CameraFrame, seen: Observation) -> None:
        """Takes a look for legs and for where the robot is."""
        self._topics.look(seen)
        if self._tags is not None:
            self._tags.look(frame, self._poses, self._origin)
        if self._marks is not None:
            self._origin = self._marks.look(seen, self._poses, self._origin) or self._origin

    def _publish(self) -> None:
        seeing, now = self._seeing, self._now()
        looked = now if seeing.last is None else seeing.last[0].stamp  # a camera that is gone makes nothing newer
        stamp, frame = self.stamp_at(looked, now), self.frame("map")
        graph = seeing.graph(now)
        if self.value("things"):
            facts, places = graph.facts | self._topics.facts(now), self._topics.places(now)
            said = replace(graph, objects={**graph.objects, **places}, facts=facts)
            self._scene.publish(scene_message(said, stamp, frame))
            if self._notes is not None:
                self._notes.note("look.told", nanoseconds_of(stamp))
        self._topics.publish(graph, stamp, frame)
        grid = seeing.floor.grid()
        if grid is not None and self._grid.get_subscription_count():
            self._grid.publish(occupancy_message(grid, self.stamp_at(grid.stamp, now), frame))

    def _show(self) -> None:
        """Publishes pictures to subscribers."""
        if self._seeing.last is None:
            return
        frame, observation = self._seeing.last
        stamp, own = self.stamp_at(frame.stamp, self._now()), self.frame(OPTICAL_FRAME)
        name = self._foreign.frame or own if self._foreign is not None else own
        pictures = (lambda: frame.colour, lambda: frame.depth, lambda: overlay(observation))
        for publisher, picture in zip(self._pictures, pictures):
            if publisher.get_subscription_count():
                publisher.publish(image_message(picture(), stamp, name))
        if self._info.get_subscription_count():
            self._info.publish(camera_info_message(frame.intrinsics, stamp, name))

    def _diagnose(self) -> None:
        seeing, trouble = self._seeing, self._seeing.trouble
        said = trouble or (f"last refused: {seeing.reason}" if seeing.reason else "sees")
        level = DiagnosticStatus.ERROR if trouble else DiagnosticStatus.OK
        if trouble:
            self.get_logger().warning(trouble, throttle_duration_sec=5.0)
        values: dict[str, float] = {"looks": seeing.looks, "refused": seeing.refused}
        if self._tags is not None:
            values["places by markers"] = self._tags.fixes
        if self._marks is not None:
            values["places by the map"] = self._marks.fixes
        if seeing.last is not None:
            values |= {f"{name} ms": round(1e3 * s, 1) for name, s in seeing.last[1].seconds.items()}
        status = diagnostic_status(self, level, "camera", said, values)
        self._diagnostics.publish(diagnostic_array(self, [status]))


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the node at a lower priority than everything that moves the robot."""
    os.nice(NICE)
    return run_node(PerceptionNode, argv)


if __name__ == "__main__":
    raise SystemExit(main())
