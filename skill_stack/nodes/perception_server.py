"""PerceptionServer: searches, and verdicts on the effects of steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sensor_msgs.msg import Image

from skill_stack.core.errors import SkillStackError
from skill_stack.core.robots.camera_spec import CameraSpec
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.world.fact import Literal
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.core.world.search_progress import SearchProgress
from skill_stack.core.world.seen_outcome import SeenOutcome
from skill_stack.language import GEOMETRY, Knowledge, Sought, load_lexicon, sought
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.ros_compat import LATCHED, NEWEST, STREAM
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.views.camera_frames import OPTICAL_FRAME
from skill_stack.nodes.wire.wire_camera import image_message
from skill_stack.nodes.wire.wire_scene import scene_of
from skill_stack.nodes.wire.wire_sight import LOOKOUT, RUNNING, SEEN, Running, lookout_message, running_of, seen_message
from skill_stack.nodes.wire.wire_taught import taught_of
from skill_stack.perception.perception_pipeline import PerceptionPipeline
from skill_stack.perception.recognition.appearance import Embedding
from skill_stack.perception.recognition.instances import InstanceMemory
from skill_stack.perception.search.effect_observer import EffectObserver
from skill_stack.perception.search.verdict_pictures import keep_pictures
from skill_stack.perception.search.visual_success import SceneSnapshot, Verdict, visible
from skill_stack.planner.dialogue.records.taught_facts import TaughtFact
from skill_stack.runtime.line.search_server import SearchBody, SearchServer
from skill_stack_interfaces.msg import RunningRequests, TaughtFacts
from skill_stack_interfaces.msg import SceneGraph as SceneMessage
from skill_stack_interfaces.msg import SearchProgress as SearchMessage
from skill_stack_interfaces.msg import SeenOutcome as SeenMessage

Array = np.ndarray
OWNED = "belongs_to"
"""Predicate of what belongs to a person."""
SAME = 0.02
"""Distance within which an object of the merged scene and a seen one are the same, m."""


class PerceptionServer:
    """Takes the running request; publishes search views (``lookout``) and verdicts (``seen_outcome``).

    Before and after of each verdict lie beside one another as a picture in the folder ``seen`` of what the stack
    writes, and go out on ``perception/verdict`` while there are subscribers.
    """

    def __init__(
        self, node: StackNode, robot: RobotSpec, camera: CameraSpec, networks: bool, embedding: Embedding | None = None
    ) -> None:
        """Makes publishers and subscriptions.

        Args:
            node: The node to work in.
            robot: The robot.
            camera: Its camera.
            networks: Whether networks name things, so that any kind may be known on sight.
            embedding: Describes how single things look; None: their colours do.
        """
        self._node, self._library = node, node.load_library(robot)
        lexicon = load_lexicon()
        knowledge = Knowledge.load(node.resources.list("config/knowledge"))

        def describe(words: str) -> Sought:
            return sought(words, lexicon, knowledge)

        body = SearchBody(max(robot.footprint.side + 0.1, robot.footprint.front), camera.view)
        self._search = SearchServer(self._library, body, describe, None if networks else GEOMETRY)
        self._witness = EffectObserver()
        self._scene = SceneGraph()
        self._running = Running()
        self._instances = InstanceMemory() if embedding is None else InstanceMemory(embedding)
        self._owned: set[str] = set()
        self._answers: dict[str, str] = {}
        self._begun: set[str] = set()
        self._meant: set[str] = set()
        self._looks = -1
        self._lookouts = node.create_publisher(SearchMessage, LOOKOUT, LATCHED)
        self._verdicts = node.create_publisher(SeenMessage, SEEN, STREAM)
        self._pictures = node.create_publisher(Image, "perception/verdict", NEWEST)
        subscribe(node, SceneMessage, "scene", scene_of, self._take_scene, LATCHED)
        subscribe(node, TaughtFacts, "taught", taught_of, self._take_taught, LATCHED)
        subscribe(node, RunningRequests, RUNNING, running_of, self._take_running, LATCHED)

    def _take_scene(self, scene: SceneGraph) -> None:
        self._scene = scene

    def _take_taught(self, told: list[TaughtFact]) -> None:
        """Things of which somebody said whose they are, which are to be known again among others."""
        facts = (Literal.parse(one.fact) for one in told)
        self._owned = {one.arguments[0] for one in facts if one.positive and one.predicate == OWNED}

    def _recognise(self, seeing: PerceptionPipeline) -> None:
        """Gives the things that people call their own their names wherever they are; says what changes in that."""
        if seeing.last is None:
            return
        frame, observation = seeing.last
        found = self._instances.look(observation, frame.colour, seeing.scene, self._owned)
        for name, one in found.items():
            if self._answers.get(name) != one.answer:
                self._node.get_logger().info(f"{name}: {one.answer} among what is seen")
            self._answers[name] = one.answer
        if self._instances.trouble:
            self._node.get_logger().warning(self._instances.trouble, throttle_duration_sec=30.0)

    def _take_running(self, running: Running) -> None:
        self._running = running
        self._search.take(running.requests)

    def look(self, seeing: PerceptionPipeline, now: float, picture: Array | None) -> None:
        """To be called after each look, and a few times a second without one.

        Args:
            seeing: The camera.
            now: Task time, s.
            picture: What the camera shows, with what was found in it; or None.
        """
        fresh, self._looks = seeing.looks != self._looks, seeing.looks
        running = {one.id for one in self._running.requests}
        for request in self._running.requests:
            if request.id not in self._begun and seeing.last is not None:
                self._begin(request, seeing, now, picture)
        for request_id in self._begun - running - set(self._running.judge):
            self._witness.forget(request_id)
        self._begun &= running | set(self._running.judge)
        for request_id in self._running.judge:
            if not self._witness.end(request_id, now):
                self._answer(SeenOutcome(request_id, "cannot tell", "", "nothing of it was seen before it began"))
        self._running = replace(self._running, judge=())
        for request_id, verdict in self._witness.look(now, lambda: self._snapshot(seeing, now, picture), fresh):
            self._tell(request_id, verdict)
            for name in verdict.held:
                seeing.scene.hold(name)
        if fresh and seeing.last is not None:
            self._recognise(seeing)
            said = self._search.look(seeing, self._places(), now)
            if said is not None:
                self._say(said)

    def _begin(self, request: SkillRequest, seeing: PerceptionPipeline, now: float, picture: Array | None) -> None:
        """Keeps the scene before a step with visible effects."""
        self._begun.add(request.id)
        if request.skill not in self._library:
            return
        spec = self._library[request.skill]
        names = {key: self._seen_name(str(value), seeing, now) for key, value in request.arguments.items()}
        self._meant |= set(names.values()) & self._scene.objects.keys()
        effects = visible(Literal.parse(text).ground(names) for text in spec.effects)
        if effects:
            self._witness.begin(request.id, effects, self._snapshot(seeing, now, picture))

    def _seen_name(self, name: str, seeing: PerceptionPipeline, now: float) -> str:
        """Perception's name of an object of the merged scene; the same name where it has none."""
        thing, seen = self._scene.objects.get(name), seeing.scene.graph(now).objects
        if thing is None or (name in seen and _apart(seen[name], thing) < SAME):
            return name
        near = min(seen.values(), key=lambda one: _apart(one, thing), default=None)
        return near.id if near is not None and _apart(near, thing) < SAME else name

    def _snapshot(self, seeing: PerceptionPipeline, now: float, picture: Array | None) -> SceneSnapshot:
        """The scene with its stated places, and with what steps mean by names that perception does not have."""
        seen = SceneSnapshot.from_map(seeing.scene, now, seeing.base, picture)
        meant = [thing for name, thing in self._scene.objects.items() if name in self._meant]
        return seen.with_stated([*self._places(), *meant], self._scene.facts)

    def _places(self) -> list[SceneObject]:
        return [thing for thing in self._scene.objects.values() if thing.kind == "place"]

    def _say(self, said: SearchProgress) -> None:
        if said.outcome != "looking":
            self._node.get_logger().info(said.sentence)
        self._lookouts.publish(lookout_message(said))

    def _tell(self, request: str, verdict: Verdict) -> None:
        """Publishes and stores a verdict."""
        effect = next((one.effect for one in verdict.checks if one.answer == verdict.answer), "")
        self._node.get_logger().info(f"{request}: {verdict.sentence}")
        self._answer(SeenOutcome(request, verdict.answer, effect, verdict.sentence, verdict.looks))
        if not verdict.pictures:
            return
        both = np.concatenate(verdict.pictures, axis=1)
        if self._pictures.get_subscription_count():
            stamp, frame = self._node.get_clock().now().to_msg(), self._node.frame(OPTICAL_FRAME)
            self._pictures.publish(image_message(both, stamp, frame))
        try:
            keep_pictures(self._node.resources.writable_folder("seen"), request, verdict.answer, both)
        except (OSError, SkillStackError) as error:
            self._node.get_logger().warning(f"the pictures of '{request}' are not kept: {error}")

    def _answer(self, seen: SeenOutcome) -> None:
        self._verdicts.publish(seen_message(seen))


def _apart(one: SceneObject, other: SceneObject) -> float:
    return float(np.linalg.norm(np.subtract(one.position, other.position)))
