"""A drawn body on a table, which a hand is told to pick up, judged on simulator truth."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from skill_stack.connector.grasping.choice import FITTING
from skill_stack.connector.grasping.grasp_plan import GraspWish
from skill_stack.connector.grasping.hand_kinematics import HandKinematics
from skill_stack.connector.grasping.held import forget, remember
from skill_stack.connector.kinematics.chain import Chain
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.instruction import Instruction
from skill_stack.core.robots.camera_spec import rotation_of
from skill_stack.core.robots.grasp import Vector
from skill_stack.core.robots.robot import RobotSpec, hand_of
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.evaluation.scores.any_shape_suite import THING, AnyShapeSuite, LiftWorld, draw_lift
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.hand_truth import HandTruth
from skill_stack.runtime.line.parts_line import PartsLine

LOOKS = 2
"""Looks at a body of which nothing else is known."""
SETTLE = 0.5
"""Time in which the body comes to rest on the table, s."""
LEANING = 0.6
"""Largest angle by which the asked fingers lean, rad."""
HALVES: tuple[Vector, ...] = ((1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1))
"""Halves of a body that are asked for: ahead, behind, left, right and upper."""
MOST_TURNED, MOST_INSIDE = 15.0, 0.8
"""Largest angle of the hand from what was asked, degrees, and least share of contacts in the asked half."""


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
        turned: Largest angle of the lifted hand's palm or fingers from where they were asked to point, degrees.
        inside: Share of contacts of hand and lifted body that are in the half that was asked for.
        simulated_seconds: Task time, s.
    """

    task: str
    seed: int
    mesh: str
    passed: bool
    reason: str
    lifted: float | None
    simulated_seconds: float
    turned: float | None = None
    inside: float | None = None

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
        """Runs one episode.

        Args:
            task: ``lift``, ``heading`` (palm and fingers are asked for), ``half`` (where to touch is) or ``cloud`` (of
                the body is known what a camera sees alone).
            seed: Of the world.
        """
        drawn = draw_lift(self._suite, seed)
        setup = _setup(self._suite, drawn, seed)
        line = PartsLine(self._robot, self._library, setup)
        truth, hand = HandTruth(line, THING), hand_of(self._robot)[1]
        forget(hand, THING)  # of an episode before
        if (wish := wished_for(task, seed)) is not None:
            remember(hand, THING, wish)
        line.idle(SETTLE)
        begin, attitude = float(truth.position()[2]), truth.attitude()
        least, measured = None, dict[str, float]()
        with TemporaryDirectory() as folder:
            try:
                line.scene = self._told(line, drawn, setup if task == "cloud" else None, Path(folder))
                reason = self._carried_out(line)
            except DataError as error:
                reason = f"not seen: {error}"
        if not reason:
            least, reason = self._held(line, truth, begin)
        if least is not None and wish is not None:
            measured, wrong = _as_asked(line, truth, wish, attitude)
            reason = reason or wrong
        mesh, now = drawn.world.thing.mesh, round(line.now, 2)
        return LiftEpisode(task, seed, mesh, not reason, reason, least, now, **measured)

    def _told(self, line: PartsLine, drawn: LiftWorld, setup: SceneSetup | None, folder: Path) -> SceneGraph:
        """The map: with a small error of the body's place, or with the body that a camera sees in a world."""
        thing = line.scene.objects[THING]
        x, y, z = thing.position
        told = dataclasses.replace(thing, position=(x + drawn.off[0], y + drawn.off[1], z))
        if setup is not None:
            told = self._seen(told, setup, folder)
        return SceneGraph({**line.scene.objects, THING: told}, line.scene.facts, line.scene.robot)

    def _seen(self, thing: SceneObject, setup: SceneSetup, folder: Path) -> SceneObject:
        """A thing with the shape and at the place that two looks show; raises DataError where they show none."""
        import trimesh  # slow to import; only who has meshes needs it

        from skill_stack.runtime.handling.lift_looks import seen_body  # on demand: rendering

        top = self._suite.lift.table[1]
        vertices, faces = seen_body(setup, top, np.random.default_rng([setup.seed, 8]), LOOKS)
        low, high = vertices.min(axis=0), vertices.max(axis=0)
        trimesh.Trimesh(vertices, faces).export(path := folder / f"{thing.id}.stl")
        middle = 0.5 * (low + high)
        size, place = _vector(high - low), _vector(middle + (0.0, 0.0, top))
        return dataclasses.replace(thing, position=place, yaw=0.0, size=size, mesh=str(path))

    def _held(self, line: PartsLine, truth: HandTruth, begin: float) -> tuple[float, str]:
        """Least height of the body over where it stood while it is held, m, and what is wrong with that."""
        least, lift = np.inf, self._suite.lift
        end = line.now + lift.seconds
        while line.now < end:
            line.step()
            least = min(least, float(truth.position()[2]) - begin)
        low = f"{1000 * least:.0f} mm over where it stood, of {1000 * lift.height:.0f}"
        return least, "" if least >= lift.height else low

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


