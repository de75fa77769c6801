"""Rehearsals in the line in one process: each trial in a sampled world, judged on its truth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from skill_stack.connector.paths.object_outline import outline_distance
from skill_stack.connector.selection.observer import RunObserver
from skill_stack.connector.selection.track_record import TrackRecord
from skill_stack.connector.statistics.run import Run
from skill_stack.connector.statistics.store import own_runs
from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.plan import Plan
from skill_stack.core.resources import Resources
from skill_stack.core.rewards.reward_goals import takes_terms
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode, SkillStatus
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.spatial import solids
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.world_facts import FACING_ANGLE, NEAR_GAP
from skill_stack.hardware.mujoco.object_mover import true_place
from skill_stack.planner.planner import Planner
from skill_stack.planner.rehearsal_record import RehearsalSettings
from skill_stack.planner.trial import Trial, TrialEnd, TrialJob, TrialSituation
from skill_stack.runtime.episodes.scoring import pose_of
from skill_stack.runtime.line.event_line import LOOK_EVERY
from skill_stack.runtime.line.observed_line import LineEvent, ObservedLine, Over
from skill_stack.runtime.line.seen_things import in_view
from skill_stack.runtime.rehearsal.rehearsal_outlook import Outlook
from skill_stack.runtime.rehearsal.rehearsal_world import Doubt, sample_world
from skill_stack.runtime.rehearsal.responses import ResponseWorlds

DOWN = (ControlMode.DAMPED, ControlMode.ESTOP)
"""Modes of a robot that the safety layer lets sink to the ground."""

LONGEST = 150.0
"""Task time after which a trial has failed, s."""

SETTLING = 1.0
"""Time after the last step during which the robot must stay up, s."""

SHOWN = 2.5
"""Time for which a motion by reward terms is tried, s: two such trials fit into the time of a rehearsal on one core."""

MISSED = 0.25
"""Error of the place after walking a distance beyond which that has failed, m: half a body's length."""

MISSED_SHARE = 0.02
"""Additional tolerance as a share of the distance: twice the error of the legs' odometry."""

ON_SURFACE = 0.05
"""Distance from a thing up to which a place is on it, and height from which on it is not on the floor, m."""


class RehearsalFile(DataModel):
    """``config/rehearsal.yaml``.

    Attributes:
        budget: How much is tried.
        doubt: How far the world may differ from what is known, where the robot has not measured it.
        responses: Worlds in which it is simulated what the robot measures.
    """

    budget: RehearsalSettings = RehearsalSettings()
    doubt: Doubt
    responses: ResponseWorlds


def load_rehearsal(resources: Resources) -> RehearsalFile:
    """Reads ``config/rehearsal.yaml``.

    Raises:
        ResourceNotFound: It is not installed.
        DataError: It is wrong.
    """
    return load_model(RehearsalFile, resources.find("config/rehearsal.yaml", "rehearsal settings"))


@dataclass(slots=True)
class RehearsalStage:
    """Where trials are made: one robot with its skills.

    Attributes:
        robot: The robot.
        library: Its skills, for a device as that is given them.
        doubt: How far worlds differ from what is known.
        own: Returns the runs of the device, oldest first: planned motions that succeeded on it go all the way; None
            where no device will move.
        planner: A planner of the library, which the line needs and trials do not use.
        outlook: The geometric prediction before any trial.
    """

    robot: RobotSpec
    library: SkillLibrary
    doubt: Doubt
    own: Callable[[], Iterable[Run]] | None = None
    planner: Planner = field(init=False)
    outlook: Outlook = field(init=False)

    def __post_init__(self) -> None:
        """Makes what all trials share."""
        for spec in self.library:  # such a motion is judged by whether the robot stays up; it may be asked for for ever
            if takes_terms(spec):
                self.library = self.library.changed(spec.name, timeout=min(spec.timeout, SHOWN), success=())
        self.planner = Planner(self.library)
        self.outlook = Outlook(self.library, self.robot.footprint, self.doubt)

    def trial(self, situation: TrialSituation, job: TrialJob) -> Trial:
        """Makes one trial."""
        world = sample_world(situation, self.doubt, job.world, self.robot)
        pose = resting_pose(self.library, situation.facts)
        line = _TrialLine(
            self.robot, self.library, world.setup, situation.scene, self.planner, pose or "lie", world.push
        )
        if self.own is not None:  # what was done before decides how far motions go, and nothing else
            rng = np.random.default_rng(0)
            line.connector.observer = RunObserver(TrackRecord(), rng, lambda: 0.0, choosing="off", own=self.own())
        meant = _meant(job, self.library, situation.scene) | world.lying
        line.limit(LONGEST, meant)
        said = ""
        try:
            result = line.run_plan(job.plan)
            took, said = line.now, "" if result.outcome == "succeeded" else result.reason or result.outcome
            line.idle(SETTLING)
        except Over:
            took = line.now
            said = "the robot falls" if line.fallen else "" if took < LONGEST else f"not done within {LONGEST:g} s"
        reason = _hit(line, meant) or said or _promises(line, job, self.library)
        return Trial(not reason, reason, took, _end(line, self.library), line.fallen or line.status.mode in DOWN)


