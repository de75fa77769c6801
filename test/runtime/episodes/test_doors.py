"""Doors that are opened and closed by words, with the whole robot in one process."""

import math
import os
from dataclasses import replace

import pytest

from skill_stack.connector.guides import GuideContext, make_guide
from skill_stack.connector.guides.guide import GuideFailure, GuideView
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.core.world.scene_file import set_up
from skill_stack.core.world.world_facts import OPEN_ANGLE, SHUT_ANGLE, place_facts
from skill_stack.evaluation.scenes.hinged.door_scenes import HERE, KINDS, door_scene, leaf_here
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


def test_a_leaf_on_no_map_opens_towards_the_robot_and_shuts_the_only_way() -> None:
    for seed in range(4):
        scene = leaf_here(seed)
        leaf = next(one for one in set_up(scene.file, 0).objects if one.id == "door")
        assert scene.refused and scene.hidden == ("door",) and leaf.opens_towards(0.0, 0.0)
        assert math.radians(9.0) < leaf.opened < math.radians(36.0)


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


@pytest.mark.parametrize("seed", [0, 3, 5, 7, 15, 976006, 977031])
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


def looked(seen, seconds=12.0):
    """Looks back at a leaf that stands open by 1.3 rad, which a camera sees while a function of time and of how far the
    robot is says so; gives the farthest that it went back, m, and what came of it.
    """
    scene, robot = door_scene(0), load_robot(Resources.from_environment(os.environ).robot("go2"))
    shut = next(one for one in set_up(scene.file, 0).graph().objects.values() if one.id == "door")
    door = shut.turned(shut.swing[0] + math.copysign(1.3, shut.swing[1] - shut.swing[0]))
    x, y = door.position[0] + 1.3, door.position[1]
    guide = make_guide("opening", GuideContext({"target": "door"}, ConnectorSettings(), {}, robot.footprint))
    back, now, last = 0.0, 10.0, 5.0
    while now < 10.0 + seconds:
        last = now if seen(now - 10.0, back) else last
        pose = Pose2(x + back, y, math.pi)
        world = SceneGraph({"door": replace(door, last_seen=last)})
        try:
            step = guide.step(GuideView(pose, world, Outlines.from_objects([]), now, now))
        except GuideFailure as failure:
            return back, failure.name
        if step.remaining <= 0.0:
            return back, "open"
        back -= 0.05 * min(step.goals["vx"], 0.0)
        now += 0.05
    return back, "nothing"


def test_looks_that_came_before_it_faced_the_leaf_count_too():
    assert looked(lambda now, back: now < 1.2) == (0.0, "open")


def test_from_a_leaf_that_is_too_near_to_be_seen_the_robot_goes_back():
    back, what = looked(lambda now, back: back > 0.25)
    assert what == "open" and 0.25 < back < 0.6


def test_a_leaf_that_is_never_seen_is_told_after_going_back_once():
    back, what = looked(lambda now, back: False)
    assert what == "door is seen" and back == pytest.approx(0.5, abs=0.05)
