"""Balls in pictures: where they are by their outline, and what is taken for none."""

import cv2
import numpy as np
import pytest
from computed_looks import seen, thing

from skill_stack.core.errors import DataError
from skill_stack.core.world.camera_frame import Intrinsics
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.balls.ball_finder import BallFinder

VIEW = Intrinsics.from_view(640, 360, 2.0944)
FACE = Eye((0.33, 0.0, 0.25), (10.0, 0.0, 0.25))
FINDER = BallFinder("red", 0.15)


def ball(x, y, colour="red"):
    return thing("ball", colour, x, y, (0.3, 0.3, 0.3))


def look(*things):
    return seen(things, FACE, view=VIEW)


def places(picture):
    """Where balls are found, m, in the world."""
    return [np.array(FACE.place) + FACE.rotation @ one.position for one in FINDER.find(picture, VIEW)]


def spoilt(picture, seed):
    """The picture out of focus, with the noise of a sensor and compressed as a camera sends it."""
    noise = np.random.default_rng(seed).normal(0.0, 8.0, picture.shape)
    blurred = cv2.GaussianBlur(picture, (0, 0), 1.2) + noise
    sent = cv2.imencode(".jpg", np.clip(blurred, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 70])[1]
    return cv2.imdecode(sent, cv2.IMREAD_COLOR)


@pytest.mark.parametrize(("x", "y", "off"), [(0.55, 0.0, 0.005), (0.7, 0.2, 0.005), (1.5, -0.8, 0.01), (3.5, 1.0, 0.1)])
def test_a_ball_is_where_it_is_from_the_chin_to_the_end_of_the_range(x, y, off) -> None:
    (found,) = places(look(ball(x, y)).colour)
    assert found == pytest.approx([x, y, 0.15], abs=off)


def test_a_picture_out_of_focus_noisy_and_compressed_will_do() -> None:
    away, errors = np.linspace(0.6, 3.0, 25), []
    for seed, x in enumerate(away):
        found = places(spoilt(look(ball(x, 0.2 * x)).colour, seed))
        assert len(found) == 1
        errors.append(np.linalg.norm(found[0][:2] - (x, 0.2 * x)) / x)
    assert max(errors) < 0.07


@pytest.mark.parametrize("y", [0.42, -0.42])
def test_a_ball_half_out_of_the_picture_is_measured_by_what_is_left_of_its_outline(y) -> None:
    picture = look(ball(0.6, y)).colour
    assert (picture[:, 0 if y > 0 else -1, 0] > 150).any(), "it reaches beyond the picture"
    (found,) = places(picture)
    assert found == pytest.approx([0.6, y, 0.15], abs=0.02)


def test_less_of_it_is_no_ball() -> None:
    picture = look(ball(0.5, 0.58)).colour
    red = (picture[..., 0] > 150) & (picture[..., 1] < 60)
    assert red.any() and places(picture) == []


def test_what_stands_before_it_makes_it_no_other_ball() -> None:
    picture = look(ball(1.2, 0.0)).colour
    rows, columns = np.nonzero((picture[..., 0] > 150) & (picture[..., 1] < 60))
    across = int(columns.mean())
    picture[: rows.max(), across + 10 : across + 22] = 20  # a pole before the right half of it
    (found,) = places(picture)
    assert found == pytest.approx([1.2, 0.0, 0.15], abs=0.05)


def test_no_ball_other_colours_and_other_shapes_are_no_balls() -> None:
    assert places(look().colour) == []
    assert places(look(ball(1.0, 0.0, "blue"), ball(1.2, 0.6, "orange"), ball(1.2, -0.6, "pink")).colour) == []
    shapes = thing("box", "red", 1.2, 0.1, (0.3, 0.3, 0.3)), thing("box", "red", 2.0, 0.9, (0.2, 1.0, 0.05))
    assert places(look(*shapes).colour) == []
    assert places(np.full((360, 640, 3), (217, 25, 25), np.uint8)) == [], "nothing but red has no outline"


def test_two_balls_are_two() -> None:
    found = sorted(places(look(ball(1.0, 0.4), ball(2.0, -0.6)).colour), key=lambda one: one[0])
    assert np.array(found) == pytest.approx(np.array([[1.0, 0.4, 0.15], [2.0, -0.6, 0.15]]), abs=0.02)


@pytest.mark.parametrize("colour", ["white", "grey", "black", ""])
def test_a_ball_without_a_hue_cannot_be_told_and_that_is_said(colour) -> None:
    with pytest.raises(DataError, match="cannot be followed by its colour"):
        BallFinder(colour, 0.15)
