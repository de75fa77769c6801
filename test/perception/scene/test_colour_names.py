import numpy as np
import pytest

from skill_stack.core.world.scene_file import PALETTE
from skill_stack.perception.scene.colour_names import MISTAKEN, colour_name


def _pixels(rgb, light=1.0):
    return np.tile((np.array(rgb) * 255 * light).round().astype(np.uint8), (50, 1))


@pytest.mark.parametrize("name", sorted(PALETTE))
@pytest.mark.parametrize("light", [0.6, 1.0])
def test_a_colour_has_its_name_in_bright_and_in_poor_light(name, light):
    assert colour_name(_pixels(PALETTE[name], light), 0.95 * light)[0] == name


def test_a_white_thing_in_the_shade_is_no_grey_one():
    assert colour_name(_pixels((0.43, 0.43, 0.43)), 0.60)[0] == "white"
    assert colour_name(_pixels((0.25, 0.25, 0.25)), 0.60)[0] == "grey"


def test_no_pixels_have_no_name():
    assert colour_name(np.zeros((0, 3), np.uint8)) == ("", 0.0)


def test_pairs_that_are_mistaken_are_names_of_the_palette():
    assert all(len(pair) == 2 and pair <= set(PALETTE) for pair in MISTAKEN)
