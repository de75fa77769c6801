"""StatusBoard: the newest data for the page, written by receivers and read by the page."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from skill_stack.core.setpoint import ControlMode, SkillStatus, StepOutcome
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.monitor.link_transform import LinkTransform, about_axis
from skill_stack.monitor.plan_view import PlanView

STALE_AFTER = 1.0
"""Age of the last status at which the connection counts as lost, s."""

_EVENTS = 8  # lines that are kept
_UP = (0.0, 0.0, 1.0)

MODE_COLOURS: Mapping[ControlMode, str] = {
    ControlMode.STARTING: "#6b7280",
    ControlMode.DISARMED: "#6b7280",
    ControlMode.ACTIVE: "#1a7f37",
    ControlMode.STANCE: "#b45309",
    ControlMode.DAMPED: "#c2410c",
    ControlMode.ESTOP: "#c01818",
}
"""sRGB colour of a mode behind white text."""

EventKind = Literal["good", "bad", "said", "note"]


@dataclass(frozen=True, slots=True)
class PageEvent:
    """An event in one line.

    Attributes:
        text: For people.
        kind: ``good`` and ``bad`` outcomes, ``said`` by a person, or a ``note``.
    """

    text: str
    kind: EventKind = "note"


@dataclass(frozen=True, slots=True)
class StatusSnapshot:
    """All data of the board at one moment.

    Attributes:
        status: Newest status, or None.
        status_age: Its age, s; infinite when there never was one.
        joints: Joint positions by name, rad.
        base: Pose of the base in ``map``, or None.
        scene: What is known of the world.
        plan: The present plan.
        events: The last events, oldest first.
    """

    status: SkillStatus | None = None
    status_age: float = float("inf")
    joints: Mapping[str, float] = field(default_factory=dict)
    base: LinkTransform | None = None
    scene: SceneGraph = field(default_factory=SceneGraph)
    plan: PlanView = field(default_factory=PlanView)
    events: tuple[PageEvent, ...] = ()

    @property
    def connected(self) -> bool:
        """Whether the robot reported lately."""
        return self.status_age <= STALE_AFTER


class StatusBoard:
    """Newest data; every method may be called from any thread. Times are monotonic, s."""

    def __init__(self) -> None:
        """An empty board."""
        self._lock = threading.Lock()
        self._status: SkillStatus | None = None
        self._status_at = float("-inf")
        self._others: dict[str, SkillStatus] = {}
        self._joints: Mapping[str, float] = {}
        self._odom = Pose2(0.0, 0.0, 0.0)
        self._scene = SceneGraph()
        self._plan = PlanView()
        self._events: deque[PageEvent] = deque(maxlen=_EVENTS)

    def note_status(self, status: SkillStatus, now: float, part: str = "") -> None:
        """Takes a status that arrived at ``now``.

        Args:
            status: The status.
            now: Monotonic time, s.
            part: Name of the part that it is of; empty for the main one, which is what the page shows.
        """
        with self._lock:
            before = self._others.get(part) if part else self._status
            if part:
                self._others[part] = status
            else:
                self._status, self._status_at = status, now
            if not part and before is not None and status.stop_count > before.stop_count:
                self._events.append(PageEvent("the robot was stopped", "bad"))
            if before is not None and status.mode != before.mode and status.reason:
                self._events.append(PageEvent(f"{part} {status.mode.value}: {status.reason}".strip(), "note"))

    def note_joints(self, positions: Mapping[str, float]) -> None:
        """Takes joint positions by name, rad."""
        with self._lock:
            self._joints = dict(positions)

    def note_odom(self, odom: Pose2) -> None:
        """Takes the pose of the ``odom`` frame in ``map``."""
        with self._lock:
            self._odom = odom

    def note_scene(self, scene: SceneGraph) -> None:
        """Takes a scene."""
        with self._lock:
            self._scene = scene

    def note_plan(self, plan: PlanView) -> None:
        """Takes a plan, new or with new states of its steps; an answer without a plan is an event too."""
        with self._lock:
            if plan.id != self._plan.id and plan.status != "plan" and plan.reason:
                self._events.append(PageEvent(plan.reason, "note"))
            self._plan = plan

    def note_outcome(self, outcome: StepOutcome) -> None:
        """Takes the outcome of a step."""
        why = f": {outcome.reason}" if outcome.reason else ""
        text = f"{outcome.skill.replace('_', ' ')} {outcome.outcome} after {outcome.seconds:.1f} s{why}"
        self.note_event(PageEvent(text, "good" if outcome.outcome == "succeeded" else "bad"))

    def note_event(self, event: PageEvent) -> None:
        """Takes any other event for people."""
        with self._lock:
            self._events.append(event)

    def snapshot(self, now: float) -> StatusSnapshot:
        """All data at ``now``."""
        with self._lock:
            base = None if self._status is None else _base(self._odom, self._status)
            return StatusSnapshot(self._status, now - self._status_at, self._joints, base, self._scene, self._plan,
                            tuple(self._events))  # fmt: skip


def _base(odom: Pose2, status: SkillStatus) -> LinkTransform:
    """Pose of the base in ``map``."""
    outer = LinkTransform("map", "odom", (odom.x, odom.y, 0.0), about_axis(_UP, odom.yaw))
    x, y, z = (float(part) for part in status.base_position)
    w, i, j, k = (float(part) for part in status.orientation)
    return outer.compose(LinkTransform("odom", "base", (x, y, z), (w, i, j, k)))
