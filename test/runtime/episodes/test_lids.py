"""Lids that a hand on its gantry opens and closes by words, in one process."""

import os
from dataclasses import replace

import mujoco
import numpy as np
import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.core.world.scene_file import ObjectFile, SceneFile, set_up
from skill_stack.core.world.world_facts import SHUT_ANGLE, place_facts
from skill_stack.evaluation.scenes.hinged.lid_scenes import KINDS, LID, lid_scene
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.mujoco.object_mover import put_object, true_place
from skill_stack.hardware.mujoco.scene_geometry import add_floor, add_objects
from skill_stack.runtime.episodes.errands.lid_episodes import LidEpisodes


@pytest.fixture(scope="module")
def episodes():
    return LidEpisodes(Resources.from_environment(os.environ), "gantry_allegro_right")


def test_five_seeds_have_all_kinds_and_a_lid_that_is_wholly_open_is_open_in_the_map():
    scenes = [lid_scene(seed) for seed in range(5)]
    assert {scene.kind for scene in scenes} == set(KINDS) and lid_scene(3) == scenes[3]
    for scene in scenes:
        graph = set_up(scene.file, 0).graph()
        told = {str(fact) for fact in place_facts(graph)}
        assert "lid(lid)" in told and "lid(box)" not in told
        assert ("open(lid)" in told) == (scene.kind == "open" or graph[LID].opened > 1.05)
        known, off = set_up(scene.told, 0).graph(), np.zeros(3)
        assert known[LID].opened == 0.0 and known[LID].stiff is None, "the map does not know how it stands"
        for name in ("box", LID):
            off = np.subtract(known[name].position, graph[name].position)
            assert 0.0 < np.abs(off).max() <= 0.004 and off[2] == 0.0


@pytest.mark.parametrize("lifted", [0.0, 0.5, 1.4])
def test_a_lid_hangs_at_its_hinge_and_stays_about_where_it_is_left(lifted):
    lid = SceneObject(
        "lid", "lid", (0.3, 0.1, 0.21), 0.7, "box", (0.2, 0.2, 0.02), movable=True, mass=0.2, lifted=lifted
    )
    spec = mujoco.MjSpec()
    add_floor(spec)
    add_objects(spec, [lid])
    model = spec.compile()
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    geom, along = data.geom("lid"), 0.1 * np.array([np.cos(0.7), np.sin(0.7)])
    hinge, rim = (geom.xpos + geom.xmat.reshape(3, 3) @ (x, 0.0, -0.01) for x in (0.1, -0.1))
    assert hinge == pytest.approx([*(np.array([0.3, 0.1]) + along), 0.2], abs=1e-6)
    assert rim[2] == pytest.approx(0.2 + 0.2 * np.sin(lifted), abs=1e-6)
    assert data.qpos[0] == pytest.approx(lifted)
    for _ in range(500):
        mujoco.mj_step(model, data)
    assert data.qpos[0] == pytest.approx(lifted, abs=0.15)


def test_a_lid_on_a_box_goes_where_the_box_goes():
    box = ObjectFile(id="box", kind="box", size=(0.1, 0.2, 0.1), position=(0.3, 0.1, 0.05), yaw=0.7, movable=True)
    lid = ObjectFile(
        id=LID, kind="lid", size=(0.14, 0.2, 0.02), position=(0.3, 0.1, 0.11), yaw=0.7, movable=True, lifted=0.5,
        mounted_on="box",
    )  # fmt: skip
    setup = set_up(SceneFile(name="box", description="A box.", objects=(box, lid)), 0)
    found = Resources.from_environment(os.environ)
    device = MujocoDevice(load_robot(found.robot("gantry_pair"), found), setup)
    before = true_place(device, setup.graph()[LID])
    assert before.position == pytest.approx((0.3, 0.1, 0.11), abs=5e-3)
    assert (before.yaw, before.opened) == pytest.approx((0.7, 0.5), abs=5e-3)
    put_object(device, device.data.body("box").id, np.array([0.8, 0.1, 0.05]), (1.0, 0.0, 0.0, 0.0))
    mujoco.mj_forward(device.model, device.data)
    after = true_place(device, setup.graph()[LID])
    assert after.position == pytest.approx((0.8, 0.1, 0.11), abs=5e-3)
    assert (after.yaw, after.opened) == pytest.approx((0.0, 0.5), abs=5e-3)


@pytest.mark.parametrize("seed", range(5))
def test_a_lid_is_opened_and_closed_by_words_and_one_that_is_stuck_is_told(episodes, seed):
    assert episodes.score(seed).reason == ""


def test_a_lid_that_nobody_sees_any_more_is_no_success(episodes):
    scene = lid_scene(0)

    def blind(see, line):
        return lambda: old if (old := see())[LID].last_seen < 5.0 else _seen_at(old, 5.0)

    line, outcome, told = episodes.carried(scene, blind)
    assert outcome == "failed" and "I do not see how far" in told


def test_one_that_falls_shut_again_is_told(episodes):
    def heavy(see, line):
        def look():
            joint = line.device.model.joint("lid_lid").dofadr[0]
            line.device.data.qfrc_applied[joint] = -1.5 if line.now > 11.5 else 0.0
            return see()

        return look

    line, outcome, told = episodes.carried(lid_scene(0), heavy)
    assert true_place(line.device, line.scene[LID]).opened < SHUT_ANGLE
    assert outcome == "failed" and "afterwards" in told


def _seen_at(graph, when):
    return SceneGraph({**graph.objects, LID: replace(graph[LID], last_seen=when)}, graph.facts, graph.robot)
