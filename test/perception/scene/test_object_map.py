"""The scene over time: names stay through looks, screens and absences; what is moved or taken away is told."""

import copy
import math
from dataclasses import replace

import numpy as np
import pytest
from computed_looks import seen, thing
from scipy.spatial.transform import Rotation

from skill_stack.core.world.fact import Fact
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.scene.floor_map import FloorMap
from skill_stack.perception.scene.look_observer import LookObserver
from skill_stack.perception.scene.object_map import ObjectMap

BALL = thing("ball", "red", 0.0, 0.1, (0.12, 0.12, 0.12))
BOX = thing("box", "blue", 0.1, -0.2, (0.12, 0.12, 0.12))
SCREEN = thing("box", "grey", -0.3, 0.07, (0.02, 0.4, 0.4))


class Film:
    """Looks one after the other."""

    def __init__(self, eye):
        self.eye, self.scene, self.observer, self.time, self.events = eye, ObjectMap(), LookObserver(), 0.0, []

    def show(self, *things, looks=1, every=0.5):
        for _ in range(looks):
            self.time += every
            frame = seen(things, self.eye, noise=0.002, stamp=self.time, seed=round(self.time * 10))
            self.events += [(event.change, event.name) for event in self.scene.update(self.observer.look(frame))]

    @property
    def names(self):
        return {one.id for one in self.scene.things(self.time)}


def test_a_thing_counts_from_the_second_look_on(eye) -> None:
    film = Film(eye)
    film.show(BALL, BOX)
    assert film.names == set()
    film.show(BALL, BOX)
    assert film.names == {"red_ball", "blue_box"}
    assert sorted(film.events) == [("appeared", "blue_box"), ("appeared", "red_ball")]


def test_what_is_hidden_stays_and_is_the_same_afterwards(eye) -> None:
    film = Film(eye)
    film.show(BALL, BOX, looks=3)
    film.show(BALL, BOX, SCREEN, looks=6, every=1.0)
    assert "red_ball" in film.names
    assert film.scene.tracks["red_ball"].hidden
    film.show(BALL, BOX, looks=4)
    assert film.names == {"red_ball", "blue_box"}, "the screen is gone again"
    assert not [event for event in film.events if event[0] == "moved"]


def test_what_is_taken_away_goes_and_what_is_carried_keeps_its_name(eye) -> None:
    film = Film(eye)
    film.show(BALL, BOX, looks=3)
    elsewhere = thing("ball", "red", 0.25, 0.35, (0.12, 0.12, 0.12))
    film.show(elsewhere, looks=5)
    assert film.names == {"red_ball"}
    assert ("moved", "red_ball") in film.events and ("removed", "blue_box") in film.events
    assert math.dist(film.scene.tracks["red_ball"].position, elsewhere.position) < 0.03


def test_two_alike_have_two_names_and_one_carries_the_other(eye) -> None:
    film = Film(eye)
    low = thing("box", "green", 0.0, 0.0, (0.16, 0.16, 0.1))
    upon = thing("ball", "green", 0.0, 0.0, (0.08, 0.08, 0.08), z=0.1)
    film.show(low, upon, thing("box", "green", 0.0, 0.3, (0.1, 0.1, 0.1)), looks=3)
    assert film.names == {"green_box", "green_box_2", "green_ball"}
    graph = film.scene.graph(film.time)
    below = min((one for one in graph.things if one.kind == "box"), key=lambda one: abs(one.position[1]))
    assert Fact("on", ("green_ball", below.id)) in graph.facts


def test_nobody_is_sure_for_ever(eye) -> None:
    film = Film(eye)
    film.show(BALL, looks=4)
    track = film.scene.tracks["red_ball"]
    assert track.confidence(film.time) > 0.7
    assert track.confidence(film.time + 300) < 0.55 * track.confidence(film.time)
    assert track.confidence(film.time + 1e6) > 0.25, "it does not vanish because nobody looks"


def test_what_comes_back_is_found_among_several_that_are_gone(eye) -> None:
    film = Film(eye)
    film.show(BALL, BOX, looks=3)
    film.show(BALL, looks=4)
    film.show(looks=4)
    assert film.names == set()
    film.show(thing("ball", "red", 0.2, -0.1, (0.12, 0.12, 0.12)), looks=2)
    assert film.names == {"red_ball"}


def test_what_a_hand_holds_stays_until_it_stands_somewhere(eye) -> None:
    film = Film(eye)
    film.show(BALL, BOX, looks=3)
    film.scene.hold("red_ball")
    film.show(BOX, looks=5)
    assert "red_ball" in film.scene.graph(film.time).objects
    table = thing("box", "green", 0.25, 0.35, (0.3, 0.3, 0.1))
    film.show(BOX, table, thing("ball", "red", 0.25, 0.35, (0.12, 0.12, 0.12), z=0.1), looks=4)
    film.show(BOX, table, looks=5)
    assert "red_ball" not in film.scene.graph(film.time).objects, "now it was taken away"


