"""Harder pictures: what they change and what they leave as it is."""

import os

import mujoco
import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.rendering.harder_pictures import Pictures, dressed_model, flawed, load_pictures

THINGS = (
    SceneObject("red_box_0", "box", (0.0, 0.5, 0.1), 0.3, "box", (0.2, 0.3, 0.2), "red"),
    SceneObject("blue_ball_1", "ball", (0.5, 0.0, 0.1), 0.0, "sphere", (0.2, 0.2, 0.2), "blue"),
)
SCENE = SceneSetup(name="floor", seed=4, start=Pose2(0, 0, 0), objects=THINGS)


def model(seed=0, **kind):
    return dressed_model(SCENE, Pictures(**kind), np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(8))
def test_other_shapes_have_the_extent_and_the_place_of_what_they_replace(seed) -> None:
    made = model(seed, odd_shapes=1.0)
    data = mujoco.MjData(made)
    mujoco.mj_forward(made, data)
    for thing in THINGS:
        geom = made.geom(thing.id)
        assert geom.type == mujoco.mjtGeom.mjGEOM_MESH
        mesh = int(geom.dataid[0])
        first, count = made.mesh_vertadr[mesh], made.mesh_vertnum[mesh]
        placed = made.mesh_vert[first : first + count] @ data.geom_xmat[geom.id].reshape(3, 3).T
        placed = placed + data.geom_xpos[geom.id] - thing.position
        turn = np.array([[np.cos(thing.yaw), np.sin(thing.yaw)], [-np.sin(thing.yaw), np.cos(thing.yaw)]])
        own = np.column_stack([placed[:, :2] @ turn.T, placed[:, 2]])
        assert np.ptp(own, axis=0) == pytest.approx(thing.size, rel=0.05)


def test_without_anything_it_is_the_plain_scene() -> None:
    plain, other = model(), model(texture=0.5, any_colour=True)
    assert plain.nmesh == plain.ntex == 0
    assert other.ntex == 3
    assert (plain.geom("red_box_0").rgba != other.geom("red_box_0").rgba).any()


def test_a_slanted_lamp_throws_shadows_and_the_same_seed_the_same_ones() -> None:
    one, same, other = model(1, shadows=True), model(1, shadows=True), model(2, shadows=True)
    assert one.light_castshadow[0] and one.light_dir[0, 2] < -0.5
    assert (one.light_dir == same.light_dir).all() and (one.light_dir != other.light_dir).any()


def test_flying_pixels_lie_between_both_surfaces_and_only_there() -> None:
    true = np.full((60, 80), 1.0, np.float32)
    true[:, 40:] = 2.0
    out = flawed(true, true, Pictures(flying=0.5), np.random.default_rng(0))
    changed = out != true
    assert 0.3 < changed[:, 39:41].mean() < 0.7 and not changed[:, :38].any() and not changed[:, 42:].any()
    assert ((out >= 1.0) & (out <= 2.0)).all()


def test_holes_cover_about_their_share() -> None:
    true = np.ones((240, 320), np.float32)
    out = flawed(true, true, Pictures(holes=0.05), np.random.default_rng(0))
    assert 0.01 < (out == 0).mean() < 0.12


def test_the_kinds_that_come_with_the_stack_begin_with_clean_pictures() -> None:
    kinds = load_pictures(Resources.from_environment(os.environ))
    assert next(iter(kinds.values())) == Pictures() and len(kinds) > 5


def test_an_unknown_quantity_is_named(tmp_path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config/harder_pictures.yaml").write_text("pictures: {fog: {fog: 0.5}}\nsources: {}\n")
    with pytest.raises(DataError, match="fog"):
        load_pictures(Resources((tmp_path,), tmp_path))