class _TrialLine(ObservedLine):
    """A line whose map shows how far a door or lid before the robot is open: it is not eyes that a trial tries."""

    _look_at = 0.0

    def step(self) -> SkillStatus:
        """See :class:`skill_stack.runtime.line.observed_line.ObservedLine`."""
        status = super().step()
        if self.now >= self._look_at:
            self._look_at, here = self.now + LOOK_EVERY, pose_of(self.device.truth())
            turned = {
                name: replace(thing.opened_by(there.opened), last_seen=self.now)
                for name, thing in self.scene.objects.items()
                if thing.movable and (thing.hinge or thing.lifted is not None)
                and in_view(here, there := true_place(self.device, thing), 1.0)
            }  # fmt: skip
            self.scene = replace(self.scene, objects={**self.scene.objects, **turned}) if turned else self.scene
        return status


def resting_pose(library: SkillLibrary, facts: frozenset[Fact]) -> str:
    """Named pose in which a robot of some posture rests; an empty string when no skill states one.

    Args:
        library: Skills; a posture skill ends in the pose of its last keyframe.
        facts: What is true, e.g. ``posture(robot, sitting)``.
    """
    for spec in library:
        if spec.posture is None:
            continue
        made = [one for one in map(Literal.parse, spec.effects) if one.positive]
        if made and all(one.holds(facts) for one in made) and spec.posture.keyframes[-1].pose:
            return spec.posture.keyframes[-1].pose
    return ""


def _end(line: ObservedLine, library: SkillLibrary) -> TrialEnd | None:
    """What came about, step by step, and where the robot is; None where it never moved."""
    if not line.trace:
        return None
    things = {name: thing for name, thing in line.things().items() if thing.kind != "wall"}
    course: list[str] = []
    for event in line.events:
        here = pose_of(event.truth)
        near = sorted(n for n, thing in things.items() if outline_distance(thing, here.x, here.y) < NEAR_GAP)
        made = [one for one in map(Literal.parse, library[event.outcome.skill].effects) if one.positive]
        posture = [str(one) for one in made if one.predicate == "posture"]
        now = ", ".join([*near, *posture])
        course += [now] if now and course[-1:] != [now] else []
    return TrialEnd(tuple(course), pose_of(line.trace[-1]))


def _meant(job: TrialJob, library: SkillLibrary, scene: SceneGraph) -> frozenset[str]:
    """Objects that some step leads to, or on which a place of a step is; they may be touched."""
    values = (v for step in job.plan.steps for v in _objects(library[step.skill], step.arguments).values())
    goals = {str(value) for value in values}
    places = [scene[name] for name in goals if name in scene.objects and scene[name].kind == "place"]
    under = {thing.id for thing in scene.objects.values() if any(_carries(thing, place) for place in places)}
    return frozenset(goals | under)


