"""Scene node: publishes the scene."""

from __future__ import annotations

from collections.abc import Sequence

from builtin_interfaces.msg import Time
from visualization_msgs.msg import MarkerArray

from skill_stack.core.world.scene import SceneGraph
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.node_main import run_node
from skill_stack.nodes.ros_compat import LATCHED
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.views.markers import MARKER_QOS, object_markers
from skill_stack.nodes.wire.wire_scene import scene_message, stamped_scene_of
from skill_stack.nodes.wire.wire_taught import taught_of
from skill_stack.perception.scene.scene_merging import as_stated, merge, with_followed, with_rooms
from skill_stack.planner.dialogue.records.taught_facts import TaughtFact, with_taught_facts
from skill_stack_interfaces.msg import SceneGraph as SceneMessage
from skill_stack_interfaces.msg import TaughtFacts as FactsMessage


class SceneNode(StackNode):
    """Publishes ``scene`` and ``object_markers`` from a scene file and its seed, for late subscribers too.

    It contains facts that people stated (topic ``taught``, from the planner), things that cameras detect (topic
    ``perceived``), balls that a camera follows (topic ``balls``), and things that a detector outside of the stack
    finds.

    Parameters: ``scene`` (name or file), ``seed`` (0 leaves the scene as its file states it), ``stated`` (whether the
    things of the file are known; else its places alone, and things once they are seen), ``fixed`` (whether those that
    cannot be moved stay where they are stated, as the robot's place is corrected by them), ``detections`` (topic of a
    detector's vision_msgs/Detection3DArray; empty for none), ``pace`` (in lock-step every look is passed on with its
    stamp, as simulated time waits until the connector has it).
    """

    def __init__(self) -> None:
        """Declares the parameters."""
        super().__init__("scene")

    def configure(self) -> None:
        """Reads the scene; raises ResourceNotFound or DataError when it cannot be read."""
        file = load_scene(self.resources.scene(str(self.value("scene"))))
        graph = set_up(file, int(self.value("seed"))).graph()
        if not self.value("stated"):
            graph = SceneGraph({name: thing for name, thing in graph.objects.items() if thing.kind == "place"})
        self._graph, self._stated = with_rooms(graph), graph
        self._told: list[TaughtFact] = []
        self._seen = self._detected = self._balls = SceneGraph()
        self._followed: dict[str, str] = {}
        self._lock_step, self._looked = self.value("pace") == "lock_step", Time()
        self._scene = self.create_publisher(SceneMessage, "scene", LATCHED)
        self._markers = self.create_publisher(MarkerArray, "object_markers", MARKER_QOS)
        subscribe(self, FactsMessage, "taught", taught_of, self._take_taught, LATCHED)
        subscribe(self, SceneMessage, "perceived", stamped_scene_of, self._take_seen, LATCHED)
        subscribe(self, SceneMessage, "balls", stamped_scene_of, self._take_balls, LATCHED)
        if topic := str(self.value("detections")):
            from skill_stack.nodes.views.detection_view import DetectionView  # needs scipy, which takes its time

            DetectionView(self, self.load_robot(), topic, self._take_detected)

    def activate(self) -> None:
        """Publishes the scene once; latched topics deliver it to late subscribers."""
        self._publish()

    def _publish(self) -> None:
        stamp, frame = self._looked if self._lock_step else self.now_stamp(0.0), self.frame("map")
        self._scene.publish(scene_message(self._graph, stamp, frame))
        self._markers.publish(object_markers(self._graph, stamp, frame))

    def _take_taught(self, told: list[TaughtFact]) -> None:
        """Takes the complete told facts as part of the scene."""
        self._renew(self._seen, self._detected, told)

    def _take_seen(self, seen: tuple[SceneGraph, Time]) -> None:
        """Takes the complete perceived scene, with the stamp of its newest look."""
        fresh, self._looked = self._lock_step and seen[1] != self._looked, seen[1]
        self._renew(seen[0], self._detected, self._told, fresh)

    def _take_balls(self, balls: tuple[SceneGraph, Time]) -> None:
        """Takes where balls were seen, with the stamp of the newest look at them."""
        fresh, self._looked = self._lock_step and balls[1] != self._looked, balls[1]
        self._balls = balls[0]
        self._renew(self._seen, self._detected, self._told, fresh)

    def _take_detected(self, detected: SceneGraph) -> None:
        """Takes everything that a detector outside of the stack knows."""
        self._renew(self._seen, detected, self._told)

    def _renew(
        self, seen: SceneGraph, detected: SceneGraph, told: list[TaughtFact], fresh: bool = False
    ) -> None:
        """Merges stated, seen, detected and told parts, and publishes them when they changed or are ``fresh``; keeps
        those that fit.
        """
        known = merge(self._stated, seen, bool(self.value("fixed")), self._followed)
        known = merge(known, as_stated(detected, known))
        graph = with_rooms(with_taught_facts(with_followed(known, self._balls), told))
        self._seen, self._detected, self._told = seen, detected, told
        if fresh or graph != self._graph:
            self._graph = graph
            if self.running:
                self._publish()


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the node."""
    return run_node(SceneNode, argv)


if __name__ == "__main__":
    raise SystemExit(main())
