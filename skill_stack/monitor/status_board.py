"""StatusBoard: the newest data for the page, written by receivers and read by the page."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from skill_stack.core.setpoint import ControlMode, SkillStatus, StepOutcome
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.monitor.link_transform import LinkTransform, about_axis
from skill_stack.monitor.plan_view import PlanView

STALE_AFTER = 1.0
"""Age of the last status at which the connection counts as lost, s."""

_EVENTS = 200  # lines that are kept
_ENDED = 50  # requests of which it is known that they ended
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
        id: Number that the board gives it.
        at: When the board took it, s since 1970.
    """

    text: str
    kind: EventKind = "note"
    id: int = 0
    at: float = 0.0


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
        failures: Why steps of the present plan failed or were interrupted, by their skill.
        velocities: Joint velocities by name, rad/s; empty where nobody reports them.
        torques: Joint torques by name, N·m; likewise.
        odom: Pose of ``odom`` in ``map``.
        battery: State of charge, 0 to 1, or None where nobody measures it.
        hottest: Temperature of the hottest motor, °C, or None likewise.
    """

    status: SkillStatus | None = None
    status_age: float = float("inf")
    joints: Mapping[str, float] = field(default_factory=dict)
    base: LinkTransform | None = None
    scene: SceneGraph = field(default_factory=SceneGraph)
    plan: PlanView = field(default_factory=PlanView)
    events: tuple[PageEvent, ...] = ()
    failures: Mapping[str, str] = field(default_factory=dict)
    velocities: Mapping[str, float] = field(default_factory=dict)
    torques: Mapping[str, float] = field(default_factory=dict)
    odom: Pose2 = Pose2(0.0, 0.0, 0.0)
    battery: float | None = None
    hottest: float | None = None

    @property
    def connected(self) -> bool:
        """Whether the robot reported lately."""
        return self.status_age <= STALE_AFTER


class StatusBoard:
    """Newest data; every method may be called from any thread. Times are monotonic, s."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        """An empty board.

        Args:
            wall: Time of events, s since 1970.
        """
        self._lock = threading.Lock()
        self._wall, self._count = wall, 0
        self._status: SkillStatus | None = None
        self._status_at = float("-inf")
        self._others: dict[str, SkillStatus] = {}
        self._joints: Mapping[str, float] = {}
        self._velocities: Mapping[str, float] = {}
        self._torques: Mapping[str, float] = {}
        self._odom = Pose2(0.0, 0.0, 0.0)
        self._scene = SceneGraph()
        self._plan = PlanView()
        self._events: deque[PageEvent] = deque(maxlen=_EVENTS)
        self._failures: dict[str, str] = {}
        self._ended: deque[str] = deque(maxlen=_ENDED)
        self._battery: float | None = None
        self._warmth: dict[str, float] = {}

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
                self._append(PageEvent("the robot was stopped", "bad"))
            if before is not None and status.mode != before.mode and status.reason and not self._rests(before, status):
                self._append(PageEvent(f"{part} {status.mode.value}: {status.reason}".strip(), "note"))

    def _rests(self, before: SkillStatus, status: SkillStatus) -> bool:
        """Whether the stance only follows the end of a step, whose outcome was told."""
        return status.mode is ControlMode.STANCE and before.request_id in self._ended

    def note_joints(
        self, positions: Mapping[str, float], velocities: Mapping[str, float] | None = None,
        torques: Mapping[str, float] | None = None,
    ) -> None:  # fmt: skip
        """Takes joint positions, rad, velocities, rad/s, and torques, N·m, each by name."""
        with self._lock:
            self._joints, self._velocities, self._torques = dict(positions), dict(velocities or {}), dict(torques or {})

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
            if plan.id != self._plan.id:
                self._failures = {}
                if plan.status != "plan" and plan.reason:
                    self._append(PageEvent(plan.reason, "note"))
            self._plan = plan

    def note_outcome(self, outcome: StepOutcome) -> None:
        """Takes the outcome of a step."""
        why = f": {outcome.reason}" if outcome.reason else ""
        with self._lock:
            self._ended.append(outcome.request_id)
        text = f"{outcome.skill.replace('_', ' ')} {outcome.outcome} after {outcome.seconds:.1f} s{why}"
        if outcome.reason:
            with self._lock:
                self._failures = {**self._failures, outcome.skill: outcome.reason}
        self.note_event(PageEvent(text, "good" if outcome.outcome == "succeeded" else "bad"))

    def note_event(self, event: PageEvent) -> None:
        """Takes any other event for people."""
        with self._lock:
            self._append(event)

    def _append(self, event: PageEvent) -> None:
        if event.kind == "note" and self._events and self._events[-1].text == event.text:
            return
        self._count += 1
        self._events.append(replace(event, id=self._count, at=self._wall()))

    def note_battery(self, charge: float) -> None:
        """Takes a state of charge, 0 to 1; one that is no number is unknown."""
        with self._lock:
            self._battery = charge if 0.0 <= charge <= 1.0 else None

    def note_warmth(self, motor: str, degrees: float) -> None:
        """Takes the temperature of a motor, °C."""
        with self._lock:
            self._warmth[motor] = degrees

    def snapshot(self, now: float) -> StatusSnapshot:
        """All data at ``now``."""
        with self._lock:
            base = None if self._status is None else _base(self._odom, self._status)
            return StatusSnapshot(self._status, now - self._status_at, self._joints, base, self._scene, self._plan,
                            tuple(self._events), self._failures, self._velocities, self._torques, self._odom,
                            self._battery, max(self._warmth.values(), default=None))  # fmt: skip


def _base(odom: Pose2, status: SkillStatus) -> LinkTransform:
    """Pose of the base in ``map``."""
    outer = LinkTransform("map", "odom", (odom.x, odom.y, 0.0), about_axis(_UP, odom.yaw))
    x, y, z = (float(part) for part in status.base_position)
    w, i, j, k = (float(part) for part in status.orientation)
    return outer.compose(LinkTransform("odom", "base", (x, y, z), (w, i, j, k)))