def test_a_thing_of_another_colour_beside_an_empty_place_is_another_thing(eye) -> None:
    film = Film(eye)
    film.show(BOX, looks=3)
    beside = thing("box", "red", 0.24, -0.2, (0.12, 0.12, 0.12))
    film.show(beside, looks=5)
    assert film.names == {"red_box"}
    assert ("removed", "blue_box") in film.events and ("moved", "blue_box") not in film.events


def test_two_tracks_within_one_another_become_the_older_one(eye) -> None:
    film = Film(eye)
    film.show(BALL, BOX, looks=3)
    track = film.scene.tracks["blue_box"]
    double = copy.deepcopy(track)
    double.id, double.sightings = "blue_box_2", 2
    double.position = track.position + (0.02, 0.01, 0.0)
    film.scene.tracks["blue_box_2"] = double
    film.show(BALL, BOX)
    assert film.names == {"red_ball", "blue_box"}


def test_what_moved_before_its_old_place_was_seen_empty_keeps_its_name(eye) -> None:
    film = Film(eye)
    film.show(BALL, BOX, looks=3)
    hidden = (thing("ball", "red", 0.2, -0.3, (0.12, 0.12, 0.12)), BOX)
    film.show(*hidden, SCREEN, looks=3)  # the screen hides where it was
    assert {"red_ball", "red_ball_2"} <= film.names, "both may be there"
    film.show(*hidden, looks=4)
    assert film.names == {"red_ball", "blue_box"} and ("moved", "red_ball") in film.events
    assert abs(film.scene.tracks["red_ball"].position[1] + 0.3) < 0.03


def test_five_hundred_things_are_kept(eye) -> None:
    film = Film(eye)
    film.show(BALL, BOX, looks=3)
    track = film.scene.tracks["blue_box"]
    for number in range(500):
        other = copy.deepcopy(track)
        other.id, other.position = f"blue_box_{number + 2}", track.position + (-3.0 - 0.3 * number, 0.0, 0.0)
        film.scene.tracks[other.id] = other
    film.show(BALL, BOX, looks=2)
    assert len(film.names) == 502


def test_what_stands_on_a_thing_of_which_a_piece_is_seen_is_another_thing():
    side = (0.053, 0.053, 0.053)
    under, apart = thing("box", "purple", 0.0, 0.0, side, yaw=0.7), thing("box", "blue", 0.0, -0.3, side)
    film = Film(Eye((-0.75, 0.0, 0.6), (0.0, -0.1, 0.05)))
    film.show(under, apart, looks=4)
    before = film.names
    upon = thing("box", "blue", -0.006, 0.0, side, z=0.053)
    for stamp in (3.0, 3.2, 3.4, 3.6):
        look = film.observer.look(seen([under, upon], film.eye, noise=0.002, stamp=stamp))
        low, high = sorted(look.things, key=lambda one: one.position[2])
        low = replace(low, size=(0.042, 0.046, 0.042))
        if stamp == 3.0:  # the look in which some of the lower one was taken for the upper one
            high = replace(high, position=high.position - (0.0, 0.0, 0.026), size=(0.053, 0.053, 0.106))
        film.time, _ = stamp, film.scene.update(replace(look, things=(high, low)))
    assert film.names == before
    places = {one.colour: one.position[2] for one in film.scene.things(film.time)}
    assert places["purple"] < 0.035 and places["blue"] > 0.065


class Hands(Film):
    """A camera that goes along with palms at both sides of a box; what they hide in part is put aside."""

    def carry(self, x, up, yaw=0.0, tilt=0.0, eye=None, near=0.0):
        """Gives where the box is and how it is turned, after a look from behind it at a step of the way.

        It is tilted as the camera is that takes everything for upright, and measures nothing that is too near, m.
        """
        self.time += 0.2
        c, s = math.cos(yaw), math.sin(yaw)
        place = (x + 0.4 * c, 0.4 * s)
        box = thing("box", "blue", *place, (0.2, 0.24, 0.16), 0.7 + up, yaw)
        palms = [
            thing("box", "white", place[0] - side * s, place[1] + side * c, (0.12, 0.04, 0.08), 0.74 + up, yaw)
            for side in (-0.14, 0.14)
        ]
        eye = eye or Eye((x, 0.0, 1.25), (x + 0.4 * c, 0.4 * s, 0.8))
        frame = seen([box, *palms], eye, noise=0.002, stamp=self.time, seed=round(self.time * 10))
        own = (frame.colour[..., 0] > 150) & (frame.colour[..., 2] > 150)
        assert own.sum() > 300, "the palms are in view"
        turn = Rotation.from_rotvec((0.0, tilt, 0.0)).as_matrix()
        eye_at = turn @ (frame.position - box.position) + box.position
        frame = replace(frame, position=eye_at, rotation=turn @ frame.rotation)
        unseen = own | (frame.depth < near)
        look = self.observer.look(replace(frame, depth=np.where(unseen, np.float32(0.0), frame.depth)))
        look = replace(look, things=(), beside=look.things)
        self.scene.update(look)
        self.floor.add(look, self.scene.carried)
        return box

    def taken(self, place):
        """Whether the floor is taken at a place, m."""
        return self.floor.grid().at([place]).tolist() == [100]

    @property
    def box(self):
        return next(one for one in self.scene.things(self.time) if one.colour == "blue")