def wished_for(task: str, seed: int) -> GraspWish | None:
    """What is asked for besides the words, in the body's frame; None for nothing.

    Args:
        task: See :meth:`LiftEpisodes.run`.
        seed: Of the world.
    """
    rng = np.random.default_rng([seed, 6])
    if task == "heading":  # the palm looks anywhere around, the fingers down or up to LEANING over it
        around, lean = rng.uniform(-np.pi, np.pi), rng.uniform(0.0, LEANING)
        level, up = np.array([np.cos(around), np.sin(around), 0.0]), np.array([0.0, 0.0, 1.0])
        palm, fingers = np.cos(lean) * level - np.sin(lean) * up, -np.cos(lean) * up - np.sin(lean) * level
        return GraspWish(FITTING, palm=_vector(palm), fingers=_vector(fingers))
    return GraspWish(FITTING, half=HALVES[int(rng.integers(len(HALVES)))]) if task == "half" else None


def _vector(values: np.ndarray) -> Vector:
    x, y, z = values.tolist()
    return x, y, z


def _as_asked(line: PartsLine, truth: HandTruth, wish: GraspWish, attitude: np.ndarray) -> tuple[dict[str, float], str]:
    """How a lifted body is held compared with a wish, by the truth, and what is not as asked.

    Args:
        line: The line.
        truth: Of it.
        wish: What was asked for.
        attitude: Orientation of the body when it stood, shape (3, 3).
    """
    if wish.palm is not None and wish.fingers is not None:
        hand, turn = HandKinematics(hand_of(line.robot)[1]), attitude.T @ _hand_turn(line)
        off = [turn @ own @ np.array(wanted) for own, wanted in ((hand.palm, wish.palm), (hand.fingers, wish.fingers))]
        turned = float(np.degrees(np.arccos(np.clip(off, -1.0, 1.0))).max())
        return {"turned": turned}, "" if turned <= MOST_TURNED else f"turned by {turned:.0f}° from what was asked"
    touched = truth.touched()
    inside = float((touched @ np.array(wish.half) > 0.0).mean()) if len(touched) else 0.0
    return {"inside": inside}, "" if inside >= MOST_INSIDE else f"{100 * inside:.0f} % of contacts in the asked half"


def _hand_turn(line: PartsLine) -> np.ndarray:
    """True rotation from the hand's frame to the world, shape (3, 3)."""
    (part, hand), robot = hand_of(line.robot), line.robot
    names = robot.parts[robot.main_part].joints
    chain = Chain(robot, f"{part}_{hand.source.base_link}", names)
    place = chain.place({name: float(line.device.data.joint(name).qpos[0]) for name in names})
    assert robot.fixed is not None, "a hand on something that is bolted down"
    return np.asarray(rotation_of(robot.fixed.rpy) @ place.turn)


def _setup(suite: AnyShapeSuite, drawn: LiftWorld, seed: int) -> SceneSetup:
    world, (width, height) = drawn.world, suite.lift.table
    table = SceneObject("table", "table", (0.0, 0.0, height / 2), 0.0, "box", (width, width, height), "grey")
    return SceneSetup(
        name=suite.name, seed=seed, start=Pose2(0.0, 0.0, 0.0), objects=(world.thing, table), noise=world.noise,
        latency=world.latency, motor_strength=world.motor_strength,
    )  # fmt: skip
