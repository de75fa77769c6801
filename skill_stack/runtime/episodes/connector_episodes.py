"""Episodes of the connector's scenarios, each in its own world, judged on simulator truth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import SceneFile, VariationFile, set_up
from skill_stack.evaluation.connector_suite import ConnectorSuite, ConnectorTask, SuiteRequest, Truths
from skill_stack.evaluation.episode import Episode
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.scoring import judge_near, nose_up_angle, pose_of
from skill_stack.runtime.line.event_line import EventLine

SETTLING = 1.5
"""Time between the last outcome and the judgement, s."""

HEADING = 0.15
"""rad"""

SEATED = 0.2
"""Rise of the nose from which a robot sits, rad."""

LOW = 0.5
"""Share of the standing height below which it lies."""

VARIATION = VariationFile(
    start_shift=0.05, start_yaw=0.1, friction=(0.5, 1.0), added_mass=(0.0, 2.0), latency=(0.0, 0.02), noise=(0.5, 1.5)
)
"""What a seed changes in every scenario."""


class ConnectorEpisodes:
    """Runs scenarios, one after the other."""

    def __init__(self, resources: Resources, suite: ConnectorSuite, clock: Callable[[], float]) -> None:
        """Loads what all episodes share.

        Args:
            resources: Where robots and skills are.
            suite: The scenarios.
            clock: Wall clock for the reports.

        Raises:
            ResourceNotFound: There is no such robot.
            DataError: A file of it is wrong.
        """
        self._robot = load_robot(resources.robot(suite.robot), resources)
        self._library = load_library(resources, self._robot)
        self._planner, self._clock = Planner(self._library), clock

    def run(self, task: ConnectorTask, seed: int) -> Episode:
        """Runs and judges a scenario; one that cannot be run as written fails with the reason."""
        clocked = self._clock()
        line = self._line(task, seed)
        try:
            reasons = self._play(line, task)
        except SkillStackError as error:
            reasons = [str(error)]
        reasons += _judged(line, task)
        last = list(line.ended.values())[-1:]
        return Episode(
            task=task.name,
            seed=seed,
            passed=not reasons,
            outcome=last[0].outcome if last else "failed",
            reason="; ".join(reasons),
            seconds=self._clock() - clocked,
            simulated_seconds=line.now,
        )

    def _line(self, task: ConnectorTask, seed: int) -> EventLine:
        scene = SceneFile(name=task.name, description=task.about, objects=task.objects, variation=VARIATION)
        line = EventLine(self._robot, self._library, set_up(scene, seed), None, self._planner)
        line.begin()
        return line

    def _play(self, line: EventLine, task: ConnectorTask) -> list[str]:
        """Runs a scenario; returns the failures."""
        start, events = line.now, sorted(task.events, key=lambda event: event.at)
        waiting = list(enumerate(task.requests))
        plan, asked = "", dict[str, SuiteRequest]()
        while line.now - start < task.seconds:
            elapsed = line.now - start
            while events and events[0].at <= elapsed:
                line.happen(events.pop(0))
            if waiting and self._due(waiting[0][1], elapsed, asked, line):
                number, one = waiting.pop(0)
                plan = plan if one.beside and plan else f"scenario{number}"
                asked[f"{plan}/{number}"] = one
                request = SkillRequest(f"{plan}/{number}", one.skill, one.arguments, one.deadline, one.pace)
                line.ask(request)
            if not waiting and not events and set(asked) <= set(line.ended):
                break
            line.step()
        ended = dict(line.ended)
        line.idle(SETTLING)
        return [text for name, one in asked.items() if (text := _unlike(name, one, ended))]

    def _due(self, one: SuiteRequest, elapsed: float, asked: dict[str, SuiteRequest], line: EventLine) -> bool:
        return set(asked) <= set(line.ended) if one.at is None else elapsed >= one.at


def _unlike(name: str, one: SuiteRequest, ended: dict[str, Any]) -> str:
    """How the outcome of a request differs from the expected one, or an empty string."""
    outcome = ended.get(name)
    if outcome is None:
        return f"{one.skill} never ended"
    if outcome.outcome != one.outcome:
        return f"{one.skill} {outcome.outcome} instead of {one.outcome}: {outcome.reason}"
    if one.violated and outcome.violated != one.violated:
        return f"{one.skill} names '{outcome.violated}' instead of '{one.violated}'"
    late = one.within and outcome.seconds > one.within
    return f"{one.skill} took {outcome.seconds:.1f} s instead of {one.within:g} s" if late else ""


def _judged(line: EventLine, task: ConnectorTask) -> list[str]:
    """Failed conditions on simulator truth."""
    wanted, truths = task.truth, line.truths
    last = truths[-25:]
    out = list[str]()
    if any(truth.fallen for truth in truths) and not wanted.lies:
        out.append("it fell")
    if wanted.near:
        verdict = judge_near(last, line.scene[wanted.near])
        out += [] if verdict.passed else [f"not at {wanted.near}: {verdict.reason}"]
    out += _astray(wanted, pose_of(last[-1]))
    if wanted.lies != _is_low(line, last[-1]):
        out.append("it stands" if wanted.lies else "it does not stand")
    if wanted.clear and (least := _clearance(line, truths, wanted.near)) < wanted.clear:
        out.append(f"came within {least:.2f} m of something")
    return out


def _astray(wanted: Truths, end: Pose2) -> list[str]:
    """How the robot's last position differs from the expected one."""
    out = []
    if wanted.at is not None and (off := end.distance_to(*wanted.at)) > wanted.tolerance:
        out.append(f"{off:.2f} m from where it should be")
    if wanted.heading is not None and (off := abs(wrap_angle(end.yaw - wanted.heading))) > HEADING:
        out.append(f"heading off by {off:.2f} rad")
    if wanted.beyond is not None and end.x < wanted.beyond:
        out.append(f"only {end.x:.2f} m ahead instead of {wanted.beyond:g}")
    return out


def _is_low(line: EventLine, truth: Truth) -> bool:
    return bool(truth.position[2] < LOW * line.robot.stand_height) or nose_up_angle(truth) > SEATED


def _clearance(line: EventLine, truths: list[Truth], near: str) -> float:
    outlines = Outlines.from_objects(thing for name, thing in line.scene.objects.items() if name != near)
    points = np.array([truth.position[:2] for truth in truths])
    return float(outlines.distances(points).min()) if outlines.names else np.inf
