"""Structures and scenes in words: what is read, and what is none."""

import pytest

from skill_stack.core.errors import SkillStackError
from skill_stack.language import Answer, load_lexicon, scene_described
from skill_stack.language.structures.structure_reader import StructureReader


@pytest.fixture(scope="module")
def reader():
    return StructureReader(load_lexicon())


def told(blueprint):
    return [(block.colour, block.kind, block.on, block.side) for block in blueprint.blocks]


def test_a_tower_with_a_colour_on_top(reader):
    low, middle, top = reader.request("build a tower of three, red on top").blocks
    assert (low.colour, middle.colour, top.colour) == ("", "", "red")
    assert (middle.on, top.on) == ((low.name,), (middle.name,))


@pytest.mark.parametrize(
    "words",
    [
        "please build me a tower of two cubes with the red one on top",
        "stack two cubes, the top one is red",
        "stack the red cube on a cube",
        "build a tower two cubes high with a red top",
        "put two cubes in a stack, red on top",
    ],
)
def test_the_same_tower_in_other_words(reader, words):
    low, top = reader.request(words).blocks
    assert (low.colour, top.colour, top.on) == ("", "red", (low.name,))


def test_a_pyramid_and_a_bridge_rest_on_pairs(reader):
    carried = [block.on for block in reader.request("build a pyramid of six cubes").blocks]
    assert [len(on) for on in carried] == [0, 0, 0, 2, 2, 2]
    assert [len(block.on) for block in reader.request("make a bridge").blocks] == [0, 0, 2]


@pytest.mark.parametrize(
    "words", ["make a fist", "put the red box on the green cylinder", "go to the tower", "build a house", "make a box"]
)
def test_other_orders_are_no_structures(reader, words):
    assert reader.request(words) is None


@pytest.mark.parametrize(("words", "asked"), [("build a tower", "how many"), ("build a pyramid of four", "3, 6 or 10")])
def test_what_is_missing_is_asked(reader, words, asked):
    answer = reader.request(words)
    assert isinstance(answer, Answer) and asked in str(answer)


def test_a_scene_has_counts_and_relations():
    things = [
        one.resolve() for one in scene_described("three red cubes in a row and a blue cylinder behind them").objects
    ]
    red, blue = [one for one in things if one.colour == "red"], [one for one in things if one.colour == "blue"]
    assert (len(red), len(blue)) == (3, 1) and {one.shape for one in red} == {"box"} and blue[0].shape == "cylinder"
    assert len({one.position[0] for one in red}) == 1 and blue[0].position[0] > red[0].position[0] + 0.05
    assert sorted(one.position[1] for one in red)[1] == pytest.approx(blue[0].position[1])


def test_a_word_that_is_not_understood_is_named():
    with pytest.raises(SkillStackError, match="frob"):
        scene_described("three red frobs in a row")
