"""PerceptionClient: the connector's communication with perception."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Literal
from skill_stack.core.world.scene import SceneGraph
from skill_stack.core.world.search_progress import SearchProgress
from skill_stack.core.world.seen_outcome import SeenOutcome
from skill_stack.core.world.world_facts import SEES, VISIBLE
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.ros_compat import LATCHED, STREAM
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.wire.wire_sight import LOOKOUT, RUNNING, SEEN, Running, lookout_of, running_message, seen_of
from skill_stack_interfaces.msg import RunningRequests
from skill_stack_interfaces.msg import SearchProgress as SearchMessage
from skill_stack_interfaces.msg import SeenOutcome as SeenMessage

PATIENCE = 8.0
"""Time after which a step ends with its skill's own outcome when there is no verdict, s."""


class PerceptionClient:
    """Publishes the running request, passes on search views, and has successes verified by cameras."""

    def __init__(
        self,
        node: StackNode,
        library: Callable[[], SkillLibrary],
        look_out: Callable[[SearchProgress], None],
        finish: Callable[[StepOutcome], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Makes publisher and subscriptions.

        Args:
            node: The connector's node.
            library: Gives the skills.
            look_out: Takes the next view of a search.
            finish: Takes the outcome of a step that was judged.
            clock: What patience is counted by, s: task time in lock-step, where looks take any time of the wall.
        """
        self._node, self._library, self._finish, self._clock = node, library, finish, clock
        self._held: dict[str, tuple[StepOutcome, float]] = {}
        self._running: tuple[SkillRequest, ...] = ()
        self._said = node.create_publisher(RunningRequests, RUNNING, LATCHED)
        subscribe(node, SearchMessage, LOOKOUT, lookout_of, look_out, LATCHED)
        subscribe(node, SeenMessage, SEEN, seen_of, self._take_seen, STREAM)

    def tell(self, running: Sequence[SkillRequest]) -> None:
        """Publishes the running request when it changes."""
        if tuple(running) != self._running:
            self._running = tuple(running)
            self._publish()

    def hold(self, outcome: StepOutcome, scene: SceneGraph) -> bool:
        """Requests the verification of a step; whether its outcome must wait.

        Args:
            outcome: The outcome by the signals of its skill.
            scene: The world; without a camera no outcome is held back.
        """
        if outcome.outcome != "succeeded" or SEES not in scene.facts or not self._shows(outcome.skill):
            return False
        self._held[outcome.request_id] = (outcome, self._clock())
        self._running = tuple(one for one in self._running if one.id != outcome.request_id)
        self._publish()
        return True

    def release(self, request: str) -> bool:
        """Ends a step with its skill's own outcome, without waiting; whether it was waiting."""
        held = self._held.pop(request, None)
        if held is not None:
            self._finish(held[0])
        return held is not None

    def watch(self) -> None:
        """To be called a few times a second: applies the time-out of a verification."""
        for request, (_, since) in list(self._held.items()):
            if self._clock() - since > PATIENCE:
                self._node.get_logger().warning(f"no camera said how '{request}' went; its skill's word counts")
                self.release(request)

    def _shows(self, skill: str) -> bool:
        """Whether an effect of a skill is visible."""
        library = self._library()
        effects = map(Literal.parse, library[skill].effects if skill in library else ())
        return any(one.positive and one.predicate in VISIBLE and len(one.arguments) == 2 for one in effects)

    def _publish(self) -> None:
        self._said.publish(running_message(Running(self._running, tuple(self._held))))

    def _take_seen(self, seen: SeenOutcome) -> None:
        held = self._held.pop(seen.request, None)
        if held is None:
            return
        if seen.answer != "succeeded":
            self._node.get_logger().info(f"{held[0].skill}: {seen.answer}: {seen.sentence}")
        self._finish(seen.applied(held[0]))
        self._publish()
