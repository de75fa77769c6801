"""A drawn body on a table, which a hand is told to pick up, judged on simulator truth."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from skill_stack.connector.grasping.held import forget
from skill_stack.core.errors import SkillStackError
from skill_stack.core.instruction import Instruction
from skill_stack.core.robots.robot import RobotSpec, hand_of
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.evaluation.scores.any_shape_suite import THING, AnyShapeSuite, LiftWorld, draw_lift
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.hand_truth import HandTruth
from skill_stack.runtime.line.parts_line import PartsLine

SETTLE = 0.5
"""Time in which the body comes to rest on the table, s."""


@dataclass(frozen=True, slots=True)
class LiftEpisode:
    """Result of one episode.

    Attributes:
        task: What was asked for.
        seed: Of the world.
        mesh: The body's shape.
        passed: Whether it was lifted and held.
        reason: What was not so; empty when all was.
        lifted: How high the body stayed at the least over the time of holding, m; None where it was not lifted.
        simulated_seconds: Task time, s.
    """

    task: str
    seed: int
    mesh: str
    passed: bool
    reason: str
    lifted: float | None
    simulated_seconds: float

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return dataclasses.asdict(self)


class LiftEpisodes:
    """Runs episodes of one robot; its planner is kept."""

    def __init__(self, robot: RobotSpec, library: SkillLibrary, suite: AnyShapeSuite) -> None:
        """Keeps what all episodes share.

        Args:
            robot: A hand on something that carries it.
            library: Its skills.
            suite: What holds for all.
        """
        self._robot, self._library, self._suite = robot, library, suite
        self._planner = Planner(library)

    def run(self, task: str, seed: int) -> LiftEpisode:
        """Runs one episode."""
        drawn, lift = draw_lift(self._suite, seed), self._suite.lift
        line = PartsLine(self._robot, self._library, _setup(self._suite, drawn, seed))
        truth = HandTruth(line, THING)
        forget(hand_of(self._robot)[1], THING)  # of an episode before
        line.idle(SETTLE)
        begin = float(truth.position()[2])
        line.scene = _stated(line.scene, drawn)
        reason, least = self._carried_out(line), None
        if not reason:
            heights = []
            end = line.now + lift.seconds
            while line.now < end:
                line.step()
                heights.append(float(truth.position()[2]) - begin)
            least = min(heights)
            reason = "" if least >= lift.height else f"{1000 * least:.0f} mm over the table of {1000 * lift.height:.0f}"
        return LiftEpisode(task, seed, drawn.world.thing.mesh, not reason, reason, least, round(line.now, 2))

    def _carried_out(self, line: PartsLine) -> str:
        """Plans and does what is said; what went wrong."""
        plan = self._planner.plan(Instruction(self._suite.lift.words, "test", line.now), line.scene, frozenset())
        if plan.tree is None:
            return f"no plan: {plan.reason}"
        try:
            outcomes = line.run_plan(plan)
        except SkillStackError as error:
            return str(error)
        failed = [f"{one.skill}: {one.reason}" for one in outcomes if one.outcome != "succeeded"]
        return failed[0] if failed else ""


def _setup(suite: AnyShapeSuite, drawn: LiftWorld, seed: int) -> SceneSetup:
    world, (width, height) = drawn.world, suite.lift.table
    table = SceneObject("table", "table", (0.0, 0.0, height / 2), 0.0, "box", (width, width, height), "grey")
    return SceneSetup(
        name=suite.name, seed=seed, start=Pose2(0.0, 0.0, 0.0), objects=(world.thing, table), noise=world.noise,
        latency=world.latency, motor_strength=world.motor_strength,
    )  # fmt: skip


def _stated(scene: SceneGraph, drawn: LiftWorld) -> SceneGraph:
    """The map, with a small error of the body's place."""
    thing = scene.objects[THING]
    x, y, z = thing.position
    told = dataclasses.replace(thing, position=(x + drawn.off[0], y + drawn.off[1], z))
    return SceneGraph({**scene.objects, THING: told}, scene.facts, scene.robot)
