"""Meshes: light, complete, and with a way out when a file cannot be read."""

import numpy as np
import pytest
import trimesh

from skill_stack.monitor.robot_meshes import load_meshes
from skill_stack.monitor.robot_tree import read_tree


def robot(visual, collision='<box size="0.2 0.4 0.6"/>'):
    shapes = f"<visual><geometry>{visual}</geometry></visual><collision><geometry>{collision}</geometry></collision>"
    return read_tree(f'<robot name="r"><link name="a">{shapes}</link></robot>')


@pytest.fixture
def ball(tmp_path):
    path = tmp_path / "a ball.stl"
    trimesh.creation.icosphere(subdivisions=6, radius=0.5).export(path)
    return path


def test_a_heavy_mesh_becomes_light_and_keeps_its_shape(ball):
    ((mesh,), problems) = load_meshes(robot(f'<mesh filename="{ball.as_uri()}" scale="2 2 2"/>'), triangles=2000)
    assert not problems
    assert 1000 < len(mesh.faces) < 3000
    assert np.allclose(np.linalg.norm(mesh.vertices, axis=1), 1.0, atol=0.02)
    assert mesh.faces.max() < len(mesh.vertices)


def test_a_light_mesh_stays_as_it_is(ball):
    ((mesh,), _) = load_meshes(robot(f'<mesh filename="{ball}"/>'), triangles=10**6)
    assert len(mesh.faces) == 20 * 4**6


@pytest.mark.parametrize("content", [None, b"", b"not a mesh"])
def test_a_mesh_that_cannot_be_read_is_replaced_by_the_collision_shape_and_named(tmp_path, content):
    path = tmp_path / "shell.stl"
    if content is not None:
        path.write_bytes(content)
    ((mesh,), problems) = load_meshes(robot(f'<mesh filename="{path}"/>'))
    assert np.allclose(np.ptp(mesh.vertices, axis=0), [0.2, 0.4, 0.6])
    assert len(problems) == 1 and "shell.stl" in problems[0]


@pytest.mark.parametrize(
    ("shape", "extent"),
    [
        ('<cylinder radius="0.1" length="0.5"/>', [0.2, 0.2, 0.5]),
        ('<sphere radius="0.1"/>', [0.2, 0.2, 0.2]),
    ],
)
def test_plain_shapes_have_their_extent(shape, extent):
    ((mesh,), _) = load_meshes(robot(shape))
    assert np.allclose(np.ptp(mesh.vertices, axis=0), extent, atol=0.005)
