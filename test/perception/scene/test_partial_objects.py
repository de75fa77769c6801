"""Pieces of known things: from too near, at the edge of the picture, past something else; and what is none."""

import math
from dataclasses import replace

import numpy as np
import pytest
from computed_looks import seen, thing

from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.scene.look_observer import LookObserver
from skill_stack.perception.scene.object_map import ObjectMap

NEAR = 0.25  # m: least distance that the camera measures
BOX = thing("box", "yellow", 0.0, 0.0, (0.4, 0.4, 0.4), yaw=0.4)
CAN = thing("cylinder", "purple", 0.0, 0.0, (0.3, 0.3, 0.6))
BALL = thing("ball", "red", 0.0, 0.0, (0.24, 0.24, 0.24))


class Walk:
    """A camera that comes nearer, whose place on the map errs by a share of its way."""

    def __init__(self, *things, drift=0.0):
        self.things, self.drift, self.error = things, drift, np.zeros(2)
        self.scene, self.observer, self.time, self.names = ObjectMap(), LookObserver(NEAR), 0.0, set()

    def look(self, x, looks=1):
        for _ in range(looks):
            self.time += 0.3
            frame = seen(self.things, Eye((x, 0.02, 0.39), (x + 1.0, 0.02, 0.19)), noise=0.003, stamp=self.time,
                         seed=round(self.time * 10))  # fmt: skip
            self.scene.update(self.observer.look(replace(frame, position=frame.position + (*self.error, 0.0))))
            self.names |= {one.id for one in self.scene.things(self.time)}

    def towards(self, *places):
        for x in places:
            self.error = np.array([self.drift * (x - places[0]), 0.0])
            self.look(x)

    def only(self):
        found = self.scene.things(self.time)
        assert len(found) == 1, [one.id for one in found]
        return found[0]


WAY = (
    -2.0,
    -1.8,
    -1.6,
    -1.4,
    -1.2,
    -1.0,
    -0.9,
    -0.8,
    -0.7,
    -0.65,
    -0.6,
    -0.55,
    -0.52,
    -0.5,
    -0.48,
    -0.46,
    -0.45,
    -0.44,
)


@pytest.mark.parametrize("known", [BOX, CAN, BALL], ids=lambda one: one.kind)
def test_what_is_seen_from_too_near_keeps_place_size_and_name(known) -> None:
    walk = Walk(known)
    walk.towards(*WAY, *[-0.43 + 0.01 * i for i in range(8)])
    thing_ = walk.only()
    assert walk.names == {thing_.id}, "no piece of it became a thing of its own"
    assert math.dist(thing_.position[:2], (0.0, 0.0)) < 0.03
    assert np.allclose(sorted(thing_.size), sorted(known.size), atol=0.06)


def test_pieces_say_where_a_face_is_when_the_own_place_errs_more_and_more() -> None:
    walk = Walk(replace(BOX, yaw=0.0), drift=0.04)
    walk.towards(*WAY)
    known = walk.only()
    face = known.position[0] - known.size[0] / 2 - walk.error[0]
    assert abs(face - -0.2) < 0.02, f"as the robot sees it the face is {face + 0.2:.3f} m from where it is"
    assert walk.error[0] > 0.05


def test_a_smaller_thing_in_the_place_of_one_that_was_taken_away_is_no_piece_of_it() -> None:
    walk = Walk(BOX)
    walk.look(-1.2, looks=4)
    walk.things = (thing("box", "yellow", -0.15, 0.0, (0.12, 0.12, 0.12)),)
    walk.look(-1.2, looks=6)
    sizes = [max(one.size) for one in walk.scene.things(walk.time)]
    assert sizes and max(sizes) < 0.25, "what is seen now counts"


def test_what_stands_before_a_thing_of_its_colour_is_a_thing_of_its_own() -> None:
    walk = Walk(BOX)
    walk.look(-1.2, looks=3)
    walk.things = (BOX, thing("ball", "yellow", -0.45, 0.1, (0.12, 0.12, 0.12)))
    walk.look(-1.2, looks=3)
    assert sorted(one.kind for one in walk.scene.things(walk.time)) == ["ball", "box"]
