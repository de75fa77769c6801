"""What one look shows: each thing at its place with its size, shape and colour; touching and stacked ones apart."""

import math

import numpy as np
import pytest
from computed_looks import seen, thing

from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.scene.look_observer import LookObserver
from skill_stack.perception.scene.shape_fitting import DEEPEST, Seen, fit_solids

NOISE = 0.002  # 1/m: 2 mm at 1 m


def nearest(observation, wanted):
    """Returns the thing found nearest to a true one, and its distance."""
    found = min(observation.things, key=lambda one: math.dist(one.position, wanted.position))
    return found, math.dist(found.position, wanted.position)


@pytest.mark.parametrize(
    "wanted",
    [
        thing("box", "red", 0.0, 0.0, (0.10, 0.14, 0.12), yaw=0.4),
        thing("box", "blue", 0.1, 0.1, (0.06, 0.06, 0.20)),
        thing("ball", "green", 0.0, -0.1, (0.12, 0.12, 0.12)),
        thing("ball", "orange", 0.15, 0.2, (0.07, 0.07, 0.07)),
        thing("cylinder", "yellow", 0.0, 0.1, (0.09, 0.09, 0.16)),
        thing("cylinder", "purple", -0.1, 0.0, (0.14, 0.14, 0.06)),
    ],
)
def test_a_thing_is_found_with_its_shape_size_and_colour(eye, wanted) -> None:
    observation = LookObserver().look(seen([wanted], eye, noise=NOISE))
    assert len(observation.things) == 1
    found, gap = nearest(observation, wanted)
    assert (found.shape, found.kind, found.colour) == (wanted.shape, wanted.kind, wanted.colour)
    assert gap < 0.015
    assert np.allclose(sorted(found.size), sorted(wanted.size), atol=0.02)


def test_things_that_touch_or_stand_upon_one_another_are_two(eye) -> None:
    base = thing("box", "blue", 0.0, 0.0, (0.14, 0.14, 0.10))
    upon = thing("box", "blue", 0.0, 0.0, (0.06, 0.06, 0.08), z=0.10)
    beside = thing("box", "red", 0.0, 0.12, (0.14, 0.10, 0.06))
    observation = LookObserver().look(seen([base, upon, beside], eye, noise=NOISE))
    assert len(observation.things) == 3
    for one in (base, upon, beside):
        found, gap = nearest(observation, one)
        assert gap < 0.02, one.id
        assert abs(found.position[2] - found.size[2] / 2 - (one.position[2] - one.size[2] / 2)) < 0.02, one.id


def test_a_table_is_a_table_and_what_is_on_it_stands_on_it() -> None:
    table = thing("box", "brown", 0.0, 0.0, (0.8, 1.0, 0.5))
    ball = thing("ball", "red", 0.0, 0.1, (0.1, 0.1, 0.1), z=0.5)
    observation = LookObserver().look(seen([table, ball], Eye((-1.0, 0.0, 1.1), (0.0, 0.0, 0.5)), noise=NOISE))
    kinds = {one.kind: one for one in observation.things}
    assert set(kinds) == {"table", "ball"}
    assert math.dist(kinds["ball"].position, ball.position) < 0.015
    assert abs(kinds["table"].size[2] - 0.5) < 0.02


def test_what_peeps_out_behind_a_table_is_no_side_of_it() -> None:
    table = thing("box", "white", 0.0, 0.0, (0.6, 1.0, 0.7))
    box = thing("box", "purple", 0.9, 0.9, (0.3, 0.3, 0.6))
    observation = LookObserver().look(seen([table, box], Eye((-2.0, 0.0, 1.2), (0.0, 0.0, 0.5)), noise=NOISE))
    assert {one.colour for one in observation.things} >= {"white", "purple"}


def test_what_it_stands_on_is_not_the_top_of_a_thing() -> None:
    normals = np.tile((-1.0, 0.0, 0.0), (200, 1))
    points = np.random.default_rng(1).uniform((0.0, -0.15, 0.7), (0.0, 0.15, 0.94), (200, 3))
    normals[:30], points[:30, 2] = (0.0, 0.0, 1.0), 0.71
    solids, _ = fit_solids(Seen(points, normals, 0.7, np.array([-3.0, 0.0, 1.0]), 0.002))
    assert abs(solids[0].size[2] - 0.24) < 0.02


def test_a_tilted_camera_is_set_right_by_the_floor(eye) -> None:
    wanted = thing("ball", "red", 0.2, 0.1, (0.2, 0.2, 0.2))
    observation = LookObserver().look(seen([wanted], eye, noise=NOISE, tilt=math.radians(2.0)))
    found, gap = nearest(observation, wanted)
    assert gap < 0.04, "2 degrees would be 3.5 cm in height at 1 m"
    assert abs(found.position[2] - 0.1) < 0.01


