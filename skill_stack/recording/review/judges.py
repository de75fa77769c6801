"""TaskJudge: verdicts on tasks as they end, by what cameras saw and by the simulator's truth; people judge later."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from skill_stack.core.rotation import gravity_in_base, wrap_angle, yaw_of
from skill_stack.core.setpoint import plan_of
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.world.fact import Fact, Literal, apply_effects
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.core.world.seen_outcome import SeenOutcome
from skill_stack.core.world.world_facts import place_facts
from skill_stack.recording.format import EventKind, RunEvent

JUDGE, TRUTH_JUDGE = "judge", "truth"
MACHINES = (JUDGE, TRUTH_JUDGE)
"""Who judges without being a person: the one that sees, and the simulator's truth."""
PLACED = ("near", "facing")
"""Predicates that follow from where the robot is."""
APART = 0.25
"""Difference between a way by the robot's estimate and by the truth from which a success is none, m and rad."""
TILT = math.cos(1.0)
"""Cosine of the tilt from which a robot lies, as the simulator counts it."""

Effects = Callable[[str], Iterable[str]]
"""Declared effects of a skill, as its file has them; none of one that is not known."""


@dataclass(frozen=True, slots=True)
class _Posed:
    """Where the robot is: by the truth and by its own estimate, and whether it is upright."""

    true: Pose2
    believed: Pose2 | None
    upright: bool


@dataclass(slots=True)
class _Task:
    """What is known of a task so far.

    Attributes:
        expected: What the steps that ended brought about, as declared.
        begun: Pose at the begin of each step, by request.
        steps: Skill and arguments in words, by request.
        seen: The newest answer of the cameras to each such step.
        wrong: What the truth says against a step that succeeded.
    """

    expected: frozenset[Fact] = frozenset()
    begun: dict[str, _Posed | None] = field(default_factory=dict)
    steps: dict[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    seen: dict[str, SeenOutcome] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


class TaskJudge:
    """Follows the events of a run and judges each task when it ends.

    By what cameras saw: bad where an effect of a step is not seen, unclear where one cannot be seen, good else; nothing
    where they judged no step. By the truth, in simulation alone: bad where the robot lies, where it is not where the
    declared effects of its steps say, or where a step succeeded by an estimate that is wrong; good where what was
    declared is so, or where a success moved it as far as it believes; unclear else.
    """

    def __init__(self, effects: Effects, scene: SceneGraph) -> None:
        """Begins without tasks.

        Args:
            effects: Declared effects of skills.
            scene: Where things are; those that were moved are judged by where they were.
        """
        self._effects, self._scene = effects, scene
        self._tasks: dict[str, _Task] = {}
        self._posed: _Posed | None = None

    def feel(self, truth: Truth, believed: Pose2 | None) -> None:
        """Takes the newest truth, and where the robot believes to be at that time, in a frame of its own."""
        x, y, _ = truth.position.tolist()
        upright = bool(gravity_in_base(truth.orientation)[2] < -TILT)
        self._posed = _Posed(Pose2(x, y, yaw_of(truth.orientation)), believed, upright)

    def see(self, seen: SeenOutcome) -> None:
        """Takes what cameras say of a step."""
        task = self._tasks.get(plan_of(seen.request))
        if task is not None and seen.request in task.steps:
            skill, arguments = task.steps[seen.request]
            task.seen[f"{skill} {dict(arguments)}"] = seen

    def hear(self, event: RunEvent) -> Iterator[RunEvent]:
        """Takes an event; verdicts where it ends a task."""
        if event.kind == EventKind.STEP_STARTED:
            task = self._tasks.setdefault(event.task_id, _Task())
            request = str(event.payload["request_id"])
            task.steps[request] = str(event.payload["skill"]), dict(event.payload.get("arguments") or {})
            task.begun[request] = self._posed
        elif event.kind == EventKind.STEP_ENDED and event.task_id in self._tasks:
            self._end_step(self._tasks[event.task_id], event)
        elif event.kind == EventKind.OUTCOME and (done := self._tasks.pop(event.task_id, None)) is not None:
            for by, (verdict, why) in self._verdicts(done, str(event.payload.get("outcome"))):
                yield RunEvent(event.time, EventKind.VERDICT, event.task_id, why, {"verdict": verdict, "by": by})

    def _end_step(self, task: _Task, event: RunEvent) -> None:
        request = str(event.payload.get("request_id", ""))
        skill, arguments = task.steps.get(request, ("", {}))
        if event.payload.get("outcome") in ("succeeded", "failed"):  # else somebody ended it
            effects = [Literal.parse(text).ground(arguments) for text in self._effects(skill)]
            task.expected = apply_effects(task.expected, effects)
        before, after = task.begun.get(request), self._posed
        if event.payload.get("outcome") == "succeeded" and before is not None and after is not None:
            task.wrong += _misjudged(skill, before, after)

    def _verdicts(self, task: _Task, outcome: str) -> Iterator[tuple[str, tuple[str, str]]]:
        if task.seen:
            yield JUDGE, _by_sight(list(task.seen.values()))
        if self._posed is not None:
            yield TRUTH_JUDGE, self._by_truth(task, self._posed, outcome)

    def _by_truth(self, task: _Task, posed: _Posed, outcome: str) -> tuple[str, str]:
        there = place_facts(SceneGraph(self._scene.objects, frozenset(), posed.true))
        told = sorted(
            one for one in task.expected
            if one.predicate in PLACED and one.arguments[0] == "robot" and one.arguments[1] in self._scene.objects
        )  # fmt: skip
        against = [] if posed.upright else ["it lies"]
        against += [f"not {one}" for one in told if one not in there] + task.wrong
        if against:
            return "bad", "; ".join(dict.fromkeys(against))
        if told:
            return "good", "; ".join(map(str, told))
        if outcome == "succeeded" and any(one is not None and one.believed is not None for one in task.begun.values()):
            return "good", "it moved as far as it believes"
        return "unclear", "nothing that was declared can be told from where it is"


def _by_sight(seen: list[SeenOutcome]) -> tuple[str, str]:
    for answer, verdict in (("failed", "bad"), ("cannot tell", "unclear")):
        if some := [one.sentence for one in seen if one.answer == answer]:
            return verdict, "; ".join(some)
    return "good", "; ".join(one.sentence for one in seen)


def _misjudged(skill: str, before: _Posed, after: _Posed) -> Iterator[str]:
    """What differs between the way of a step by the truth and by the estimate."""
    if before.believed is None or after.believed is None:
        return
    true, believed = _way(before.true, after.true), _way(before.believed, after.believed)
    off = math.hypot(true.x - believed.x, true.y - believed.y)
    turned = abs(wrap_angle(true.yaw - believed.yaw))
    if off > APART:
        yield f"{skill}: {off:.2f} m from where it believes to have got"
    if turned > APART:
        yield f"{skill}: turned {turned:.2f} rad otherwise than it believes"


def _way(begin: Pose2, end: Pose2) -> Pose2:
    """The second pose in the frame of the first."""
    return Pose2(*begin.local(end.x, end.y), end.yaw - begin.yaw)
