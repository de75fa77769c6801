"""The light of a picture: coloured light is taken out of colours by half, dark pictures stay bounded."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.core.world.scene_file import PALETTE
from skill_stack.perception.scene.colour_names import LEAST_LIGHT, WEAKEST, colour_name, light_of

COLOURED = ("red", "green", "blue", "yellow", "orange", "purple")


def room(light):
    """A grey floor with one thing of each colour in some light."""
    picture = np.full((96, 96, 3), 0.5)
    for number, name in enumerate(COLOURED):
        picture[40:52, 4 + 15 * number : 14 + 15 * number] = PALETTE[name]
    picture[0:8, 0:8] = 0.95
    return (picture * light * 255).astype(np.uint8)


@pytest.mark.parametrize("light", [(1.0, 1.0, 1.0), (1.0, 0.85, 0.7), (0.7, 0.85, 1.0), (0.5, 0.5, 0.5)])
def test_colours_keep_their_names_in_coloured_and_dim_light(light) -> None:
    picture = room(light)
    for number, name in enumerate(COLOURED):
        pixels = picture[40:52, 4 + 15 * number : 14 + 15 * number].reshape(-1, 3)
        assert colour_name(pixels, light_of(picture))[0] == name


def test_a_floor_of_one_colour_is_not_taken_for_light_alone() -> None:
    picture = room((1.0, 1.0, 1.0))
    picture[(picture == 127).all(axis=2)] = (140, 100, 60)  # wood
    red = picture[40:52, 4:14].reshape(-1, 3)
    assert colour_name(red, light_of(picture))[0] == "red"


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_the_light_of_any_picture_is_bounded(colour) -> None:
    light = light_of(np.full((16, 16, 3), colour, np.uint8))
    assert np.isfinite(light).all() and light.max() >= LEAST_LIGHT * 0.99
    assert light.min() >= light.max() * np.sqrt(WEAKEST) * 0.99 and light.max() <= 1.0


def test_a_white_thing_stays_white_below_a_brighter_arm_of_the_robot() -> None:
    picture = (room((0.6, 0.6, 0.6)) * 0.8).astype(np.uint8)
    thing = picture[0:8, 0:8].reshape(-1, 3)
    own = np.zeros(picture.shape[:2], bool)
    own[70:, 30:60] = True
    picture[own] = 250
    assert colour_name(thing, light_of(picture))[0] == "grey"
    assert colour_name(thing, light_of(picture, own))[0] == "white"
