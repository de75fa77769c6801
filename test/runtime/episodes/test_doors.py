"""Doors that are opened and closed by words, with the whole robot in one process."""

import os
from dataclasses import replace

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.core.world.scene_file import set_up
from skill_stack.core.world.world_facts import OPEN_ANGLE, SHUT_ANGLE, place_facts
from skill_stack.evaluation.scenes.door_scenes import HERE, KINDS, door_scene
from skill_stack.planner import Planner
from skill_stack.runtime.episodes.errands.door_episodes import DoorEpisodes
from skill_stack.runtime.line.sighted_line import SightedLine


@pytest.fixture(scope="module")
def go2():
    resources = Resources.from_environment(os.environ)
    library = load_library(resources, load_robot(resources.robot("go2"), resources))
    setup = set_up(door_scene(0).file, 0)
    scene, planner = replace(setup.graph(), robot=setup.start), Planner(library)

    def plan(words, opened=0.0):
        door = scene["door"]
        turned = door.turned(door.swing[0] + (opened if door.swing[1] > door.swing[0] else -opened))
        world = SceneGraph({**scene.objects, "door": turned}, scene.facts, scene.robot)
        return planner.plan(Instruction(words), world, place_facts(world) | {Fact("posture", ("robot", "standing"))})

    return plan


def test_eight_seeds_have_all_kinds_and_a_door_that_swings_towards_the_robot_opens_there():
    scenes = [door_scene(seed) for seed in range(8)]
    assert {scene.kind for scene in scenes} == set(KINDS)
    for scene in scenes:
        door = next(one for one in scene.file.objects if one.kind == "door").resolve()
        middle = door.turned(sum(door.swing) / 2)
        shut = door.turned(door.swing[0])
        assert (middle.position[0] < shut.position[0]) == (scene.kind in HERE)
        assert shut.opened < SHUT_ANGLE < OPEN_ANGLE <= door.turned(door.swing[1]).opened
        assert scene.closes == (door.opened > SHUT_ANGLE and scene.kind != "ajar")


@pytest.mark.parametrize("words", ["open the door", "push the door open", "push open the door"])
def test_a_door_is_opened_by_words_and_open_afterwards(go2, words):
    plan = go2(words)
    assert [step.skill for step in plan.steps] == ["open_door"] and "open(door)" in plan.facts


def test_what_is_seen_of_a_door_is_known_of_it(go2):
    assert go2("is the door open?").reason.startswith("Not")
    assert go2("is the door open?", 1.2).reason.startswith("Yes")


def test_what_has_no_hinge_is_not_opened(go2):
    plan = go2("open the red ball")
    assert plan.status == "refusal" and "hinged(red_ball)" in plan.reason


@pytest.mark.parametrize("words", ["close the door", "shut the door", "push the door shut", "push the door closed"])
def test_a_door_is_closed_by_words_and_not_open_afterwards(go2, words):
    plan = go2(words, 1.4)
    assert [step.skill for step in plan.steps] == ["close_door"] and "open(door)" not in plan.facts
    assert [step.skill for step in go2("open the door, then close the door").steps] == ["open_door", "close_door"]


@pytest.mark.parametrize("seed", [0, 3, 5, 7, 15])
def test_it_is_pushed_open_or_shut_or_told_why_not(seed):
    score = DoorEpisodes(Resources.from_environment(os.environ), "go2").score(seed)
    assert score.done, score.reason


LOCKED = [(0, "open the door", "stays shut"), (5, "close the door", "degrees afterwards")]


@pytest.mark.parametrize(("seed", "words", "told"), LOCKED)
def test_a_door_that_does_not_give_way_is_told(seed, words, told):
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot("go2"), resources)
    library = load_library(resources, robot)
    line = SightedLine(robot, library, set_up(door_scene(seed).file, 0), planner=Planner(library))
    line.device.model.joint("door_hinge").damping[:] = 1e5
    line.wake(line.scene.objects, line.scene.objects, 0)
    result = line.run(words)
    assert result.outcome == "failed" and told in result.reason
