"""Keypoints as they come on a topic: what they mean, for how long, and what is refused."""

import numpy as np
import pytest
from computed_looks import seen

from skill_stack.core.errors import DataError
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.recognition.pointing_facts import COUNTS, STANDS, PointedAt

from .test_gesture import BOX, CUP, FAR, person

THINGS = (CUP, BOX, FAR)


def take(made, keypoints, now):
    return made.take({name: tuple(map(float, place)) for name, place in keypoints.items()}, False, None, THINGS, now)


def told(made, now):
    """What is pointed at, without what hardly is."""
    return [fact.arguments[0] for fact in made.facts(now) if float(fact.arguments[1]) > 0.3]


def test_who_points_and_where_to_are_places_of_the_scene() -> None:
    made = PointedAt()
    take(made, person(CUP.position), 1.0)
    places = made.places(2.0)
    assert places["speaker"].position[:2] == pytest.approx((0.0, -0.2)) and places["speaker"].kind == "person"
    assert abs(places["pointed_place"].position[0] - 2.2) < 1.0 and set(made.places(2.0 + COUNTS)) == {"speaker"}
    assert made.places(1.1 + STANDS) == {}


def test_looks_of_one_gesture_agree_on_what_each_alone_leaves_open() -> None:
    made = PointedAt()
    for n, off in enumerate((0.5, -0.45, 0.4, -0.4)):
        take(made, person(np.add(CUP.position, (0.0, off, 0.0))), 1.0 + 0.1 * n)
    assert told(made, 1.5)[0] == CUP.id


def test_a_gesture_counts_for_a_while_and_a_new_one_takes_its_place() -> None:
    made = PointedAt()
    assert made.facts(0.0) == frozenset()
    assert take(made, person(BOX.position), 1.0) == (BOX.id,)
    assert made.sentence == "a right arm points at blue box"
    assert told(made, 1.0 + COUNTS) == [BOX.id]
    assert made.facts(1.1 + COUNTS) == frozenset()
    take(made, person(CUP.position, side="left"), 2.5)
    assert CUP.id in told(made, 3.0) and BOX.id not in told(made, 3.0)


def test_an_arm_that_hangs_takes_nothing_back() -> None:
    made = PointedAt()
    take(made, person(BOX.position), 1.0)
    assert take(made, {"nose": (0, 0, 1.6)}, 1.5) == ()
    assert told(made, 2.0) == [BOX.id] and "no wrist" in made.sentence
    take(made, person((-3.0, 0.0, 0.0)), 3.6)
    assert "nothing that is known" in made.sentence


def test_keypoints_in_a_picture_get_their_depth_from_the_look() -> None:
    frame = seen(THINGS, Eye((0.0, 0.0, 0.6), (1.0, 0.0, 0.2)))
    pixels = {name: (160.0, 150.0 + n, 0.0) for n, name in enumerate(("right_wrist", "right_elbow", "right_shoulder"))}
    made = PointedAt()
    made.take(pixels, True, frame, THINGS, 1.0)
    assert made.sentence
    with pytest.raises(DataError, match="there is none yet"):
        made.take(pixels, True, None, THINGS, 1.0)
