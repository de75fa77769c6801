"""What is known of the others: walkers, those that stand, and those that have fallen silent."""

from dataclasses import replace

import pytest

from skill_stack.connector.team.teammates import SILENT, Teammates, reach_of, spread_of
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.core.world.team_member import TeamMember

REX = TeamMember("rex", 1.0, 2.0, 0.0, front=0.35, back=0.4, side=0.2)
WALKS = replace(REX, velocity=(0.7, 0.0), path=((4.0, 2.0),), avoids=True)
SCENE = SceneGraph({"ball": SceneObject("ball", "ball", (0.0, 0.0, 0.1), shape="sphere", size=(0.2, 0.2, 0.2))})


def heard(member, now=0.0):
    mates = Teammates()
    mates.hear(member, now)
    return mates


def test_nobody_leaves_the_scene_as_it_is():
    assert not Teammates() and Teammates().world(SCENE, 0.0) is SCENE
    assert heard(WALKS).world(SCENE, 0.1) is SCENE, "one that walks is met by velocities, not walked around"


def test_one_that_stands_is_walked_around_as_a_box():
    mates = heard(REX)
    world = mates.world(SCENE, 0.5)
    box = world["robot rex"]
    assert (box.shape, box.movable) == ("box", False) and box.size[0] >= 0.75 and box.size[1] >= 0.4
    assert box.position[0] == pytest.approx(0.975, abs=0.03), "the base is not the middle of the outline"
    assert mates.world(SCENE, 0.6).objects is world.objects, "no new outlines while nothing changes"
    assert not mates.moving(0.5)


def test_one_that_a_person_drives_is_no_obstacle_that_stands():
    driven = replace(REX, velocity=(0.4, 0.0))
    assert heard(driven).moving(0.1) == [driven] and not heard(driven).standing(0.1)


def test_a_silent_one_is_kept_clear_of_where_it_was_and_the_wider_the_longer():
    mates = heard(WALKS)
    assert mates.moving(SILENT - 0.01) and not mates.moving(SILENT + 0.01)
    sizes = [mates.standing(now)[0].size[0] for now in (1.1, 1.6, 2.5, 100.0, 1000.0)]
    assert sizes == sorted(sizes) and sizes[0] >= 2 * (reach_of(REX) + 0.7) and sizes[-1] == sizes[-2]
    assert mates.standing(2.0)[0].position[:2] == pytest.approx((1.0, 2.0))
    mates.hear(WALKS, 1001.0)
    assert mates.moving(1001.0), "it is there again"


def test_time_that_begins_anew_makes_nobody_silent():
    mates = heard(WALKS, 500.0)
    mates.restart(0.0)
    assert mates.moving(0.5) and mates.ages(0.5) == {"rex": 0.5}


def test_errors_of_both_places_widen_a_distance_up_to_a_limit():
    good, bad = replace(REX, deviation=0.03), replace(REX, deviation=0.04)
    assert spread_of(good, bad) == pytest.approx(0.1)
    assert spread_of(good, replace(REX, deviation=5.0)) == pytest.approx(0.3)
