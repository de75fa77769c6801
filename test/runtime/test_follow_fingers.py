"""The controller of coarse finger commands in the runtime: it follows, it keeps the cube, and it says what it lost."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from skill_stack.connector.retargeting.hand_shape import HandShape
from skill_stack.connector.retargeting.shared_space import shared_space
from skill_stack.controllers.slow.slow_skill import SlowSkill
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import StepOutcome
from skill_stack.core.shared_memory.slow_channel import SlowQuestion
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.runtime.episodes.gesture_episode import GRAVITY
from skill_stack.runtime.episodes.grasp_episode import THING
from skill_stack.runtime.episodes.hand_truth import HandTruth
from skill_stack.runtime.episodes.palm_episode import PLACE
from skill_stack.runtime.line.parts_line import PartsLine

ROOT = Path(__file__).resolve().parents[2]
SKILL = "follow_fingers"
INDEX = ("joint_1.0", "joint_2.0", "joint_3.0")
Told = Callable[[float], Mapping[str, float]]


@pytest.fixture(scope="module")
def resources() -> Resources:
    return Resources.from_environment({})


@pytest.fixture(scope="module")
def robot(resources: Resources) -> RobotSpec:
    return load_robot(resources.robot("allegro_right"), resources)


@pytest.fixture(scope="module")
def library(resources: Resources, robot: RobotSpec) -> SkillLibrary:
    return load_library(resources, robot)


@pytest.fixture(scope="module")
def coordinates(robot: RobotSpec) -> Callable[[Mapping[str, float]], dict[str, float]]:
    """Goal values for the bowl with some joints moved, rad."""
    shape, space = HandShape(robot), shared_space()

    def of(moved: Mapping[str, float]) -> dict[str, float]:
        joints = robot.pose("cradle")
        for name, angle in moved.items():
            joints[robot.joint_names.index(name)] += angle
        told = space.encode(shape.tips(joints), shape.which)
        return {f"s{number}": float(value) for number, value in enumerate(told, 1)}

    return of


def led(robot: RobotSpec, library: SkillLibrary, told: Told, seconds: float, cube: bool = True) -> Led:
    """Tells a hand that holds a cube what to do ten times a second: what came of it, and how far the cube went, m."""
    brief = library.changed(SKILL, success=(f"elapsed >= {seconds}",))
    thing = SceneObject(
        THING, THING, (0.0, 0.0, 1.0), shape="box", size=(0.065,) * 3, movable=True, mass=0.09, friction=0.8
    )
    line = PartsLine(robot, brief, SceneSetup(name="led", seed=5, start=Pose2(0.0, 0.0, 0.0), objects=(thing,)))
    truth = HandTruth(line, THING)
    line.device.model.opt.gravity[:] = -GRAVITY * truth.up
    truth.lay(PLACE if cube else PLACE + (0.4, 0.0, 0.3), 0.1)
    line.idle(0.5)
    assert line.run_skill("cradle", {}).outcome == "succeeded"
    line.idle(0.5)
    at, begun, due, bent = truth.held(), line.now, [0.1], []

    def watch() -> None:
        bent.append(truth.flexion(INDEX))
        elapsed, request = line.now - begun, line.connector.active
        if elapsed >= due[0] and request is not None and request.skill == SKILL:
            due[0] += 0.1
            changed = dataclasses.replace(request, arguments={**request.arguments, **told(elapsed)})
            line.connector.change(changed, line.scene, line.now)

    line.watcher = watch
    outcome: StepOutcome = line.run_skill(SKILL, told(0.0))
    return Led(outcome, float(np.linalg.norm(truth.held() - at)), bent[-1] - bent[0])


@dataclasses.dataclass(frozen=True)
class Led:
    """What came of it, how far the cube went, m, and by how much the index finger bent, rad."""

    outcome: StepOutcome
    went: float
    bent: float


PUSH = {"joint_1.0": 1.08, "joint_5.0": 0.98, "joint_10.0": 0.63, "joint_13.0": -0.6}
"""Finger motion of a push to the wrist, rad."""


def test_it_fits_the_runtime(robot: RobotSpec, library: SkillLibrary, resources: Resources) -> None:
    folder = resources.find(f"models/allegro_right/{SKILL}", "skill")
    slow = SlowSkill.from_spec(library[SKILL], robot, folder)
    answer = slow.answerer().answer(SlowQuestion(1, 0, 0.0, np.zeros(slow.sight().size)))
    assert answer is not None and answer.actions.shape == (slow.chunk.steps, robot.size)
    assert (folder / "policy.onnx").stat().st_size < 5e6
    assert slow.chunk.fallback == "hold_hand"


def test_what_is_no_number_gives_no_target(robot: RobotSpec, library: SkillLibrary, resources: Resources) -> None:
    slow = SlowSkill.from_spec(library[SKILL], robot, resources.find(f"models/allegro_right/{SKILL}", "skill"))
    asked = np.zeros(slow.sight().size)
    asked[-30] = np.nan
    answer = slow.answerer().answer(SlowQuestion(1, 0, 0.0, asked))
    assert answer is None or not np.isfinite(answer.actions).all()  # the runner drops it, and falls back to hold


def test_it_follows_and_keeps_the_cube(robot: RobotSpec, library: SkillLibrary, coordinates) -> None:
    found = led(robot, library, lambda now: {**coordinates(PUSH), "obey": 0.5}, 3.0)
    assert found.outcome.outcome == "succeeded"
    assert found.bent > 0.2 and found.went < 0.045


def test_at_the_lower_end_of_the_dial_it_holds(robot: RobotSpec, library: SkillLibrary, coordinates) -> None:
    found = led(robot, library, lambda now: {**coordinates(PUSH), "obey": 0.0}, 3.0)
    assert found.outcome.outcome == "succeeded"
    assert abs(found.bent) < 0.15 and found.went < 0.01


@pytest.mark.parametrize("shakes", [True, False])
def test_a_command_that_shakes_or_is_impossible_is_set_aside(
    robot: RobotSpec, library: SkillLibrary, shakes: bool
) -> None:
    def told(now: float) -> dict[str, float]:
        side = (-1.0) ** round(10.0 * now) if shakes else 1.0
        return {f"s{number}": 5.0 * side * (-1.0) ** number for number in range(1, 9)}

    found = led(robot, library, told, 3.0)
    assert found.outcome.outcome == "succeeded"
    assert abs(found.bent) < 0.5 and found.went < 0.02


def test_a_cube_that_is_not_there_is_noticed(robot: RobotSpec, library: SkillLibrary, coordinates) -> None:
    found = led(robot, library, lambda now: {**coordinates(PUSH), "obey": 0.5}, 30.0, cube=False)
    assert found.outcome.outcome == "failed" and "load" in found.outcome.reason


def test_a_command_that_is_no_number_is_refused(robot: RobotSpec, library: SkillLibrary, coordinates) -> None:
    with pytest.raises(DataError, match="s1 = nan"):
        led(robot, library, lambda now: {**coordinates({}), "s1": float("nan") if now > 0.5 else 0.0}, 2.0)
