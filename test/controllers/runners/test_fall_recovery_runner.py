"""The posture that turns a fallen robot onto its feet first."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from skill_stack.controllers.estimation.estimator import Estimator
from skill_stack.controllers.estimation.fast_estimate import numbers_of
from skill_stack.controllers.runners.fall_recovery_runner import FallRecoveryRunner
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import PosturePart, load_skill

DT = 0.02


@pytest.fixture(scope="module")
def go2(go2_folder):
    return load_robot(go2_folder / "urdf" / "go2")


@pytest.fixture
def spec(go2_folder):
    return load_skill(go2_folder / "models" / "go2" / "get_up")


@pytest.fixture(scope="module")
def g1(go2_folder):
    return load_robot(go2_folder / "urdf" / "g1")


@pytest.fixture
def rises(go2_folder):
    return load_skill(go2_folder / "models" / "g1" / "get_up")


def pitched(robot, pitch, roll=0.0, pose="default"):
    """A reading of a robot whose base is pitched by an angle, positive nose down, and then rolled."""
    gravity = (math.sin(pitch), -math.cos(pitch) * math.sin(roll), -math.cos(pitch) * math.cos(roll))
    numbers = numbers_of(robot.pose(pose), [0.0] * robot.size, gravity=gravity)
    return Estimator(robot).last._replace(numbers=numbers)


def lying(robot, roll):
    """A reading of a robot that is rolled by an angle, positive onto its right side, with its legs tucked."""
    return pitched(robot, 0.0, roll, pose="lie")


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


def ends_of(frames):
    return np.cumsum([frame.duration for frame in frames])


@pytest.mark.parametrize(("pitch", "roll", "side"), [(-1.5, 0.4, "right"), (-1.5, -0.4, "left"), (0.0, 1.5, "right")])
def test_a_humanoid_on_its_back_or_side_rolls_over_first(g1, rises, pitch, roll, side):
    runner, reading = FallRecoveryRunner(rises, g1), pitched(g1, pitch, roll)
    runner.start(reading, None)
    first = turn_of(rises, side).keyframes[0]
    np.testing.assert_allclose(run(runner, reading, first.duration).q, g1.by_name(first.joints), atol=0.05)
    assert runner.progress == 0.0


def test_a_humanoid_on_its_front_rises_as_long_as_its_pitch_is_what_the_keyframes_say(g1, rises):
    runner, lies = FallRecoveryRunner(rises, g1), pitched(g1, 1.5)
    runner.start(lies, None)
    frames = rises.posture.keyframes
    sits = next(i for i, frame in enumerate(frames) if frame.pitch is not None and frame.pitch[0] < 0.0)
    run(runner, lies, ends_of(frames)[sits] - 2 * DT)
    assert 0.3 < runner.progress < 0.8
    on = FallRecoveryRunner(rises, g1)
    on.start(lies, None)
    run(on, lies, ends_of(frames)[sits] - 2 * DT)
    run(on, pitched(g1, 0.3), 4 * DT)
    assert on.progress > runner.progress, "it sits on its toes, and goes on"
    run(runner, lies, 4 * DT)
    assert runner.progress < 0.05, "it still lies on its front, and begins anew"


def test_a_humanoid_that_is_upright_goes_to_the_end_at_once(g1, rises):
    runner, reading = FallRecoveryRunner(rises, g1), pitched(g1, 0.1)
    runner.start(reading, None)
    last = rises.posture.keyframes[-1]
    np.testing.assert_allclose(run(runner, reading, last.duration + DT).q, g1.by_name(last.joints), atol=1e-6)
    assert runner.progress == 1.0


def test_joints_and_groups_may_have_their_own_gains(g1, rises):
    runner = FallRecoveryRunner(rises, g1)
    runner.start(pitched(g1, 1.5), None)
    targets, at = run(runner, pitched(g1, 1.5), DT), list(g1.joint_names).index
    frame = rises.posture.keyframes[0]
    assert (targets.kp[at("left_knee_joint")], targets.kd[at("left_knee_joint")]) == (frame.kp, frame.kd)
    for name, own in (("waist_roll_joint", "waist"), ("right_wrist_yaw_joint", "right_wrist_yaw_joint")):
        assert (targets.kp[at(name)], targets.kd[at(name)]) == rises.posture.gains[own]
    wrong = rises.posture.model_copy(update={"gains": {"tail": (1.0, 1.0)}})
    with pytest.raises(UnknownName, match="tail"):
        FallRecoveryRunner(rises.model_copy(update={"posture": wrong}), g1)
