"""The palm's frame of each hand; training and the episodes that judge mean the same one, and step as finely."""

from __future__ import annotations

from pathlib import Path

import mujoco
import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra 'train'")

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.runtime.episodes.grasp_episode import THING
from skill_stack.runtime.episodes.hand_truth import HandTruth
from skill_stack.runtime.line.parts_line import PartsLine
from skill_stack.training.hands.hand_task import HandTrainingTask, load_any_task
from skill_stack.training.hands.hand_worlds import HandWorlds

ROOT = Path(__file__).resolve().parents[3]
FOUND = Resources((ROOT,), ROOT)
HANDS = {"allegro_right": ("default", "cradle"), "leap": ("open", "default")}
"""Stretched pose and bowl of each."""
PLACE = np.array([0.06, 0.003, 0.006])


@pytest.fixture(scope="module", params=HANDS)
def hand(request):
    robot = load_robot(FOUND.robot(request.param), FOUND)
    task = load_any_task(ROOT / "models" / "allegro_right" / "push_to_wrist")
    assert isinstance(task, HandTrainingTask)
    drawn = task.model_copy(update={"robot": robot.name, "pose": HANDS[robot.name][1], "worlds": 2})
    return robot, HandWorlds(robot, drawn, np.random.default_rng(2))


def test_fingers_point_along_z_and_bend_along_x_and_the_index_finger_is_at_plus_y(hand) -> None:
    robot, worlds = hand

    def tips(pose):
        data = mujoco.MjData(worlds.nominal)
        data.qpos[worlds.index.joint_qpos] = robot.pose(pose)
        mujoco.mj_forward(worlds.nominal, data)
        links = [robot.fingertips[finger].link for finger in ("index", "middle", "ring")]
        return worlds.in_palm(np.array([data.body(_with_joint(worlds.nominal, link)).xpos for link in links]))

    stretched, bent = map(tips, HANDS[robot.name])
    assert (stretched[:, 2] > 0.05).all() and (np.diff(stretched[:, 1]) < -0.03).all()
    assert (bent[:, 0] - stretched[:, 0] > 0.02).all() and (bent[:, 2] < stretched[:, 2]).all()


def test_the_episodes_lay_an_object_where_training_does_and_step_as_finely(hand) -> None:
    robot, worlds = hand
    box = SceneObject(THING, THING, (0.0, 0.0, 1.0), shape="box", size=(0.06, 0.06, 0.06), movable=True, mass=0.1)
    setup = SceneSetup(name="palm", seed=1, start=Pose2(0.0, 0.0, 0.0), objects=(box,))
    line = PartsLine(robot, load_library(FOUND, robot), setup)
    truth = HandTruth(line, THING)
    truth.lay(PLACE, 0.2)
    mujoco.mj_forward(line.device.model, line.device.data)
    assert truth.held() == pytest.approx(PLACE, abs=1e-6)
    assert worlds.in_palm(truth.position()[None])[0] == pytest.approx(PLACE, abs=1e-3)
    assert truth.rotation == pytest.approx(worlds.rotation, abs=0.01)
    turned = truth.rotation.T @ truth.attitude()
    assert np.arctan2(turned[2, 1], turned[1, 1]) == pytest.approx(0.2), "about the palm's direction"
    assert (worlds.nominal.opt.timestep, worlds.substeps) == (line.device.model.opt.timestep, line.device.substeps)


def _with_joint(model, link):
    """The body of a link: of a tip that is fixed to its finger, that of the finger's last joint."""
    return link if mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_BODY, link) >= 0 else link.removesuffix("_tip")
