"""PerceptionTopics: detections, steps for legs, object parts for hands, and pointing arms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from builtin_interfaces.msg import Time
from visualization_msgs.msg import MarkerArray

from skill_stack.core.errors import DataError
from skill_stack.core.spatial.parts import parts_of
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.ros_compat import NEWEST, STREAM
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.views.markers import MARKER_QOS, object_markers
from skill_stack.nodes.wire.wire_detections import DETECTIONS, detections_message
from skill_stack.nodes.wire.wire_goal import interface_type
from skill_stack.nodes.wire.wire_sight import keypoints_of
from skill_stack.perception.perception_pipeline import PerceptionPipeline
from skill_stack.perception.recognition.pointing_facts import Place, PointedAt
from skill_stack.perception.scene.look_observer import Observation
from skill_stack.perception.scene.part_memory import PartMemory
from skill_stack.perception.scene.step_surfaces import StepMap
from skill_stack_interfaces.msg import Keypoints

PARTS_EVERY = 0.5
"""Time between two looks in which parts are searched, s."""
PART_SIZE = 0.03  # m, of a marker


class PerceptionTopics:
    """Publishes ``steps`` and ``affordances`` as markers, and ``detections``; takes ``keypoints`` of a person.

    ``detections`` are the things of the scene as vision_msgs/Detection3DArray, where that package is installed.

    A step is a box from the floor to the surface that carries, its height is in its name. A part is a small ball where
    a hand goes. What the arm of a person points at is stated as ``pointed_at(thing)`` for some seconds.
    """

    def __init__(self, node: StackNode, seeing: PerceptionPipeline) -> None:
        """Makes publishers and the subscription.

        Args:
            node: The node to work in.
            seeing: The camera.
        """
        self._node, self._seeing = node, seeing
        self._steps, self._pointed = StepMap(), PointedAt()
        self._step_markers = node.create_publisher(MarkerArray, "steps", MARKER_QOS)
        self._part_markers = node.create_publisher(MarkerArray, "affordances", MARKER_QOS)
        self._detections = self._publisher_of_detections() if node.value("things") else None
        self._memory, self._due, self._now = PartMemory(), 0.0, 0.0
        subscribe(node, Keypoints, "keypoints", _keypoints, self._take_keypoints, STREAM)

    def _publisher_of_detections(self) -> Any:
        """None where vision_msgs is not installed."""
        try:
            return self._node.create_publisher(interface_type(DETECTIONS), "detections", NEWEST)
        except DataError as missing:
            self._node.get_logger().debug(f"no detections are published: {missing}")
            return None

    def look(self, seen: Observation) -> None:
        """Takes a look; parts are searched twice a second."""
        self._steps.add(seen)
        if seen.stamp >= self._due or seen.stamp < self._due - PARTS_EVERY:
            self._due = seen.stamp + PARTS_EVERY
            self._memory.take(seen, self._seeing.scene.tracks.values())

    def places(self, now: float) -> dict[str, SceneObject]:
        """The person who points, and the place that is pointed at, at a task time, s."""
        return self._pointed.places(now)

    def facts(self, now: float) -> frozenset[Fact]:
        """Objects at which a person points, and parts that were seen, at a task time, s."""
        self._now = now
        return self._pointed.facts(now) | self._memory.facts(self._seeing.scene.tracks)

    def publish(self, scene: SceneGraph, stamp: Time, frame: str) -> None:
        """Publishes to subscribers.

        Args:
            scene: What was seen.
            stamp: Time of the scene.
            frame: Frame of its poses, prefix included.
        """
        if self._detections is not None and self._detections.get_subscription_count():
            self._detections.publish(detections_message(scene, stamp, frame))
        if self._step_markers.get_subscription_count():
            self._step_markers.publish(_markers(self._steps.things(), stamp, frame))
        if self._part_markers.get_subscription_count() and self._seeing.last is not None:
            self._part_markers.publish(_markers(self._parts(), stamp, frame))

    def _parts(self) -> list[SceneObject]:
        """Parts of the objects that were seen from near by, named after their objects."""
        things = self._seeing.scene.graph(self._now)
        facts = self._memory.facts(self._seeing.scene.tracks)
        return [
            SceneObject(
                f"{thing.id}_{name}", f"{name} of {thing.id}", part.point, 0.0, "sphere",
                (PART_SIZE, PART_SIZE, PART_SIZE), confidence=thing.confidence,
            )
            for thing in things.things
            for name, part in parts_of(replace(thing, kind=""), facts).items()
        ]  # fmt: skip

    def _take_keypoints(self, told: tuple[dict[str, Place], bool]) -> None:
        """Takes a person's keypoints from a network or another node."""
        frame = self._seeing.last[0] if self._seeing.last is not None else None
        names = self._pointed.take(*told, frame, self._seeing.scene.things(self._now), self._now)
        if names:
            self._node.get_logger().info(self._pointed.sentence, throttle_duration_sec=1.0)


def _keypoints(message: Keypoints) -> tuple[dict[str, Place], bool]:
    """Points by name, and whether they are pixels."""
    return keypoints_of(message), message.pixels


def _markers(things: list[SceneObject], stamp: Time, frame: str) -> MarkerArray:
    return object_markers(SceneGraph({one.id: one for one in things}), stamp, frame)
