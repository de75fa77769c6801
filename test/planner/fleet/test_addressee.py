"""Words that say what a robot does are said to that robot."""

import pytest

from skill_stack.planner.fleet.addressee import Addressees

PAIR = Addressees({"dog": ("dog", "go2"), "humanoid": ("humanoid", "g1")})


def told(text):
    return [(segment.text, segment.robots) for segment in PAIR.segments(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "the dog goes to the red ball and the humanoid waves",
            [("go to the red ball", ("dog",)), ("wave", ("humanoid",))],
        ),
        ("G1 raises its arms, then bows", [("raise its arms, then bow", ("humanoid",))]),
        ("The dog carries the cup and g1 watches", [("carry the cup", ("dog",)), ("watch", ("humanoid",))]),
        ("the dog closes the door", [("close the door", ("dog",))]),
        ("the dog and the humanoid turn left", [("turn left", ("dog", "humanoid"))]),
    ],
)
def test_what_a_robot_is_said_to_do_is_an_order(text, parts):
    assert told(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "the dog is at the table",
        "the dog's ball is red",
        "the dog and the humanoid are friends",
        "go to the dog and wave",
    ],
)
def test_what_a_robot_is_or_has_is_none(text):
    assert told(text) == [(text, ())]