def test_an_empty_floor_and_a_wall_are_no_things(eye) -> None:
    assert LookObserver().look(seen([], eye, noise=NOISE)).things == ()
    wall = thing("box", "grey", 2.0, 0.0, (0.1, 6.0, 1.0))
    observation = LookObserver().look(seen([wall], Eye((0.0, 0.0, 0.4), (1.0, 0.0, 0.3)), noise=NOISE))
    assert observation.things == () and len(observation.walls) == 1


def test_a_corner_seen_through_a_doorway_is_no_thing_that_fills_the_room() -> None:
    """A circle fits into two walls that meet; a camera that looks at it would see its near side."""
    walls = [(6.5, 1.3, 0.12, 5.2), (2.6, -1.3, 7.8, 0.12), (3.9, -1.065, 0.12, 0.47), (3.9, 0.785, 0.12, 1.03)]
    room = [thing("box", "grey", x, y, (long, wide, 0.5)) for x, y, long, wide in walls]
    observation = LookObserver().look(seen(room, Eye((2.3, -0.1, 0.33), (4.3, -0.1, 0.1)), noise=0.003))
    around = [one for one in observation.things if np.all(np.abs(one.position[:2] - (5.3, -0.2)) < 1.0)]
    assert all(max(one.size[:2]) < 1.0 for one in around), around
    crate = thing("box", "blue", 4.0, 0.0, (1.6, 1.6, 0.5), yaw=0.6)
    (found,) = LookObserver().look(seen([crate], Eye((1.0, 0.0, 0.4), (4.0, 0.0, 0.2)), noise=0.003)).things
    assert math.dist(found.position[:2], crate.position[:2]) < 0.4, "as large, and seen from outside"


def test_a_wide_face_alone_is_taken_for_a_piece_of_a_wall_and_not_for_a_cube() -> None:
    """Behind it may be the way."""
    piece = thing("box", "grey", 2.0, 0.0, (0.12, 1.05, 0.5))
    (found,) = LookObserver().look(seen([piece], Eye((0.0, 0.0, 0.33), (2.0, 0.0, 0.2)), noise=NOISE)).things
    assert found.guessed and max(found.size[:2]) == pytest.approx(1.05, abs=0.05)
    assert min(found.size[:2]) <= DEEPEST + 0.01


def test_without_any_depth_nothing_is_found(eye) -> None:
    frame = seen([], eye)
    frame.depth[:] = 0
    observation = LookObserver().look(frame)
    assert observation.things == () and observation.supports == ()


def test_a_thing_of_which_a_nearer_one_leaves_the_top_alone_is_seen():
    front = thing("box", "red", 0.0, 0.0, (0.06, 0.06, 0.06))
    behind = thing("box", "green", 0.061, 0.0, (0.06, 0.06, 0.064))
    found = LookObserver().look(seen([front, behind], Eye((-0.5, 0.0, 0.55), (0.0, 0.0, 0.02)))).things
    tops = {one.colour: one for one in found if one.label > 0}
    assert set(tops) == {"red", "green"}
    assert tops["green"].size[2] == pytest.approx(0.064, abs=0.012)


@pytest.mark.parametrize("yaws", [(0.3, 0.25), (0.6, 0.0)])
def test_stacked_cubes_of_neighbouring_hues_are_two_along_their_outline_too(yaws):
    low = thing("box", "blue", 0.0, 0.0, (0.05, 0.05, 0.05), yaw=yaws[0])
    high = thing("box", "purple", 0.002, 0.003, (0.05, 0.05, 0.05), z=0.05, yaw=yaws[1])
    found = LookObserver().look(seen([low, high], Eye((-0.9, 0.1, 0.75), (0.0, 0.0, 0.05)), noise=NOISE)).things
    tops = {one.colour: one for one in found if one.label > 0}
    assert set(tops) == {"blue", "purple"}
    assert tops["blue"].size[2] == pytest.approx(0.05, abs=0.012)


def test_a_bare_piece_of_a_tray_between_blocks_does_not_reach_down_to_the_floor():
    table = thing("box", "brown", 0.0, 0.0, (0.9, 1.0, 0.4))
    tray = thing("box", "grey", 0.0, 0.0, (0.3, 0.3, 0.02), z=0.4)
    spots = ((-1, 0), (0, -1), (0, 1), (1, 0), (-1, -1), (-1, 1), (1, 1), (1, -1))
    colours = ("red", "green", "blue", "red", "yellow", "yellow", "green", "blue")
    ring = [
        thing("box", colour, 0.09 * x, 0.09 * y, (0.085, 0.085, 0.07), z=0.42) for (x, y), colour in zip(spots, colours)
    ]
    eye = Eye((-0.6, 0.0, 1.2), (0.0, 0.0, 0.42))
    found = LookObserver().look(seen([table, tray, *ring], eye, noise=NOISE)).things
    assert all(one.position[2] - one.size[2] / 2 > 0.38 for one in found if one.kind != "table")
