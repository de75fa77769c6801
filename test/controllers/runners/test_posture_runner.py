from itertools import pairwise

import numpy as np
import pytest
from pydantic import ValidationError

from skill_stack.controllers.estimation.estimator import Estimator
from skill_stack.controllers.estimation.fast_estimate import numbers_of
from skill_stack.controllers.runners.posture_runner import PostureRunner
from skill_stack.controllers.runners.runner import Targets
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import UNDO
from skill_stack.core.skills.skill import PosturePart, load_skill


@pytest.fixture(scope="module")
def go2(go2_folder):
    return load_robot(go2_folder / "urdf" / "go2")


def state_at(robot, position, velocity=None):
    return Estimator(robot).last._replace(numbers=numbers_of(position, velocity or [0.0] * robot.size))


def test_passes_its_poses_and_holds_the_last(go2, go2_folder):
    spec = load_skill(go2_folder / "models" / "go2" / "rise")
    runner, begin = PostureRunner(spec, go2), go2.pose("sit") + 0.1
    runner.start(state_at(go2, begin), None)
    runs, progress = [], []
    for _ in range(120):
        runs.append(runner.run(state_at(go2, begin), {}, 0.02))
        progress.append(runner.progress)
    total = sum(frame.duration for frame in spec.posture.keyframes)
    first = round(spec.posture.keyframes[0].duration / 0.02) - 1
    np.testing.assert_allclose(runs[0].q, begin, atol=0.02)
    np.testing.assert_allclose(runs[first].q, go2.pose(spec.posture.keyframes[0].pose), atol=1e-9)
    np.testing.assert_allclose(runs[-1].q, go2.pose(spec.posture.keyframes[-1].pose), atol=1e-9)
    assert runs[-1].kp == (spec.posture.keyframes[-1].kp,) * 12
    assert all(a <= b for a, b in pairwise(progress)) and progress[-1] == 1.0
    assert progress.index(1.0) == round(total / 0.02) - 1
    steps = np.abs(np.diff([run.q for run in runs], axis=0)).max()
    assert steps < go2.safety.slew / go2.control_rate


def test_begins_anew_from_where_the_joints_are(go2, go2_folder):
    runner = PostureRunner(load_skill(go2_folder / "models" / "go2" / "sit"), go2)
    runner.run(state_at(go2, go2.pose("default")), {}, 10.0)
    assert runner.progress == 1.0
    runner.start(state_at(go2, go2.pose("lie")), None)
    assert runner.progress == 0.0
    np.testing.assert_allclose(runner.run(state_at(go2, go2.pose("lie")), {}, 1e-6).q, go2.pose("lie"), atol=1e-6)


def test_goes_on_pressing_on_what_is_held_where_the_skill_says_so(go2_folder):
    leap = load_robot(go2_folder / "urdf" / "leap")
    spec = load_skill(go2_folder / "models" / "leap" / "hold_hand")
    assert spec.posture.keep_hold, "a hand that is told to keep still must not open"
    loose = spec.model_copy(update={"posture": spec.posture.model_copy(update={"keep_hold": False})})
    keeps, lets_go = PostureRunner(spec, leap), PostureRunner(loose, leap)
    reading = state_at(leap, leap.pose("default"))
    own = keeps.run(reading, {}, 0.02).kp
    told = Targets([q + 0.1 for q in reading.position], tuple(2.0 * kp for kp in own), own)
    for runner in (keeps, lets_go):
        runner.start(reading, None)
        runner.take_hold(reading, told)
    upper = [joint.upper for joint in leap.joints]
    pressed = [min(q + 0.2, high) for q, high in zip(reading.position, upper)]  # half as stiff, so twice as far
    np.testing.assert_allclose(keeps.run(reading, {}, 0.02).q, pressed)
    np.testing.assert_allclose(lets_go.run(reading, {}, 0.02).q, reading.position)


def test_moves_to_joint_positions_that_are_no_named_pose(go2, go2_folder):
    spec = load_skill(go2_folder / "models" / "go2" / "sit")
    there = {name: value + 0.1 for name, value in zip(go2.joint_names, go2.pose("default"))}
    frame = {"joints": there, "duration": 0.1, "kp": 40.0, "kd": 2.0}
    runner = PostureRunner(spec.model_copy(update={"posture": PosturePart(keyframes=(frame,))}), go2)
    reading = state_at(go2, go2.pose("default"))
    runner.start(reading, None)
    for _ in range(6):
        targets = runner.run(reading, {}, 0.02)
    np.testing.assert_allclose(targets.q, go2.by_name(there))
    with pytest.raises(ValidationError, match="a pose, or the positions of all joints"):
        PosturePart(keyframes=({**frame, "pose": "default"},))


def test_refuses_what_is_no_posture(robot, library):
    with pytest.raises(DataError, match="not posture"):
        PostureRunner(library.entries["walk"].spec, robot)
    spec = library.entries["rise"].spec
    frames = tuple(frame.model_copy(update={"pose": "headstand"}) for frame in spec.posture.keyframes)
    with pytest.raises(UnknownName, match="default"):
        PostureRunner(spec.model_copy(update={"posture": spec.posture.model_copy(update={"keyframes": frames})}), robot)


class Before:
    """A skill that ran before, in a phase of some kind."""

    def __init__(self, spec):
        self.spec, self.progress = spec, 0.0


@pytest.fixture
def lowering(go2, go2_folder):
    """A robot that sits down out of standing still, and that skill's runner half a second on."""
    runner = PostureRunner(load_skill(go2_folder / "models" / "go2" / "sit"), go2)
    standing = Before(load_skill(go2_folder / "models" / "go2" / "wait"))

    def begin(before=standing, speed=0.0):
        reading = state_at(go2, go2.pose("default"), [speed] * 12)
        runner.start(reading, before)
        for _ in range(25):
            runner.run(reading, {}, 0.02)
        return runner, lambda goals: runner.run(reading, goals, 0.02)

    return begin


def test_goes_back_the_way_it_came(go2, lowering):
    runner, tick = lowering()
    there = runner.progress
    targets = [tick({UNDO: 1.0}).q for _ in range(60)]
    assert runner.undone and runner.progress == 0.0 < there
    np.testing.assert_allclose(targets[-1], go2.pose("default"), atol=1e-9)
    speed = np.diff(targets, axis=0) / 0.02
    assert np.abs(np.diff(speed, axis=0)).max() < 0.25, "it turns round without a jolt"
    for _ in range(200):
        last = tick({}).q
    assert not runner.undone and runner.progress == 1.0, "without the wish it goes on to its end"
    np.testing.assert_allclose(last, go2.pose("sit"), atol=1e-9)


def test_does_not_go_back_where_it_cannot(go2, go2_folder, lowering):
    seated = Before(load_skill(go2_folder / "models" / "go2" / "sit"))
    for begun in ({"before": None}, {"before": seated}, {"speed": 2.0}):
        runner, tick = lowering(**begun)
        for _ in range(200):
            tick({UNDO: 1.0})
        assert runner.progress == 1.0 and not runner.undone, begun
