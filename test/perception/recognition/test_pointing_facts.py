"""Keypoints as they come on a topic: what they mean, for how long, and what is refused."""

import pytest
from computed_looks import seen

from skill_stack.core.errors import DataError
from skill_stack.core.world.fact import Fact
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.recognition.pointing_facts import COUNTS, PointedAt

from .test_gesture import BOX, CUP, FAR, person

THINGS = (CUP, BOX, FAR)


def take(made, keypoints, now):
    return made.take({name: tuple(map(float, place)) for name, place in keypoints.items()}, False, None, THINGS, now)


def test_a_gesture_counts_for_a_while_and_a_new_one_takes_its_place() -> None:
    made = PointedAt()
    assert made.facts(0.0) == frozenset()
    assert take(made, person(CUP.position), 1.0) == (CUP.id,)
    assert made.sentence == "a right arm points at red cylinder"
    assert made.facts(1.0 + COUNTS) == {Fact("pointed_at", (CUP.id,))}
    assert made.facts(1.1 + COUNTS) == frozenset()
    take(made, person(BOX.position, side="left"), 2.0)
    assert made.facts(3.0) == {Fact("pointed_at", (BOX.id,))}


def test_an_arm_that_hangs_takes_nothing_back() -> None:
    made = PointedAt()
    take(made, person(CUP.position), 1.0)
    assert take(made, {"nose": (0, 0, 1.6)}, 1.5) == ()
    assert made.facts(2.0) == {Fact("pointed_at", (CUP.id,))} and "no wrist" in made.sentence
    take(made, person((-3.0, 0.0, 0.0)), 1.6)
    assert "nothing that is known" in made.sentence


def test_keypoints_in_a_picture_get_their_depth_from_the_look() -> None:
    frame = seen(THINGS, Eye((0.0, 0.0, 0.6), (1.0, 0.0, 0.2)))
    pixels = {name: (160.0, 150.0 + n, 0.0) for n, name in enumerate(("right_wrist", "right_elbow", "right_shoulder"))}
    made = PointedAt()
    made.take(pixels, True, frame, THINGS, 1.0)
    assert made.sentence
    with pytest.raises(DataError, match="there is none yet"):
        made.take(pixels, True, None, THINGS, 1.0)
