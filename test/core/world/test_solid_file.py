"""Mesh files of objects: read with limits, and each mistake is named."""

import numpy as np
import pytest
import trimesh

from skill_stack.core.errors import DataError
from skill_stack.core.world import solid_file
from skill_stack.core.world.scene_file import load_scene
from skill_stack.core.world.solid_file import load_solid

SCENE = """
name: one
description: A mesh.
objects:
  - {{id: toy, kind: toy, shape: mesh, mesh: {mesh}, mesh_scale: {scale}, position: [0.5, 0.0], movable: true}}
"""


def saved(folder, mesh, name="toy.stl"):
    path = folder / name
    mesh.export(path)
    return path


def test_a_file_has_its_own_size_about_its_middle(tmp_path) -> None:
    box = trimesh.creation.box((60.0, 40.0, 20.0)).apply_translation((500.0, 0.0, 0.0))
    solid = load_solid(saved(tmp_path, box), 0.001)
    assert solid.size == pytest.approx((0.06, 0.04, 0.02)) and solid.bounds.mean(axis=0) == pytest.approx(np.zeros(3))
    assert len(solid.parts) == 1 and len(solid.surfaces) == 1


def test_a_scene_names_a_file_beside_it_and_no_other(tmp_path) -> None:
    folder = tmp_path / "scenes"
    folder.mkdir()
    saved(tmp_path, trimesh.creation.box((0.06, 0.04, 0.02)), "outside.stl")
    saved(folder, trimesh.creation.box((60.0, 40.0, 20.0)), "toy.obj")
    file = folder / "one.yaml"
    file.write_text(SCENE.format(mesh="toy.obj", scale=0.001))
    thing = load_scene(file).objects[0].resolve()
    assert thing.size == pytest.approx((0.06, 0.04, 0.02)) and thing.mesh == str(folder / "toy.obj")
    assert thing.position[2] == pytest.approx(0.01)
    file.write_text(SCENE.format(mesh="../outside.stl", scale=1.0))
    with pytest.raises(DataError, match="not in the folder of its scene"):
        load_scene(file)


def test_what_is_wrong_with_a_file_is_said(tmp_path, monkeypatch) -> None:
    box = trimesh.creation.box((0.06, 0.04, 0.02))
    with pytest.raises(DataError, match="mesh_scale"):
        load_solid(saved(tmp_path, trimesh.creation.box((60.0, 40.0, 20.0))))
    open_box = box.copy()
    open_box.update_faces(np.arange(len(box.faces)) > 1)
    with pytest.raises(DataError, match="not closed"):
        load_solid(saved(tmp_path, open_box))
    (tmp_path / "empty.obj").write_text("")
    with pytest.raises(DataError, match="no triangles|no obj file"):
        load_solid(tmp_path / "empty.obj")
    with pytest.raises(DataError, match="obj, stl"):
        load_solid(tmp_path / "toy.ply")
    path = saved(tmp_path, box)
    monkeypatch.setattr(solid_file, "MOST_FACES", 5)
    with pytest.raises(DataError, match="more than 5"):
        load_solid(path)
    monkeypatch.setattr(solid_file, "LARGEST_FILE", 10)
    with pytest.raises(DataError, match="larger than"):
        load_solid(path)
