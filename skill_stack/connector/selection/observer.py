"""RunObserver: chooses the skill of every request, observes its run, and learns from the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from skill_stack.connector.motion_range import SucceededMotions
from skill_stack.connector.selection.selector import Selector, Situation
from skill_stack.connector.selection.skill_options import SkillOption, ways_of
from skill_stack.connector.selection.track_record import TrackChange, TrackRecord
from skill_stack.connector.settings import Choosing
from skill_stack.connector.statistics.descriptor import FIRST
from skill_stack.connector.statistics.meter import RunMeter
from skill_stack.connector.statistics.region import context_of, region_of
from skill_stack.connector.statistics.run import Run
from skill_stack.connector.step_pace import paced_goals
from skill_stack.core.setpoint import SkillRequest, SkillStatus, StepOutcome
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import SceneGraph

Array = np.ndarray
LADEN = ("carrying", "holding")
"""Facts that make a failure harmful."""


class Keeper(Protocol):
    """Stores runs, e.g. :class:`skill_stack.connector.statistics.keeper.RunKeeper`; both calls return at once."""

    def begun(self, run: Run) -> None:
        """A run has begun."""

    def ended(self, run: Run) -> None:
        """It has ended."""


@dataclass(slots=True)
class _Open:
    """A run that has not ended."""

    run: Run
    meter: RunMeter


class RunObserver:
    """The connector's knowledge about skills; without a keeper it is lost with the process."""

    def __init__(
        self,
        record: TrackRecord,
        rng: np.random.Generator,
        wall: Callable[[], float],
        keeper: Keeper | None = None,
        choosing: Choosing = "learn",
        on_change: Callable[[TrackChange], object] = lambda change: None,
        own: Iterable[Run] = (),
    ) -> None:
        """Begins without a run.

        Args:
            record: What is known; learns from every run.
            rng: Draws of the selection.
            wall: Clock on the wall, s since 1970: runs of several robots are put in order by it.
            keeper: Keeps runs for later.
            choosing: Settings of the selection.
            on_change: Called when a change of success rates is detected.
            own: Runs of this very robot, oldest first, without those that others shared.
        """
        self.record = record
        self._selector = Selector(record, rng, choosing)
        FIRST.quantile(0.5)  # loads what that needs now: 0.1 s and 15 MiB in the middle of a run would be felt
        self._wall, self._keeper, self._on_change = wall, keeper, on_change
        self._open: dict[str, _Open] = {}
        self._motions = SucceededMotions(own)

    def choose(
        self, request: SkillRequest, library: SkillLibrary, scene: SceneGraph, status: SkillStatus | None
    ) -> SkillOption:
        """The skill that executes a request.

        Args:
            request: The request.
            library: Skills.
            scene: The world.
            status: Newest status of the controller, or None.

        Raises:
            UnknownName: Unknown skill or argument.
            DataError: A skill that cannot be used, or an argument that is missing or out of range.
        """
        asked = library[request.skill]
        arguments = asked.complete(request.arguments)
        situation = Situation(
            region_of(asked, arguments, scene), context_of(scene, arguments), _harmless(library, scene, status)
        )
        plain, *others = ways_of(library, request)
        # Nobody said yes to more than what was asked for.
        ways = (plain, *(way for way in others if way.hazard != "high" or plain.hazard == "high"))
        return self._selector.choose(request.skill, ways, situation)

    def begin(self, request: SkillRequest, way: SkillOption, library: SkillLibrary, scene: SceneGraph) -> None:
        """A run has begun.

        Args:
            request: The request.
            way: The skill that carries it out.
            library: Skills.
            scene: The world.
        """
        region, context = _kind(request, library, scene)
        run = Run(
            *("", 0, self._wall(), library.body, request.skill, way.name, region, context, "interrupted"),
            request=request.id,
        )
        self._open[request.id] = _Open(run, RunMeter())
        if self._keeper is not None:
            self._keeper.begun(run)

    def change(self, request: SkillRequest, library: SkillLibrary, scene: SceneGraph) -> None:
        """A request that runs has other arguments, which its end is judged by; arguments as of :meth:`begin`."""
        found = self._open.get(request.id)
        if found is not None:
            region, context = _kind(request, library, scene)
            found.run = replace(found.run, region=region, context=context)

    def knows(self, request: SkillRequest, library: SkillLibrary, scene: SceneGraph) -> bool:
        """Whether this robot has done a motion of that kind with success; arguments as of :meth:`begin`."""
        return self._motions.knows(*_kind(request, library, scene))

    @property
    def watching(self) -> bool:
        """Whether a run is under way."""
        return bool(self._open)

    def cycle(self, request_id: str, status: SkillStatus, goals: Mapping[str, float]) -> None:
        """Takes a status while a request runs, with the goals requested then."""
        if request_id in self._open:
            self._open[request_id].meter.cycle(status, goals)

    def joints(self, time: float, velocity: Array, torque: Array) -> None:
        """Takes a reading of the joints: task time, s; velocities, rad/s; torques, N·m."""
        for one in self._open.values():
            one.meter.joints(time, velocity, torque)

    def end(self, outcome: StepOutcome) -> None:
        """A request has ended."""
        found = self._open.pop(outcome.request_id, None)
        if found is None:
            return
        run = replace(
            found.run,
            outcome=outcome.outcome,
            violated=outcome.violated,
            seconds=outcome.seconds,
            measured=found.meter.measured(),
        )
        self._motions.learn(run)
        change = self.record.learn(run)
        if self._keeper is not None:
            self._keeper.ended(run)
        if change is not None:
            self._on_change(change)


def _kind(request: SkillRequest, library: SkillLibrary, scene: SceneGraph) -> tuple[str, str]:
    """Region and context of a request; of a motion by terms at the pace that it has."""
    asked = library[request.skill]
    arguments = asked.complete(request.arguments)
    if asked.sampled is not None and request.pace:
        arguments = {**arguments, **paced_goals(asked, arguments, request.pace)}
    return region_of(asked, arguments, scene), context_of(scene, arguments)


def _harmless(library: SkillLibrary, scene: SceneGraph, status: SkillStatus | None) -> bool:
    """Whether a failure now would be harmless: nothing is carried, and the phase can be left."""
    if any(fact.predicate in LADEN for fact in scene.facts):
        return False
    if status is None or status.skill not in library:
        return True
    return library[status.skill].phase_at(status.progress).kind == "free"
