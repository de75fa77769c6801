"""A body is completed from looks: near the truth from two sides, always closed, and refused where nothing is seen."""

import numpy as np
import pytest
import trimesh
from computed_looks import seen, thing

from skill_stack.connector.grasping.shape import Shape
from skill_stack.core.errors import DataError
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.grasps.completing import _mended, _surface, completed
from skill_stack.perception.scene.look_observer import LookObserver

SIDES = (Eye((-0.40, 0.0, 0.42), (0.0, 0.0, 0.02)), Eye((0.40, 0.0, 0.42), (0.0, 0.0, 0.02)))


def looks(*things, eyes=SIDES, noise=0.002):
    return [LookObserver().look(seen(things, eye, noise=noise, seed=n)) for n, eye in enumerate(eyes)]


@pytest.mark.parametrize(("shape", "size"), [("box", (0.06, 0.05, 0.07)), ("cylinder", (0.06, 0.06, 0.09))])
def test_two_looks_show_a_body_to_some_millimetres(shape, size) -> None:
    vertices, faces = completed(looks(thing(shape, "red", 0.0, 0.0, size)))
    mesh, true = trimesh.Trimesh(vertices, faces), Shape(shape, np.array(size) / 2)
    assert mesh.is_watertight and mesh.volume == pytest.approx(np.prod(size) * (1, 0.785)[shape != "box"], rel=0.2)
    off = np.abs(true.distance(vertices - (0.0, 0.0, size[2] / 2)))
    assert np.median(off) < 0.002 and np.percentile(off, 95) < 0.005


def test_one_look_leaves_what_it_cannot_see_to_the_body() -> None:
    tower = thing("box", "red", 0.0, 0.0, (0.05, 0.05, 0.08))
    both, one = (completed(looks(tower, eyes=eyes)) for eyes in (SIDES, SIDES[:1]))
    volumes = [trimesh.Trimesh(*body).volume for body in (both, one)]
    assert volumes[1] > 1.1 * volumes[0] and one[0][:, 0].max() > both[0][:, 0].max() + 0.01


def test_an_empty_floor_shows_nothing() -> None:
    with pytest.raises(DataError, match="nothing that could be grasped"):
        completed(looks())


def test_the_surface_of_a_ball_is_closed_round_and_outward() -> None:
    cells = np.stack(np.meshgrid(*[np.arange(-12.0, 13.0)] * 3, indexing="ij"), axis=-1)
    vertices, faces = _surface(np.linalg.norm(cells, axis=-1) - 8.0, np.full(3, -12.0 * 0.0025))
    mesh = trimesh.Trimesh(vertices, faces)
    assert mesh.is_watertight and mesh.volume == pytest.approx(4.19 * (8 * 0.0025) ** 3, rel=0.03)
    assert np.linalg.norm(vertices, axis=1) == pytest.approx(8 * 0.0025, abs=3e-4)


def test_bodies_that_meet_in_an_edge_are_joined() -> None:
    field = np.ones((6, 6, 6))
    field[2, 2, 2] = field[3, 3, 2] = -1.0
    assert not trimesh.Trimesh(*_surface(field, np.zeros(3)), process=False).is_watertight
    assert trimesh.Trimesh(*_surface(_mended(field), np.zeros(3)), process=False).is_watertight
