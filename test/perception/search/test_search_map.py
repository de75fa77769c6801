import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.world.occupancy_grid import FREE, OCCUPIED, UNKNOWN, OccupancyGrid
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.perception.search.search_map import NEVER, Room, SearchMap
from skill_stack.perception.search.view_search import ViewSearch

VIEW = math.radians(69)


def _grid(*boxes, known=True):
    """A grid of 5 cm over 6 m by 4 m with boxes: left, bottom, right, top in m."""
    cells = np.full((80, 120), FREE if known else UNKNOWN, np.int8)
    for left, bottom, right, top in boxes:
        cells[round(bottom / 0.05) : round(top / 0.05), round(left / 0.05) : round(right / 0.05)] = OCCUPIED
    return OccupancyGrid("map", 0.05, Pose2(0.0, 0.0, 0.0), cells, 0.0)


def _map(*rooms):
    return SearchMap(rooms or (Room("hall", (0.0, 0.0), (6.0, 4.0)),), radius=0.3, reach=3.0, view=VIEW)


def test_a_look_shows_what_lies_ahead_and_nothing_behind():
    area = _map()
    area.take(_grid(), Pose2(1.0, 2.0, 0.0))
    assert area.seen[area.cell((3.0, 2.0))]
    assert not area.seen[area.cell((0.3, 2.0))]
    assert not area.seen[area.cell((5.5, 2.0))], "too far to tell what it is"


def test_what_stands_in_the_way_hides_what_is_behind_it():
    area = _map()
    area.take(_grid((2.0, 1.5, 2.3, 2.5)), Pose2(1.0, 2.0, 0.0))
    assert not area.seen[area.cell((3.0, 2.0))]
    assert area.unseen[area.cell((3.0, 2.0))] > 0


def test_nobody_looks_into_what_is_closed_all_around():
    area = _map()
    sides = (2.0, 1.0, 2.5, 1.1), (2.0, 1.4, 2.5, 1.5), (2.0, 1.0, 2.1, 1.5), (2.4, 1.0, 2.5, 1.5)
    area.take(_grid(*sides), Pose2(1.0, 3.0, 0.0))
    assert area.unseen[area.cell((2.25, 1.25))] == 0
    assert area.unseen[area.cell((3.5, 1.25))] > 0


def test_the_way_leads_around_what_stands_there():
    area = _map()
    area.take(_grid((3.0, 0.0, 3.2, 3.0)), Pose2(1.0, 1.0, 0.0))
    far, before = area.reach(Pose2(1.0, 1.0, 0.0))
    goal = area.cell((5.0, 1.0))
    assert 6.0 < far[goal] < NEVER
    way = area.way(before, goal)
    assert math.dist(way[0], (1.0, 1.0)) < 0.15 and math.dist(way[-1], (5.0, 1.0)) < 0.15
    assert max(y for _, y in way) > 3.2


@settings(max_examples=10, deadline=None)
@given(st.floats(0.6, 5.4), st.floats(0.6, 3.4), st.integers(0, 11))
def test_what_a_view_promises_it_shows(x, y, heading):
    area = _map()
    area.take(_grid(), Pose2(0.5, 0.5, math.pi))
    before = area.unseen.sum()
    promised = area.gains(np.array([[x, y]]))[0, heading]
    area.take(_grid(), Pose2(x, y, 2 * math.pi * heading / 12))
    shown = before - area.unseen.sum()
    assert 0.5 * promised - 5 <= shown <= 2 * promised + 30


def test_a_likely_room_is_looked_at_first():
    rooms = [Room("left", (0.0, 0.0), (3.0, 4.0)), Room("right", (3.0, 0.0), (6.0, 4.0))]
    for likely in ("left", "right"):
        area = _map(*(Room(r.name, r.low, r.high, 10.0 if r.name == likely else 1.0) for r in rooms))
        area.take(_grid(), Pose2(3.0, 2.0, math.pi / 2))
        view = ViewSearch(area).next(Pose2(3.0, 2.0, math.pi / 2))
        assert (math.cos(view.pose.yaw) > 0) == (likely == "right")


def test_what_is_left_behind_stays_where_it_stands():
    area = _map()
    area.take(_grid((4.0, 1.0, 4.5, 1.5)), Pose2(3.0, 2.0, 0.0))
    forgotten = OccupancyGrid("map", 0.05, Pose2(0.0, 0.0, 0.0), np.full((80, 40), FREE, np.int8), 1.0)
    area.take(forgotten, Pose2(1.0, 2.0, math.pi))
    assert area.taken[area.cell((4.2, 1.2))], "a grid that moves along forgets; the thing does not go away"
    area.take(_grid(), Pose2(3.0, 2.0, 0.0))
    assert not area.taken[area.cell((4.2, 1.2))], "seen to be free now"


def test_a_doubtful_thing_is_looked_at_from_where_nothing_stands_before_it():
    area = _map()
    area.take(_grid((3.0, 1.0, 3.2, 3.0)), Pose2(1.0, 2.0, 0.0))
    area.free[:] = ~area.taken
    ball = SceneObject("ball", "ball", (4.0, 2.0, 0.1), 0.0, "sphere", (0.2, 0.2, 0.2), "red")
    view = ViewSearch(area).towards(Pose2(1.0, 2.0, 0.0), ball)
    assert not area.hidden(np.array([[view.pose.x, view.pose.y]]), np.array([4.0, 2.0]), 0.1)[0]
    assert math.dist((view.pose.x, view.pose.y), (4.0, 2.0)) < 2.2
    assert abs(view.pose.bearing_to(4.0, 2.0)) < 0.05
