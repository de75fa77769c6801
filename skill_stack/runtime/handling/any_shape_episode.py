"""A body of any shape handed to a hand alone, which closes on it and is pushed, judged on simulator truth."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from skill_stack.connector.grasping.choice import FITTING
from skill_stack.connector.grasping.grasp_plan import ANY, GraspPlan, GraspWish, plan_grasp
from skill_stack.connector.grasping.held import remember
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec, hand_of
from skill_stack.core.rotation import Quaternion
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.evaluation.scores.any_shape_suite import THING, AnyShapeSuite, AnyShapeWorld, draw_any_shape
from skill_stack.runtime.episodes.gesture_episode import GRAVITY, Picture
from skill_stack.runtime.episodes.hand_truth import DIRECTIONS, HandTruth
from skill_stack.runtime.line.parts_line import PartsLine

SHAPE, CLOSE, GRIP = "grasp_tripod", "grasp_power", "grip"
"""Skills that stand for the two halves of any grasp, and the one on which they are guided."""
LEFT_OUT = {SHAPE: "close", CLOSE: "shape"}
"""What each of the two leaves out of the guide's motions."""
AWAY = (0.0, 0.0, 3.0)
"""Where the object waits until the hand is shaped, m."""
SETTLE = 0.5
"""Time with weight before the first push, s."""


@dataclass(frozen=True, slots=True)
class AnyShapeEpisode:
    """Result of one episode.

    Attributes:
        robot: The hand.
        grasp: Name of the grasp.
        seed: Of the world.
        mesh: The object's shape.
        passed: Whether every limit was kept.
        reason: What was not; empty when all was.
        seconds: Processor time of the plan, s.
        depth: Greatest depth of the closed hand in the object as planned, by the simulator's contacts, m.
        moved: Largest motion of the object in the palm under pushes, m.
        touching: Share of the named pads that touch as planned.
    """

    robot: str
    grasp: str
    seed: int
    mesh: str
    passed: bool
    reason: str
    seconds: float
    depth: float | None = None
    moved: float | None = None
    touching: float | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return dataclasses.asdict(self)


def run_any_shape(
    robot: RobotSpec, library: SkillLibrary, suite: AnyShapeSuite, grasp: str, seed: int, picture: Picture | None = None
) -> AnyShapeEpisode:
    """Runs one episode.

    Args:
        robot: A hand alone.
        library: Skills of the hand, or of the one whose mirror image it is.
        suite: What holds for all.
        grasp: Name of the grasp.
        seed: Of the world.
        picture: Called after each step with its name, for pictures.
    """
    _, hand = hand_of(robot)
    assert hand.grasps is not None, "a hand with grasps"
    world = draw_any_shape(suite, grasp, hand.grasps.templates[grasp], seed)
    begin = time.process_time()

    def result(reason: str, **figures: float) -> AnyShapeEpisode:
        return AnyShapeEpisode(robot.name, grasp, seed, world.thing.mesh, not reason, reason, spent, **figures)

    wish = GraspWish(grasp, approach=ANY)
    remember(hand, THING, wish)
    try:
        plan = plan_grasp(hand, wish, world.thing)
    except DataError as error:
        spent = time.process_time() - begin
        return result(f"no fit: {error}")
    spent = time.process_time() - begin
    line = PartsLine(robot, _halves(robot, library), _setup(suite, world, seed))
    depth = HandTruth(line, THING).depth_at(plan.fit.closed, plan.fit.centre, _quaternion(plan.fit.turn))
    if depth > suite.depth:
        return result(f"the hand is {1000 * depth:.1f} mm deep in it", depth=depth, touching=plan.fit.touching)
    moved, wrong = _handed(line, suite, plan, picture)
    if not wrong and moved > suite.moved:
        wrong = f"moved by {moved:.3f} m"
    return result(wrong, depth=depth, moved=moved, touching=plan.fit.touching)


def _halves(robot: RobotSpec, library: SkillLibrary) -> SkillLibrary:
    """Two skills that are the halves of the remembered grasp, shaping the hand and closing it, and what they need."""
    specs = [library[name].model_copy(update={"robot": robot.name}) for name in (GRIP,)]
    for skill, left_out in LEFT_OUT.items():
        guided = library[skill].guided
        assert guided is not None, "a grasp is a guided skill"
        half = guided.model_copy(update={"template": FITTING, "settings": {left_out: 0.0}})
        specs.append(library[skill].model_copy(update={"robot": robot.name, "guided": half}))
    return SkillLibrary.from_specs(robot.name, specs)


def _setup(suite: AnyShapeSuite, world: AnyShapeWorld, seed: int) -> SceneSetup:
    thing = dataclasses.replace(world.thing, position=AWAY)
    return SceneSetup(
        name=suite.name, seed=seed, start=Pose2(0.0, 0.0, 0.0), objects=(thing,), noise=world.noise,
        latency=world.latency, motor_strength=world.motor_strength,
    )  # fmt: skip


def _handed(line: PartsLine, suite: AnyShapeSuite, plan: GraspPlan, picture: Picture | None) -> tuple[float, str]:
    """Shapes the hand, puts the object into it without weight, closes, adds weight, pushes.

    Returns:
        Largest motion of the object in the palm, m, and what went wrong before.
    """
    truth, gravity = HandTruth(line, THING), line.device.model.opt.gravity
    gravity[:] = 0.0
    for skill in (SHAPE, CLOSE):
        if skill == CLOSE:
            truth.put(plan.fit.centre, _quaternion(plan.fit.turn))
            if picture is not None:
                picture("put", line)
        outcome = line.run_skill(skill, {"target": THING})
        if outcome.outcome != "succeeded":
            return 0.0, f"{'shaping' if skill == SHAPE else 'closing'}: {outcome.reason}"
        if picture is not None:
            picture(skill, line)
    begin = truth.held()
    gravity[:] = -GRAVITY * truth.attitude()[:, 2]  # as it would hang in the hand that took it from a table
    line.idle(SETTLE)
    most = float(np.linalg.norm(truth.held() - begin))
    for side in DIRECTIONS:
        away = float(np.linalg.norm(truth.held() - begin))
        most = max(most, away + truth.pushed(suite.push * side, suite.seconds))
    if picture is not None:
        picture("pushed", line)
    return most, ""


def _quaternion(turn: np.ndarray) -> Quaternion:
    """A rotation matrix as a quaternion, w-x-y-z."""
    x, y, z, w = Rotation.from_matrix(turn).as_quat().tolist()
    return w, x, y, z