@pytest.fixture
def hands():
    film = Hands(Eye((0.0, 0.0, 1.25), (0.4, 0.0, 0.8)))
    film.floor = FloorMap()
    stand = thing("box", "grey", 0.4, 0.0, (0.26, 0.26, 0.7))
    film.show(thing("box", "blue", 0.4, 0.0, (0.2, 0.24, 0.16), 0.7), stand, looks=4, every=0.2)
    return film


def test_what_hands_hold_is_followed_by_what_is_seen_of_it(hands):
    name = hands.box.id
    steps = [(0.0, 0.0)] * 2 + [(0.0, 0.03 * n) for n in range(5)] + [(0.08 * n, 0.12) for n in range(15)]
    for x, up in steps:
        box = hands.carry(x, up)
        found = hands.box
        assert (found.id, found.last_seen) == (name, hands.time)
        assert math.dist(found.position, box.position) < 0.02


def test_what_hands_hold_is_followed_when_the_robot_turns(hands):
    hands.carry(0.0, 0.1)
    for turn in range(1, 11):
        box = hands.carry(0.0, 0.1, 0.12 * turn)
        assert hands.box.last_seen == hands.time and math.dist(hands.box.position, box.position) < 0.02


def test_a_face_whose_upper_end_is_too_near_tells_by_its_lower_edge_that_it_rises(hands):
    above = Eye((0.25, 0.0, 1.2), (0.35, 0.0, 0.85))
    for up in (0.0, 0.02, 0.04, 0.06, 0.08, 0.1):
        box = hands.carry(0.0, up, eye=above, near=0.405 - 0.95 * up)  # its top is nearer
        assert hands.box.last_seen == hands.time and math.dist(hands.box.position, box.position) < 0.02


def test_faces_of_a_held_box_that_are_seen_as_pieces_are_one_box(hands):
    hands.carry(0.0, 0.05)
    frame = seen([thing("box", "blue", 0.4, 0.0, (0.2, 0.24, 0.16), 0.8)], hands.eye, stamp=hands.time + 0.2)
    look = hands.observer.look(frame)
    (whole,) = look.things
    top = look.cloud.points[..., 2] > 0.95
    labels = np.where((look.labels == whole.label) & top, 9, look.labels)
    pieces = (whole, replace(whole, label=9, position=whole.position + (0.0, 0.0, 0.08), size=(0.2, 0.24, 0.02)))
    hands.time += 0.2
    hands.scene.update(replace(look, labels=labels, things=(), beside=pieces))
    assert math.dist(hands.box.position, (0.4, 0.0, 0.88)) < 0.02 and hands.box.last_seen == hands.time


def test_what_hands_carry_takes_no_floor(hands):
    for step in range(12):
        box = hands.carry(0.1 * step, 0.12)
        assert not hands.taken(box.position[:2])


@pytest.mark.parametrize("tilt", [0.15, 0.3, -0.3])
def test_what_hands_tilt_is_followed(hands, tilt):
    hands.observer = LookObserver(level=False)
    for share in (0.5, 1.0, 1.0):
        box = hands.carry(0.0, 0.1, tilt=share * tilt)
        assert hands.box.last_seen == hands.time and math.dist(hands.box.position, box.position) < 0.02


def test_what_is_beside_the_hands_and_fits_no_known_thing_is_none(hands):
    before = hands.box
    hands.time += 0.2
    frame = seen([thing("box", "blue", 0.4, 0.1, (0.5, 0.06, 0.3), 0.6)], hands.eye, stamp=hands.time)
    look = hands.observer.look(frame)
    assert look.things
    hands.scene.update(replace(look, things=(), beside=look.things))
    assert hands.box.last_seen == before.last_seen and hands.box.position == before.position