def _carries(thing: SceneObject, place: SceneObject) -> bool:
    """Whether a place above the floor is on the surface of a thing."""
    x, y, z = place.position
    beside = solids.bottom(thing) - ON_SURFACE <= z <= solids.top(thing) + ON_SURFACE
    return z > ON_SURFACE and beside and outline_distance(thing, x, y) <= ON_SURFACE


def _hit(line: ObservedLine, meant: frozenset[str]) -> str:
    """Objects that the robot ran into, in words."""
    hit = line.run_into(meant)
    return f"the robot runs into the {line.scene[hit[0]].label}" if hit and hit[0] in line.scene.objects else ""


def _objects(spec: SkillSpec, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {p.name: arguments.get(p.name) for p in spec.goal if p.type == "object"}


def _promises(line: ObservedLine, job: TrialJob, library: SkillLibrary) -> str:
    """The first promise of a step that did not hold when it ended, in words."""
    steps = list(job.plan.steps)
    start = goal = pose_of(line.trace[0]) if line.trace else Pose2(0.0, 0.0, 0.0)
    for step, event in zip(steps, line.events, strict=False):
        if event.outcome.outcome != "succeeded" or event.outcome.skill != step.skill:
            return ""  # conditions decided otherwise; which step this is cannot be told
        spec, here = library[step.skill], pose_of(event.truth)
        if {"forward", "left"} <= {p.name for p in spec.goal}:
            # Distances one after the other add up: what counts is where the last one was to end.
            goal = goal.compose(Pose2(float(step.arguments["forward"]), float(step.arguments["left"]), 0.0))
            off, way = here.distance_to(goal.x, goal.y), start.distance_to(goal.x, goal.y)
            if off > MISSED + MISSED_SHARE * way:
                return f"the robot ends {off:.1f} m off"
        else:
            start = goal = here
            if wrong := _broken(line, spec, step.arguments, event):
                return wrong
    return ""


def _broken(line: ObservedLine, spec: SkillSpec, arguments: Mapping[str, Any], event: LineEvent) -> str:
    """Promises of near and facing that did not hold; empty when all did."""
    here, things = pose_of(event.truth), line.things()
    for effect in (Literal.parse(text).ground(dict(arguments)) for text in spec.effects):
        thing = things.get(effect.arguments[1]) if len(effect.arguments) == 2 else None
        if not effect.positive or effect.arguments[0] != "robot" or thing is None:
            continue
        if effect.predicate == "near" and outline_distance(thing, here.x, here.y) >= NEAR_GAP:
            return f"the robot ends away from the {thing.label}"
        if effect.predicate == "near" and not line.sees(event.truth, thing):
            return f"something stands between the robot and the {thing.label}"
        if effect.predicate == "facing" and abs(here.bearing_to(*thing.position[:2])) > FACING_ANGLE:
            return f"the robot does not face the {thing.label}"
    return ""


class LineRehearser:
    """See :class:`skill_stack.planner.rehearsal.Rehearser`; trials one after the other, in this process."""

    def __init__(self, stage: RehearsalStage) -> None:
        """Keeps the stage."""
        self._stage = stage

    def outlook(self, situation: TrialSituation, plans: Sequence[Plan]) -> list[float]:
        """The outlook by geometry."""
        return self._stage.outlook.chances_of(situation, plans)

    def trials(self, situation: TrialSituation, jobs: Sequence[TrialJob]) -> Iterator[tuple[TrialJob, Trial]]:
        """Makes the trials in order."""
        for job in jobs:
            yield job, self._stage.trial(situation, job)


def stage_of(resources: Resources, robot: str, doubt: Doubt, device: bool = False) -> RehearsalStage:
    """A stage with a robot's own skills.

    Args:
        resources: Where robots, skills and runs are.
        robot: Name of the robot.
        doubt: How far worlds differ from what is known.
        device: Whether what is rehearsed will move a real robot, which goes part of the way first.

    Raises:
        SkillStackError: The robot is missing or wrong.
    """
    spec = load_robot(resources.robot(robot), resources)
    library = load_library(resources, spec, device=device)
    return RehearsalStage(spec, library, doubt, (lambda: own_runs(resources, library.body)) if device else None)

