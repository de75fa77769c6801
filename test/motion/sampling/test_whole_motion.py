"""WholeMotion: a trajectory from the stance back to it that does what no look ahead finds, and what it refuses."""

from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.mujoco.model_variation import ModelVariation
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.motion.sampling.model_body import ModelBody
from skill_stack.motion.sampling.settings import whole_motion_settings
from skill_stack.motion.sampling.whole_motion import WholeMotion, eased

ROOT = Path(__file__).resolve().parents[3]
FEW = whole_motion_settings().model_copy(update={"samples": 24, "rounds": 8, "keys": 5})


@pytest.fixture(scope="module")
def go2():
    """A searcher of the robot as it is and with more load."""
    robot = load_robot(ROOT / "urdf" / "go2")
    models = [build_model(robot, foot_kinematics=True, randomisation=one) for one in (None, ModelVariation())]
    return WholeMotion(models, ModelBody(models[0], robot), np.random.default_rng(1))


def asked(**term) -> RewardSet:
    return RewardSet.parse({"terms": [term], "success": {"hold": 0.1}}, "test")


def test_it_comes_nearer_in_the_worst_world_and_ends_in_the_stance(go2):
    lower = asked(term="base_height", target=0.21)
    told: list[str] = []
    once = go2.search(lower, FEW.model_copy(update={"rounds": 1}), told.append)
    found = go2.search(lower, FEW, told.append)
    assert found.off < min(once.off, 1.0)
    np.testing.assert_array_equal(found.targets[-1], go2._body.layout.default)
    assert found.targets.shape == (6, 12)


def test_what_nothing_can_say_is_refused(go2):
    with pytest.raises(DataError, match="hand robots"):
        go2.search(asked(term="finger_curl", of="index", target=0.5), FEW)
    with pytest.raises(DataError, match="nothing says when"):
        go2.search(RewardSet.parse({"terms": [{"term": "step_frequency", "target": 2.0}]}, "test"), FEW)


def test_joints_follow_half_a_cosine_between_keys():
    keys = np.array([0.0, 1.0, 0.0])[None, :, None]
    found = eased(keys, 0.1, 0.02)[0, :, 0]
    np.testing.assert_allclose(found, 0.5 - 0.5 * np.cos(np.pi * np.arange(1, 11) / 5.0), atol=1e-6)
