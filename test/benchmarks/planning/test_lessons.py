"""Scenes with a hidden rule: the map does not show it, no words or skills are invented, and it goes with the kind."""

import math
import os
from dataclasses import replace

import numpy as np
import pytest

from skill_stack.benchmarks.planning import lessons
from skill_stack.benchmarks.planning.lessons_devices import LOCKED, DoorLock
from skill_stack.benchmarks.planning.lessons_scene import lesson_floor, load_scenes
from skill_stack.benchmarks.planning.lessons_trials import LessonSeries, LessonTrials, LockedLine
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library

SCENES = {scene.name: scene for scene in load_scenes(Resources.from_environment({}))}


def test_there_are_twelve_scenes_and_three_with_devices_and_all_of_them_are_physical():
    assert len(SCENES) == 15 and sum(scene.device is not None for scene in SCENES.values()) == 3
    for scene in SCENES.values():
        other = scene.thing != scene.usual.model_copy(update={"kind": scene.thing.kind})
        assert scene.device or scene.hidden or scene.patches or other
        assert scene.pushes or scene.thing.kind != scene.usual.kind


@pytest.mark.parametrize("name", SCENES)
def test_the_map_does_not_show_what_is_hidden_and_it_stands_around_the_thing_on_every_floor(name):
    scene = SCENES[name]
    for seed, number in ((1, 0), (1, 1), (2, 0)):
        floor = lesson_floor(scene, seed, number)
        world = floor.world(np.random.default_rng(seed))
        assert not {one.id for one in scene.hidden} & set(floor.known.objects)
        x, y = floor.thing.position[:2]
        for one in (*world.objects, *world.patches):
            if getattr(one, "id", "hidden") not in floor.known.objects:
                assert math.dist(one.position[:2], (x, y)) < 1.5
                assert math.hypot(*one.position[:2]) > 0.6, "the robot begins on it"


def test_floors_of_a_seed_have_other_things_of_the_same_kinds():
    scene = SCENES["glass_cabinet"]
    one, other = (lesson_floor(scene, 3, number) for number in (0, 1))
    assert one.thing.kind == other.thing.kind and one.thing.id != other.thing.id
    assert one.thing.position != other.thing.position
    assert one.words("go to the {thing}") == f"go to the {one.thing.label}"


@pytest.mark.parametrize("name", ["plate_before_the_gate", "plate_that_forgets"])
def test_a_door_is_locked_until_a_foot_stands_on_its_plate(name):
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot("go2"), resources)
    floor = lesson_floor(SCENES[name], 0, 0)
    line = LockedLine(robot, load_library(resources, robot), floor.world(np.random.default_rng(0)))
    plate, feet = floor.known.objects[floor.scene.device.unlocks], tuple(foot.name for foot in robot.feet)
    line.begin()
    joint = line.device.model.joint(f"{floor.thing.id}_hinge")

    def damping(at, seconds):
        line.lock = DoorLock(line.device, floor.scene.device, floor.thing, at, feet)
        line.idle(seconds)
        return float(joint.damping[0])

    assert damping(plate, 0.1) == LOCKED, "it stands elsewhere"
    x, y = (float(value) for value in line.device.truth().position[:2])
    assert damping(replace(plate, position=(x, y, 0.0)), 0.1) < 10.0
    line.lock._plate = plate  # it has gone from it
    line.idle(1.0)
    assert joint.damping[0] < 10.0
    line.lock.step(line.now + 60.0)
    assert (joint.damping[0] == LOCKED) == (floor.scene.device.lasts is not None)


def test_what_is_too_heavy_is_left_for_another_load_after_the_trials():
    trials = LessonTrials(Resources.from_environment(os.environ))
    done = trials.series(SCENES["brick_below_the_chest"], 0)
    assert not done.before and done.carried and not done.carried_bare
    assert "brick: too heavy" in done.troubles


def test_rows_count_what_was_judged():
    scene = SCENES["heavy_crate"]
    done = [LessonSeries(scene, seed, False, True, seed > 0, False, (True,) * 4, (), ("crate: too heavy",))
            for seed in range(2)]  # fmt: skip
    rows = {row.name: row for row in lessons.rows(done)}
    assert (
        rows["gain from before to after the trials"].value == 100.0 and rows["gain where it is carried"].value == 50.0
    )
    assert rows["series in which the rule was named"].value == 100.0
    assert "before 0, after 2" in rows["heavy_crate, after the trials"].note
