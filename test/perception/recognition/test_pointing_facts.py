"""Keypoints as they come on a topic: what they mean, for how long, and what is refused."""

import json

import pytest
from computed_looks import seen

from skill_stack.core.errors import DataError
from skill_stack.core.world.fact import Fact
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.recognition.pointing_facts import COUNTS, PointedAt

from .test_gesture import BOX, CUP, FAR, person

THINGS = (CUP, BOX, FAR)


def text(keypoints):
    return json.dumps({"places": {name: list(map(float, place)) for name, place in keypoints.items()}})


def test_a_gesture_counts_for_a_while_and_a_new_one_takes_its_place() -> None:
    made = PointedAt()
    assert made.facts(0.0) == frozenset()
    assert made.take(text(person(CUP.position)), None, THINGS, 1.0) == (CUP.id,)
    assert made.sentence == "a right arm points at red cylinder"
    assert made.facts(1.0 + COUNTS) == {Fact("pointed_at", (CUP.id,))}
    assert made.facts(1.1 + COUNTS) == frozenset()
    made.take(text(person(BOX.position, side="left")), None, THINGS, 2.0)
    assert made.facts(3.0) == {Fact("pointed_at", (BOX.id,))}


def test_an_arm_that_hangs_takes_nothing_back() -> None:
    made = PointedAt()
    made.take(text(person(CUP.position)), None, THINGS, 1.0)
    assert made.take(text({"nose": (0, 0, 1.6)}), None, THINGS, 1.5) == ()
    assert made.facts(2.0) == {Fact("pointed_at", (CUP.id,))} and "no wrist" in made.sentence
    made.take(text(person((-3.0, 0.0, 0.0))), None, THINGS, 1.6)
    assert "nothing that is known" in made.sentence


def test_keypoints_in_a_picture_get_their_depth_from_the_look() -> None:
    frame = seen(THINGS, Eye((0.0, 0.0, 0.6), (1.0, 0.0, 0.2)))
    pixels = {name: [160.0, 150.0 + n] for n, name in enumerate(("right_wrist", "right_elbow", "right_shoulder"))}
    made = PointedAt()
    made.take(json.dumps({"pixels": pixels}), frame, THINGS, 1.0)
    assert made.sentence
    with pytest.raises(DataError, match="there is none yet"):
        made.take(json.dumps({"pixels": pixels}), None, THINGS, 1.0)


@pytest.mark.parametrize(
    "bad",
    ["", "{", "[]", "3", '{"pixels": []}', '{"pixels": {"right_wrist": [1]}}', '{"places": {"nose": [0, 0, NaN]}}',
     '{"places": {"nose": ["a", 0, 1]}}', '{"places": 5}', "x" * 30_000, "[" * 5000],
)  # fmt: skip
def test_what_is_no_keypoints_is_refused_with_the_form(bad) -> None:
    made = PointedAt()
    with pytest.raises(DataError, match="keypoints are"):
        made.take(bad, None, THINGS, 1.0)
    assert made.facts(1.0) == frozenset()
