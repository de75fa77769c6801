"""A person's motion on a humanoid: directions are kept, limits hold, nothing jumps; and the skill made of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("mink", reason="needs the extra 'motion'")
onnxruntime = pytest.importorskip("onnxruntime")

from skill_stack.core.data_file import load_model  # noqa: E402
from skill_stack.core.errors import DataError, UnknownName  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.core.skills.skill import SkillSpec  # noqa: E402
from skill_stack.training.clips.bvh import load_bvh  # noqa: E402
from skill_stack.training.clips.carrying_over import FASTEST, Clip, carry_over, postures  # noqa: E402
from skill_stack.training.clips.clip_skill import ending_at_rest, write_skill  # noqa: E402
from skill_stack.training.clips.human_motion import HumanMotion  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
ROBOT = load_robot(ROOT / "urdf" / "g1")
GREETING = load_bvh(ROOT / "examples" / "clips" / "greeting.bvh")
RATE = 20.0


@pytest.fixture(scope="module")
def clip() -> Clip:
    short = HumanMotion(GREETING.joints, GREETING.positions[:60], GREETING.rate)
    return carry_over(short, ROBOT, RATE)


def test_elbows_and_hands_are_where_the_persons_are(clip: Clip) -> None:
    assert clip.error.mean() < 0.02 and np.quantile(clip.error, 0.9) < 0.05


def test_limits_hold_and_nothing_jumps(clip: Clip) -> None:
    assert (clip.joint_pos >= ROBOT.column("lower") - 1e-6).all()
    assert (clip.joint_pos <= ROBOT.column("upper") + 1e-6).all()
    step = np.abs(np.diff(clip.joint_pos, axis=0))
    assert (step <= FASTEST * ROBOT.column("velocity") / RATE + 1e-6).all()


def test_neither_size_nor_heading_of_the_person_matters() -> None:
    turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    other = replace(GREETING, positions=1.3 * GREETING.positions @ turn.T + [4.0, 5.0, 0.0])
    for one, same in zip(postures(GREETING)[::40], postures(other)[::40]):
        assert np.allclose(one.trunk, same.trunk, atol=1e-9) and np.allclose(one.arms, same.arms, atol=1e-9)


def test_a_person_without_hands_is_named() -> None:
    kept = [place for place, name in enumerate(GREETING.joints) if "Hand" not in name]
    lame = HumanMotion(tuple(GREETING.joints[place] for place in kept), GREETING.positions[:, kept], GREETING.rate)
    with pytest.raises(UnknownName, match="Hand"):
        postures(lame)


def test_limbs_without_length_are_named() -> None:
    flat = replace(GREETING, positions=np.zeros_like(GREETING.positions))
    with pytest.raises(DataError, match="one place"):
        postures(flat)


def test_what_is_no_humanoid_is_named() -> None:
    with pytest.raises(DataError, match="lacks the links"):
        carry_over(GREETING, load_robot(ROOT / "urdf" / "go2"), RATE)


def test_a_skill_ends_in_the_default_pose(clip: Clip) -> None:
    joints = ROBOT.members(("waist", "arms"))
    ended, places = ending_at_rest(clip, ROBOT, joints), ROBOT.indices(joints)
    np.testing.assert_allclose(ended.joint_pos[: len(clip.joint_pos)], clip.joint_pos)
    np.testing.assert_allclose(ended.joint_pos[-1, places], ROBOT.pose("default")[places], atol=1e-9)
    begun, fastest = np.abs(ended.joint_vel[len(clip.joint_pos)]).max(), np.abs(ended.joint_vel).max()
    assert begun < 0.2 and fastest < 0.5 * ROBOT.column("velocity").min()
    assert len(ended.body_pos) == len(ended.body_quat) == len(ended.joint_pos)
    np.testing.assert_allclose(ended.body_pos[-1, 0], clip.body_pos[-1, 0])


def test_a_skill_is_made_that_loads_and_pulls_at_what_lags_behind(clip: Clip, tmp_path: Path) -> None:
    path = write_skill(clip, ROBOT, tmp_path / "greet", "greeting.bvh", ("waist", "arms"))
    spec = load_model(SkillSpec, path)
    assert spec.policy is not None and spec.policy.manifest is not None
    joints = spec.policy.manifest.joint_names
    assert joints == ROBOT.members(("waist", "arms"))
    run = onnxruntime.InferenceSession(str(path.parent / "policy.onnx"), providers=["CPUExecutionProvider"])
    seen = np.zeros((1, 3 * len(joints)), dtype=np.float32)
    seen[0, 0], seen[0, 2 * len(joints)] = 0.5, 0.3
    answer = run.run(None, {"obs": seen})[0][0]
    assert answer[0] > 0.0 and not answer[1:].any()
