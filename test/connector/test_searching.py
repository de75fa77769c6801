"""The guide that goes to where perception wants to look from."""

import pytest

from skill_stack.connector.guides.searching import FOUND, SEEN
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.search_progress import SearchProgress


@pytest.fixture
def world(worlds):
    return lambda *objects: worlds([*objects])


def _look(world, view, number=1, request="p/1"):
    world.connector.lookout = SearchProgress(request, "looking", view, number)


def test_it_goes_where_it_is_told_turns_there_and_ends_with_the_report(world):
    made = world()
    made.start("p/1", "look_for", what="red ball")
    _look(made, Pose2(1.5, 1.0, 2.0))
    made.run(20.0)
    assert made.map_pose.distance_to(1.5, 1.0) < 0.2
    assert abs(made.map_pose.yaw - 2.0) < 0.15
    _look(made, Pose2(1.5, 1.0, -1.0), 2)
    made.run(8.0)
    assert abs(made.map_pose.yaw + 1.0) < 0.15, "another view from the same place"
    made.connector.lookout = SearchProgress("p/1", "found", None, 2, "red_ball", "I found the red ball.")
    outcome = made.finish(2.0)
    assert (outcome.outcome, outcome.reason) == ("succeeded", "I found the red ball.")


@pytest.mark.parametrize("outcome", ["absent", "unsure"])
def test_what_was_not_found_is_a_failure_that_says_where_was_looked(world, outcome):
    made = world()
    made.start("p/1", "look_for", what="red ball")
    made.connector.lookout = SearchProgress("p/1", outcome, None, 3, "", "There is no red ball here. I looked 3 times.")
    ended = made.finish(20.0)
    assert (ended.outcome, ended.violated) == ("failed", FOUND)
    assert "I looked 3 times" in ended.reason


def test_looking_at_everything_has_no_find_to_wait_for(world):
    made = world()
    made.start("p/1", "look_for")
    made.connector.lookout = SearchProgress("p/1", "absent", None, 3, "", "I looked 3 times.")
    assert made.finish(20.0).outcome == "succeeded"


@pytest.mark.parametrize("other", [False, True])
def test_nobody_waits_for_ever_for_a_camera(world, other):
    made = world()
    made.start("p/1", "look_for", what="red ball")
    if other:
        _look(made, Pose2(3.0, 0.0, 0.0), request="p/0")  # of an older search
    ended = made.finish(30.0)
    assert (ended.outcome, ended.violated) == ("failed", SEEN)
    assert made.map_pose.distance_to(0.0, 0.0) < 0.3


def test_a_place_without_a_way_is_waited_at_until_another_one_is_named(world, things):
    made = world(things["box"]("hut", 3.0, 0.0, 1.5, 1.5))
    made.start("p/1", "look_for", what="red ball")
    _look(made, Pose2(3.0, 0.0, 0.0))
    made.run(8.0)
    assert not made.outcomes
    _look(made, Pose2(0.0, 1.0, 0.0), 2)
    made.run(8.0)
    assert made.map_pose.distance_to(0.0, 1.0) < 0.25
