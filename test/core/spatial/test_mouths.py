"""A mouth is as wide as its place and has a front."""

import math

import numpy as np
import pytest

from skill_stack.core.spatial.mouths import Mouths
from skill_stack.core.world.scene import SceneObject


def at(x: float, y: float) -> np.ndarray:
    return np.array([x, y])


def test_a_mouth_has_the_width_and_the_heading_of_its_place() -> None:
    mouth = Mouths.of(SceneObject("goal", "place", (1.0, 2.0, 0.0), math.pi / 2, "point", (0.0, 1.6, 0.0)))
    assert mouth.half == pytest.approx(0.8)
    assert mouth.entered(at(1.7, 1.5), at(1.7, 2.5))
    assert not mouth.entered(at(1.9, 1.5), at(1.9, 2.5)), "past the post"
    assert not mouth.entered(at(1.0, 2.5), at(1.0, 1.5)), "from behind"
    assert not mouth.entered(at(1.0, 1.0), at(1.0, 1.9)), "short of it"
    assert mouth.passed_by(at(0.0, 1.0), at(1.0, 3.0)) == pytest.approx(0.5)


def test_a_place_without_a_width_faces_what_is_played_to_it() -> None:
    place = SceneObject("goal", "place", (2.0, 0.0, 0.0), shape="point")
    mouth = Mouths.of(place, seen_from=at(2.0, 5.0))
    assert mouth.entered(at(2.4, 1.0), at(2.4, -1.0)) and not mouth.entered(at(2.6, 1.0), at(2.6, -1.0))
    assert Mouths.of(place).entered(at(1.0, 0.0), at(3.0, 0.0))


def test_many_balls_have_a_mouth_each() -> None:
    mouths = Mouths(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 0.0], [0.0, 1.0]]))
    after = np.array([[2.0, 0.0], [2.0, 0.0]])
    assert mouths.entered(np.zeros((2, 2)), after).tolist() == [True, False]
