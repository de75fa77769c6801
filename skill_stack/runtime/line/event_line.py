"""EventLine: a line with events at stated times, for scenarios and random sequences."""

from __future__ import annotations

import math
from dataclasses import replace

from skill_stack.connector.paths.localization import Localization
from skill_stack.controllers.tick import Tick
from skill_stack.core.errors import SkillStackError
from skill_stack.core.rotation import yaw_of
from skill_stack.core.setpoint import SkillRequest, SkillStatus, StepOutcome
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.evaluation.connector_suite import SuiteEvent
from skill_stack.hardware.mujoco.object_mover import move_object
from skill_stack.runtime.line.floor_scan import seen_floor
from skill_stack.runtime.line.line import Line

LOOK_EVERY = 0.2
"""Time between two sensor views, s."""
AWAY = 50.0
"""Position of a removed object, m."""


class EventLine(Line):
    """See :class:`skill_stack.runtime.line.line.Line`.

    Attributes:
        ended: Outcomes by request, in order.
        truths: Simulator truth of every control tick since the last :meth:`forget`.
    """

    ended: dict[str, StepOutcome]
    truths: list[Truth]
    _hands: list[tuple[float, SuiteEvent]]
    _gone: dict[str, SceneObject]
    _silent_until: float = 0.0
    _blind_until: float = 0.0
    _seen_until: float = 0.0
    _look_at: float = 0.0

    def begin(self) -> None:
        """Stands up, and starts the time."""
        self._hands, self._gone, self.ended, self.truths = [], {}, {}, []
        self.run_skill("stand", {})
        self.forget()

    def forget(self) -> None:
        """Clears outcomes and truths."""
        self.ended, self.truths = {}, []

    def ask(self, request: SkillRequest) -> None:
        """Starts a request; a refusal is its outcome."""
        try:
            self.connector.start(self.operator.confirmed(request, self._library), self.scene, self.now)
        except SkillStackError as error:
            failed = StepOutcome(request.id, request.skill, "failed", str(error), "request is accepted")
            self.ended[request.id] = failed

    def step(self) -> SkillStatus:
        """One control period, with a person's stick command where there is one."""
        for until, event in getattr(self, "_hands", ()):
            if self.now < until:
                vx, vy, wz = event.velocity
                self.connector.teleop(vx, vy, wz, self.now, event.source)
        before = self.cycle
        status = super().step()
        if self.cycle is not before and hasattr(self, "truths"):
            self.ended |= {outcome.request_id: outcome for outcome in self.cycle.outcomes}
        if hasattr(self, "truths"):
            self.truths.append(self.device.truth())
        return status

    def happen(self, event: SuiteEvent) -> None:
        """Triggers an event now.

        Raises:
            SkillStackError: A change that is refused.
        """
        getattr(self, f"_{event.kind}")(event)

    def _change(self, event: SuiteEvent) -> None:
        running = self.connector.active
        if running is not None:
            arguments = {**running.arguments, **event.arguments}
            changed = replace(running, arguments=arguments, pace=event.pace)
            self.connector.change(self.operator.confirmed(changed, self._library), self.scene, self.now)

    def _cancel(self, event: SuiteEvent) -> None:
        self.connector.cancel("", "cancelled", self.now)

    def _stop(self, event: SuiteEvent) -> None:
        self.stop()

    def _estop(self, event: SuiteEvent) -> None:
        self.estop()

    def _reset(self, event: SuiteEvent) -> None:
        self.reset()

    def _teleop(self, event: SuiteEvent) -> None:
        self._hands.append((self.now + event.seconds, event))

    def _push(self, event: SuiteEvent) -> None:
        self.device.push(event.velocity[0], event.velocity[1])

    def _move(self, event: SuiteEvent) -> None:
        thing = self._gone.pop(event.object, None) or self.scene[event.object]
        moved = replace(thing, position=(*event.position, thing.position[2]))
        self._map({**self.scene.objects, event.object: moved})
        move_object(self.device, event.object, event.position)

    _appear = _move

    def _hide(self, event: SuiteEvent) -> None:
        move_object(self.device, event.object, event.position)

    def _vanish(self, event: SuiteEvent) -> None:
        self._gone[event.object] = self.scene[event.object]
        self._map({name: thing for name, thing in self.scene.objects.items() if name != event.object})
        move_object(self.device, event.object, (AWAY, AWAY))

    def _mislead(self, event: SuiteEvent) -> None:
        located = self.connector.localization
        assert located is not None
        origin = Pose2(*event.shift).compose(located.odom)
        self.connector.localization = Localization(origin, "misled", self.now)

    def _localize(self, event: SuiteEvent) -> None:
        """Sets the pose of ``odom`` in the map, as markers or a person would."""
        truth = self.device.truth()
        x, y, yaw = float(truth.position[0]), float(truth.position[1]), yaw_of(truth.orientation)
        odom = self.status
        own = yaw_of(odom.orientation)
        turn = yaw - own
        c, s = math.cos(turn), math.sin(turn)
        ox, oy = float(odom.base_position[0]), float(odom.base_position[1])
        origin = Pose2(x - c * ox + s * oy, y - s * ox - c * oy, turn)
        self.connector.localization = Localization(origin, "seen", self.now)

    def _silent(self, event: SuiteEvent) -> None:
        self._silent_until = self.now + event.seconds

    def _blind(self, event: SuiteEvent) -> None:
        self._blind_until = self.now + event.seconds

    def _watch(self, event: SuiteEvent) -> None:
        self._seen_until, self._look_at = self.now + event.seconds, self.now

    def _look(self) -> None:
        """Passes a sensor's view to the connector at the sensor's rate."""
        here = self.connector.locate(self.status)
        if here is None or not self._look_at <= self.now < self._seen_until:
            return
        self._look_at = self.now + LOOK_EVERY
        objects = {**self.scene.objects, **self._gone}
        self.connector.see(seen_floor(self.device, objects, here, self.now), self.scene)

    def _connect(self) -> None:
        self._look()
        if self.now >= self._silent_until:
            super()._connect()

    def _tick(self) -> Tick:
        if self.device.time >= self._blind_until:
            return super()._tick()
        now = self.device.time
        return self.core.tick(None, self._setpoint, self._flags, now, now)

    def _map(self, objects: dict[str, SceneObject]) -> None:
        self.scene = SceneGraph(objects, self.scene.facts, self.scene.robot)
