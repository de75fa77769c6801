"""Searches that go on look by look, with a body that does as it is told, or does not."""

import math

import numpy as np
import pytest

from skill_stack.core.world.occupancy_grid import FREE, OCCUPIED, OccupancyGrid
from skill_stack.core.world.scene import Pose2
from skill_stack.perception.scene.detection import Detection
from skill_stack.perception.scene.object_map import ObjectMap
from skill_stack.perception.scene.object_track import ObjectTrack
from skill_stack.perception.search.search_map import Room, SearchMap
from skill_stack.perception.search.search_session import STUCK, SearchSession
from skill_stack.perception.search.search_target import BY, ENOUGH, RECENT, WELL_SEEN, SearchTarget
from skill_stack.perception.search.view_search import Budget, ViewSearch

VIEW = math.radians(69)


def _detection(kind, colour, place):
    at = np.array(place, float)
    return Detection(kind, "sphere", at, (0.2,) * 3, 0.0, colour, 0.9, 0.02, True, False, 99, (0, 0, 9, 9), 1, at)


class World:
    """A hall with a wall across most of it, and things that are seen once nothing stands before them."""

    def __init__(self, *things, budget=None, quarry=("ball", "red")):
        cells = np.full((80, 120), FREE, np.int8)
        cells[0:52, 60:64] = OCCUPIED
        self.grid = OccupancyGrid("map", 0.05, Pose2(0.0, 0.0, 0.0), cells, 0.0)
        self.area = SearchMap([Room("hall", (0.0, 0.0), (6.0, 4.0))], radius=0.3, reach=3.0, view=VIEW)
        self.quarry, self.scene, self.things = SearchTarget(frozenset({quarry[0]}), quarry[1]), ObjectMap(), things
        self.pose, self.now, self.idle = Pose2(1.0, 2.0, 0.0), 0.0, False
        self.looking = SearchSession("r1", "the red ball", self.quarry, ViewSearch(self.area, budget), 0.0)

    def _see(self):
        """What a look from here shows of the things; from afar it says what each looks like from there."""
        for name, near, far, place in self.things:
            here = np.array([[self.pose.x, self.pose.y]])
            away = self.pose.distance_to(*place[:2])
            ahead = abs(self.pose.bearing_to(*place[:2])) < VIEW / 2
            if not ahead or away > 3.5 or self.area.hidden(here, np.array(place[:2]), 0.1)[0]:
                continue
            seen = _detection(*(near if away < BY else far), place)
            if name in self.scene.tracks:
                self.scene.tracks[name].see(seen, self.now)
            else:
                self.scene.tracks[name] = ObjectTrack.from_detection(name, seen, self.now)
        self.scene.stamp = self.now

    def look(self):
        self._see()
        said = self.looking.look(self.scene, self.grid, self.pose, self.pose, self.now)
        self.now += 0.3
        return said

    def run(self, most=300):
        self.look()
        said = self.look()
        for _ in range(most):
            if said.outcome != "looking":
                break
            if said.view is not None and not self.idle:
                self.pose = said.view
            said = self.look()
        return said


RED, BLUE = ("ball", "red"), ("ball", "blue")


@pytest.mark.parametrize("there", [True, False])
def test_what_is_there_is_found_and_what_is_not_is_said_to_be_absent(there):
    things = [("a", RED, RED, (5.5, 0.5, 0.1))] if there else []
    world = World(*things)
    said = world.run()
    assert said.outcome == ("found" if there else "absent")
    assert said.thing == ("a" if there else "")
    assert ("There is no red ball here" in said.sentence) != there and "of the hall" in said.sentence
    assert world.looking.report.path > 2.0


def test_what_only_looks_like_it_from_afar_is_gone_to_and_is_not_it():
    world = World(("a", BLUE, RED, (5.5, 0.5, 0.1)))
    said = world.run()
    assert said.outcome == "absent"
    assert "a" in world.quarry.checked


def test_looks_from_near_by_count_alone_and_give_it_its_kind():
    world = World(("a", RED, ("box", "red"), (2.6, 2.0, 0.1)))
    said = world.run()
    assert said.outcome == "found"
    assert world.scene.tracks["a"].kind == "ball", "whoever asks for the red ball next means this one"


def test_a_short_budget_ends_in_a_report_that_says_so():
    said = World(budget=Budget(path=0.5)).run()
    assert said.outcome == "unsure" and "more to look at" in said.sentence


def test_a_body_that_does_not_come_is_not_waited_for():
    world = World()
    world.idle = True
    said = world.run(most=round(2.5 * STUCK / 0.3))
    assert said.number >= 2, "another view was chosen"


@pytest.mark.parametrize(("looks", "outcome"), [(RED, "found"), (BLUE, "looking")])
def test_what_nobody_comes_near_to_is_taken_as_it_looks_from_afar(looks, outcome):
    """Whoever is kept from it says so when it is to go there; to search on would find nothing better."""
    world = World(("a", BLUE, looks, (3.5, 2.9, 0.1)))
    world.idle = True
    said = world.run(most=round(2.5 * STUCK / 0.3))
    assert said.outcome == outcome and said.thing == ("a" if outcome == "found" else "")


def test_what_was_not_seen_for_long_is_not_taken_from_afar():
    world = World(("a", RED, RED, (3.5, 2.9, 0.1)))
    for _ in range(WELL_SEEN):
        world._see()
    world.scene.stamp += 2 * RECENT
    world.quarry.take_from_afar(world.scene, "a")
    assert world.quarry.found(world.scene, 0.0) is None and "a" in world.quarry.checked


def test_a_thing_that_cannot_be_looked_at_is_left_out():
    world = World(("a", RED, RED, (5.5, 0.5, 0.1)))
    world.quarry.give_up("a")
    assert world.quarry.unconfirmed_candidate(world.scene, world.pose) is None


def test_a_decision_takes_several_looks_from_near_by():
    world = World(("a", RED, RED, (2.0, 2.0, 0.1)))
    for _ in range(ENOUGH - 1):
        world._see()
        world.quarry.look(world.scene, np.array([1.0, 2.0]))
        world.now += 0.3
    assert not world.quarry.sure
    world._see()
    world.quarry.look(world.scene, np.array([1.0, 2.0]))
    assert world.quarry.sure == "a"


def test_what_may_be_it_in_another_light_is_named_where_it_is_not_found():
    said = World(("a", ("ball", "orange"), ("ball", "orange"), (2.6, 2.0, 0.1))).run()
    assert said.outcome == "absent" and "There is an orange ball" in said.sentence
    said = World(("a", ("ball", "green"), ("ball", "green"), (2.6, 2.0, 0.1))).run()
    assert "may be it" not in said.sentence
