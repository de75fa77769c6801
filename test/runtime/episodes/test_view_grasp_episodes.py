"""Proposed grasps are tried in physics; needs a GL library, and tells when there is none."""

import numpy as np
import pytest

pytest.importorskip("cv2", reason="the extra perception is not installed")

from skill_stack.core.robots.gripper import Gripper
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.evaluation.scenes.grasp_scenes import grasp_scene
from skill_stack.evaluation.scores.view_grasp_score import ViewGraspScore, view_grasp_figures, view_grasp_misses
from skill_stack.hardware.rendering.gripper_trial import GripperTrial
from skill_stack.hardware.rendering.picture_strip import NoPictures
from skill_stack.runtime.episodes.perception_worker import rows

DOWN = np.diag([1.0, -1.0, -1.0])


@pytest.fixture(scope="module")
def trial():
    box = SceneObject("box", "box", (0.0, 0.0, 0.03), 0.0, "box", (0.08, 0.04, 0.06), "red", movable=True, mass=0.1)
    return GripperTrial(SceneSetup(name="one", seed=0, start=Pose2(0, 0, 0), objects=(box,)), Gripper())


def test_a_good_grasp_holds_and_bad_ones_do_not(trial):
    good = trial.grasp("box", np.array([0.0, 0.0, 0.035]), DOWN, 0.08)
    assert good.held and good.lifted > 0.1 and good.nudged < 0.005
    high = trial.grasp("box", np.array([0.0, 0.0, 0.09]), DOWN, 0.08)
    assert not high.held and "rose by" in high.reason
    beside = trial.grasp("box", np.array([0.2, 0.0, 0.035]), DOWN, 0.08)
    assert not beside.held


def test_a_push_moves_what_it_meets_and_stays(trial):
    trial.push(np.array([-0.07, 0.0, 0.025]), np.array([0.02, 0.0, 0.025]))
    place, yaw = trial.places()["box"]
    assert 0.03 < place[0] < 0.12 and abs(place[1]) < 0.02 and abs(yaw) < 0.3


def test_scenes_are_what_their_seed_says():
    one, other = grasp_scene(7), grasp_scene(7)
    assert one == other and one != grasp_scene(8)
    rows_ = [scene for scene in map(grasp_scene, range(20)) if scene.hidden]
    assert 3 < len(rows_) < 15
    for scene in rows_:
        left, middle, right = (np.array(one.position[:2]) for one in scene.things[:3])
        assert scene.things[1].id == scene.hidden and np.linalg.norm(left - right) < 0.11


@pytest.mark.slow
def test_most_of_what_is_proposed_holds():
    try:
        scores = [ViewGraspScore.from_json(row) for row in rows("depth_grasps", (3, 6))]
    except NoPictures as error:
        pytest.skip(str(error))
    figures = view_grasp_figures(scores)
    assert figures["scenes"] == 2 and figures["proposed"]["of"] >= 5
    assert figures["best_holds"]["share"] > 0.7 and figures["proposed"]["share"] > 0.7


def test_what_falls_short_is_said():
    bad = ViewGraspScore(1, 4, 2, 1, 6, 3, True, 2, False, 100.0, ("it rose by 0.000 m",))
    assert ViewGraspScore.from_json(bad.to_json()) == bad
    said = view_grasp_misses(view_grasp_figures([bad]))
    assert [line.split()[0] for line in said] == ["best_holds", "proposed", "taken_after_pushing"]
