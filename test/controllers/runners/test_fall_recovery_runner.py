"""The posture that turns a fallen robot onto its feet first."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from skill_stack.controllers.estimation.estimator import Estimator
from skill_stack.controllers.estimation.fast_estimate import numbers_of
from skill_stack.controllers.runners.fall_recovery_runner import FallRecoveryRunner
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import PosturePart, load_skill

DT = 0.02


@pytest.fixture(scope="module")
def go2(go2_folder):
    return load_robot(go2_folder / "urdf" / "go2")


@pytest.fixture
def spec(go2_folder):
    return load_skill(go2_folder / "models" / "go2" / "get_up")


def lying(robot, roll):
    """A reading of a robot that is rolled by an angle, positive onto its right side, with its legs tucked."""
    gravity = (0.0, -math.sin(roll), -math.cos(roll))
    numbers = numbers_of(robot.pose("lie"), [0.0] * robot.size, gravity=gravity)
    return Estimator(robot).last._replace(numbers=numbers)


def run(runner, reading, seconds):
    for _ in range(round(seconds / DT)):
        targets = runner.run(reading, {}, DT)
    return targets


def turn_of(spec, side):
    return next(turn for turn in spec.posture.turns if turn.lower == side)


@pytest.mark.parametrize(("roll", "side"), [(2.0, "right"), (-2.0, "left"), (3.0, "right"), (-3.0, "left")])
def test_a_fallen_robot_turns_over_its_lower_side(go2, spec, roll, side):
    runner, reading = FallRecoveryRunner(spec, go2), lying(go2, roll)
    runner.start(reading, None)
    first = turn_of(spec, side).keyframes[0]
    np.testing.assert_allclose(run(runner, reading, first.duration).q, go2.pose(first.pose), atol=0.05)
    assert runner.progress == 0.0, "it has not begun to rise"


def test_an_upright_robot_rises_at_once(go2, spec):
    runner, reading = FallRecoveryRunner(spec, go2), lying(go2, 0.4)
    runner.start(reading, None)
    run(runner, reading, sum(frame.duration for frame in spec.posture.keyframes) + DT)
    assert runner.progress == 1.0
    np.testing.assert_allclose(run(runner, reading, DT).q, go2.pose("default"), atol=1e-6)


def test_it_turns_again_by_the_side_that_lies_lower_then(go2, spec):
    runner, reading = FallRecoveryRunner(spec, go2), lying(go2, 2.5)
    runner.start(reading, None)
    run(runner, reading, sum(frame.duration for frame in turn_of(spec, "right").keyframes))
    other = lying(go2, -1.6)
    first = turn_of(spec, "left").keyframes[0]
    np.testing.assert_allclose(run(runner, other, first.duration).q, go2.pose(first.pose), atol=0.05)


def test_one_that_falls_over_again_begins_anew(go2, spec):
    runner, reading = FallRecoveryRunner(spec, go2), lying(go2, 0.0)
    runner.start(reading, None)
    run(runner, reading, 10.0)
    assert runner.progress == 1.0
    run(runner, lying(go2, 3.0), DT)
    assert runner.progress == 0.0


def test_no_command_jumps(go2, spec):
    runner = FallRecoveryRunner(spec, go2)
    runner.start(lying(go2, 3.0), None)
    targets = [run(runner, lying(go2, 3.0), DT).q for _ in range(round(sum(
        frame.duration for frame in turn_of(spec, "right").keyframes) / DT) - 1)]
    assert np.abs(np.diff(targets, axis=0)).max() < go2.safety.slew / go2.control_rate


def test_both_sides_need_a_turn(spec):
    with pytest.raises(ValidationError, match="left"):
        PosturePart.model_validate({**spec.posture.model_dump(), "turns": [turn_of(spec, "left").model_dump()]})


def test_refuses_a_posture_without_turns(go2, go2_folder):
    with pytest.raises(DataError, match="no turns"):
        FallRecoveryRunner(load_skill(go2_folder / "models" / "go2" / "rise"), go2)
