"""Cloning a teacher, and the body's pose that is made so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="needs the extra 'train'")

from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.core.rotation import gravity_in_base  # noqa: E402
from skill_stack.training.exporting.policy import LoadedPolicy  # noqa: E402
from skill_stack.training.learners.body_pose import BodyPoseTeacher, gravity_of, rotation  # noqa: E402
from skill_stack.training.learners.cloning import CloneSettings, clone  # noqa: E402
from skill_stack.training.tasks.clone_task import examples, load_clone_task, make_clone  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
ROBOT = load_robot(ROOT / "urdf" / "go2")
TEACHER = BodyPoseTeacher(ROBOT)
SMALL = st.floats(-0.2, 0.2)


def test_a_student_does_what_its_teacher_does_on_what_it_has_not_seen() -> None:
    rng = np.random.default_rng(0)
    inputs = rng.uniform(-1, 1, (4000, 2))
    outputs = np.stack([np.sin(2 * inputs[:, 0]), inputs[:, 0] * inputs[:, 1]], axis=1)
    lines: list[str] = []
    result = clone(
        inputs,
        outputs,
        CloneSettings(hidden=(32, 32), epochs=30, batch=64, learning_rate=1e-2),
        seed=1,
        report=lines.append,
    )
    assert result.error.max() < 0.03 < outputs.std(axis=0).min()
    assert result.largest < 0.3 and len(lines) == 10
    again = clone(inputs, outputs, CloneSettings(hidden=(32, 32), epochs=30, batch=64, learning_rate=1e-2), seed=1)
    assert np.array_equal(again.error, result.error), "the same seed gives the same student"


def test_a_student_may_learn_on() -> None:
    inputs = np.random.default_rng(0).uniform(-1, 1, (2000, 2))
    outputs = inputs[:, :1] ** 2
    first = clone(inputs, outputs, CloneSettings(hidden=(16,), epochs=2), seed=1)
    before = float(first.error.max())
    assert clone(inputs, outputs, CloneSettings(epochs=20), 1, first.network).error.max() < before


@pytest.mark.parametrize(
    ("inputs", "outputs", "says"),
    [
        (np.zeros((10, 2)), np.zeros((10, 1)), "512 or more"),
        (np.zeros((600, 2)), np.zeros((500, 1)), "600 inputs and 500 outputs"),
        (np.full((600, 2), np.nan), np.zeros((600, 1)), "not finite"),
    ],
)
def test_examples_that_teach_nothing_are_refused(inputs: np.ndarray, outputs: np.ndarray, says: str) -> None:
    with pytest.raises(DataError, match=says):
        clone(inputs, outputs, CloneSettings(), seed=0)


@settings(max_examples=20, deadline=None)
@given(height=st.floats(-0.07, 0.01), roll=SMALL, pitch=SMALL, yaw=SMALL)
def test_the_teacher_keeps_the_feet_where_they_stand(height: float, roll: float, pitch: float, yaw: float) -> None:
    pose = np.array([height, roll, pitch, yaw])
    joints = TEACHER.joints(pose)
    assert TEACHER.reach_error(pose, joints) < 0.004
    assert (joints >= ROBOT.column("lower")).all() and (joints <= ROBOT.column("upper")).all()


def test_standing_is_the_default_pose_and_gravity_is_the_loops() -> None:
    assert TEACHER.joints(np.zeros(4)) == pytest.approx(ROBOT.pose("default"), abs=1e-6)
    roll, pitch = 0.2, -0.1
    matrix = rotation(roll, pitch, 0.7)
    w = np.sqrt(1 + np.trace(matrix)) / 2
    turns = [matrix[2, 1] - matrix[1, 2], matrix[0, 2] - matrix[2, 0], matrix[1, 0] - matrix[0, 1]]
    orientation = np.array([w, *(np.array(turns) / (4 * w))])
    assert gravity_of(np.array(roll), np.array(pitch)) == pytest.approx(gravity_in_base(orientation))


def test_a_clone_is_a_policy_like_every_other(tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="needs the extra 'train'")
    shipped = load_clone_task(ROOT / "models" / "go2" / "body_pose")
    fit = CloneSettings(hidden=(32,), epochs=30, batch=64, learning_rate=1e-2)
    task = shipped.model_copy(update={"examples": 1500, "fit": fit})
    digest = make_clone(ROBOT, task, tmp_path / "policy.onnx", 3, lambda _: None)
    loaded = LoadedPolicy(tmp_path / "policy.onnx", ROBOT)
    assert len(digest) == 64 and loaded.contract == task.contract(ROBOT)
    observations, actions = examples(ROBOT, task.model_copy(update={"examples": 50}), np.random.default_rng(9))
    answer = loaded.session.run(None, {"obs": observations.astype(np.float32)})[0]
    assert np.abs(answer - actions).mean() * task.action_scale < 0.05


def test_the_shipped_clone_does_what_its_teacher_does() -> None:
    folder = ROOT / "models" / "go2" / "body_pose"
    task = load_clone_task(folder).model_copy(update={"examples": 200})
    loaded = LoadedPolicy(folder / "policy.onnx", ROBOT)
    observations, actions = examples(ROBOT, task, np.random.default_rng(77))
    answer = loaded.session.run(None, {"obs": observations.astype(np.float32)})[0]
    assert np.sqrt(np.square(answer - actions).mean()) * task.action_scale < 0.02
