"""Rehearsals in the line: sampled worlds, what geometry says, and trials judged on what is true in them."""

import dataclasses
import math
import os
import sys

import numpy as np
import pytest

from skill_stack.connector.motion_range import with_rest
from skill_stack.connector.statistics.region import region_of
from skill_stack.connector.statistics.run import Run
from skill_stack.core.errors import DataError
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.core.world.world_facts import place_facts
from skill_stack.evaluation.bodies.body_scenes import body_scene
from skill_stack.evaluation.scenes.hinged.door_scenes import door_scene
from skill_stack.planner.candidates import Candidates
from skill_stack.planner.model.model_planner import ModelPlanner
from skill_stack.planner.rehearsal import Rehearsal
from skill_stack.planner.rehearsal_need import doubtful
from skill_stack.planner.rehearsal_record import RehearsalSettings
from skill_stack.planner.trial import TrialJob, TrialSituation
from skill_stack.runtime.line.observed_line import clear_sight
from skill_stack.runtime.rehearsal.rehearsal import LineRehearser, load_rehearsal, resting_pose, stage_of
from skill_stack.runtime.rehearsal.rehearsal_outlook import BLOCKED
from skill_stack.runtime.rehearsal.rehearsal_pool import PoolRehearser
from skill_stack.runtime.rehearsal.rehearsal_worker import RehearsalWorker, TrialFailed, WorkerLost
from skill_stack.runtime.rehearsal.rehearsal_world import sample_world, slippery_patches
from skill_stack.runtime.rehearsal.rehearsing_planner import RehearsingPlanner

STANDING = Fact("posture", ("robot", "standing"))
RESOURCES = Resources.from_environment(os.environ)
SETTINGS = load_rehearsal(RESOURCES)
ORIGIN = Pose2(0.0, 0.0, 0.0)


def ball(name="red_ball", at=(2.0, 0.0), **more):
    return SceneObject(name, "ball", (*at, 0.12), 0.0, "sphere", (0.24, 0.24, 0.24), name.split("_")[0], **more)


def crate(name, at, size=(0.4, 0.4, 0.5), **more):
    return SceneObject(name, "crate", (*at, size[2] / 2), 0.0, "box", size, "brown", **more)


GO2 = load_robot(RESOURCES.robot("go2"))


def situation(*things, facts=(), robot=ORIGIN, now=0.0):
    scene = SceneGraph({thing.id: thing for thing in things}, frozenset(facts), robot)
    return TrialSituation(scene, place_facts(scene) | {STANDING}, now)


@pytest.fixture(scope="module")
def stage():
    made = stage_of(RESOURCES, "go2", SETTINGS.doubt)
    if not made.library.entries["walk"].usable:
        pytest.skip("the walking policy is not there")
    return made


@pytest.fixture(scope="module")
def candidates(stage):
    return Candidates(stage.planner)


def planned(candidates, words, where):
    found = candidates.for_instruction(Instruction(words), where.scene, where.facts)
    return {candidate.label: candidate.plan for candidate in found}


def test_the_same_seed_gives_the_same_world_and_another_another():
    where = situation(ball(), crate("box", (1.0, 1.0), confidence=0.5))
    assert sample_world(where, SETTINGS.doubt, 3, GO2) == sample_world(where, SETTINGS.doubt, 3, GO2)
    assert sample_world(where, SETTINGS.doubt, 3, GO2) != sample_world(where, SETTINGS.doubt, 4, GO2)


def test_what_is_less_sure_lies_farther_off_and_walls_and_places_do_not_move():
    wall = SceneObject("wall", "wall", (3.0, 0.0, 0.2), 0.0, "box", (0.1, 4.0, 0.4))
    place = SceneObject("kitchen", "place", (1.0, 1.0, 0.0), shape="point")
    where = situation(ball("sure_ball"), ball("vague_ball", (1.0, 1.0), confidence=0.3), wall, place)
    off = {name: [] for name in where.scene.objects}
    for seed in range(60):
        for thing in sample_world(where, SETTINGS.doubt, seed, GO2).setup.objects:
            off[thing.id].append(math.dist(thing.position, where.scene[thing.id].position))
    assert set(off["wall"]) == set(off["kitchen"]) == {0.0}
    assert np.mean(off["sure_ball"]) < 0.05
    assert 0.2 < np.mean(off["vague_ball"]) < 0.6
    assert np.mean([thing == 0.0 for thing in off["vague_ball"]]) == 0.0


def test_a_movable_thing_may_have_wandered_since_it_was_seen_and_a_fixed_one_may_not():
    doubt = SETTINGS.doubt
    assert doubt.spread(ball(movable=True, last_seen=0.0), 30.0) > 0.25
    assert doubt.spread(ball(movable=True, last_seen=0.0), 1e6) <= math.hypot(doubt.position, doubt.drift_limit) + 1e-9
    assert doubt.spread(ball(last_seen=0.0), 30.0) == doubt.position


def test_what_lies_in_a_hand_on_its_stand_stays_in_it_and_what_lies_beside_it_may_wander():
    hand, scene = load_robot(RESOURCES.robot("allegro_right")), load_scene(RESOURCES.scene("cube_in_palm"))
    cube = next(thing for thing in set_up(scene, 0).objects if thing.id == "cube")
    beside = dataclasses.replace(cube, id="other", position=(0.4, 0.0, cube.position[2]))
    under = dataclasses.replace(cube, id="dropped", position=(*cube.position[:2], 0.04))
    where = situation(cube, beside, under, now=60.0)
    assert sample_world(where, SETTINGS.doubt, 0, hand).lying == {cube.id}
    assert sample_world(where, SETTINGS.doubt, 0, GO2).lying == frozenset()
    off = {name: [] for name in where.scene.objects}
    for seed in range(40):
        for thing in sample_world(where, SETTINGS.doubt, seed, hand).setup.objects:
            off[thing.id].append(math.dist(thing.position, where.scene[thing.id].position))
    assert 0.0 < max(off[cube.id]) < 0.015
    on_stand, walking = (sample_world(where, SETTINGS.doubt, 0, robot).setup.added_mass for robot in (hand, GO2))
    assert on_stand == 0.0 != walking
    assert max(off["other"]) > 0.2 and max(off["dropped"]) > 0.2


def test_few_worlds_cover_both_sides_of_an_uncertain_thing():
    where = situation(crate("box", (1.0, 0.0), confidence=0.5))
    shifts = [sample_world(where, SETTINGS.doubt, seed, GO2).setup.objects[0].position[1] for seed in range(8)]
    assert 3 <= sum(shift > 0 for shift in shifts) <= 5


def test_a_robot_that_does_not_know_its_place_cannot_rehearse():
    with pytest.raises(DataError, match="put it at its start"):
        sample_world(situation(ball(), robot=None), SETTINGS.doubt, 0, GO2)


def test_only_places_with_an_extent_of_which_it_is_said_are_slippery():
    wet = SceneObject("wet", "place", (1.0, 0.0, 0.0), shape="point", size=(1.0, 2.0, 0.0))
    dry = dataclasses.replace(wet, id="dry")
    spot = SceneObject("spot", "place", (1.0, 0.0, 0.0), shape="point")
    where = situation(wet, dry, spot, facts=[Fact("slippery", ("wet",)), Fact("slippery", ("spot",))])
    (patch,) = slippery_patches(where.scene, 0.05)
    assert (patch.position, patch.size, patch.friction) == ((1.0, 0.0), (1.0, 2.0), 0.05)


def test_a_robot_begins_in_the_posture_that_it_is_in(stage):
    assert resting_pose(stage.library, frozenset({Fact("posture", ("robot", "sitting"))})) == "sit"
    assert stage.robot.pose(resting_pose(stage.library, frozenset({STANDING}))) is not None
    assert resting_pose(stage.library, frozenset()) == ""


def test_a_plain_errand_succeeds_and_again_bit_for_bit(stage, candidates):
    where = situation(ball())
    job = TrialJob(0, planned(candidates, "go to the red ball", where)["the usual way"], 2)
    trial = stage.trial(where, job)
    assert trial.passed, trial.reason
    assert stage.trial(where, job) == trial


def test_a_thing_that_is_not_where_it_is_stated_is_run_into(stage, candidates):
    """The believed scene is what drives; the sampled one is what the robot meets."""
    where = situation(ball(at=(3.0, 0.0)), crate("left", (1.5, 0.65), confidence=0.0))
    plan = planned(candidates, "go to the red ball", where)["the usual way"]
    trials = [stage.trial(where, TrialJob(0, plan, world)) for world in range(5)]
    assert any(trial.reason == "the robot runs into the brown crate" for trial in trials)
    assert any(trial.passed for trial in trials)


def test_a_door_is_seen_to_open_in_a_trial(stage, candidates):
    where = situation(*set_up(door_scene(0).file, 0).graph().objects.values())
    trial = stage.trial(where, TrialJob(0, planned(candidates, "open the door", where)["the usual way"], 0))
    assert trial.passed, trial.reason


@pytest.mark.parametrize("on_it", [True, False])
def test_who_goes_to_a_place_on_a_thing_may_touch_the_thing(stage, on_it):
    things = set_up(body_scene("door", 504, "go2").file, 0).graph().objects
    x, y, z = things["target"].position
    goal = dataclasses.replace(things["target"], position=(x if on_it else x - 0.15, y, z))
    where = situation(things["surface"], goal)
    spec = stage.library["use_whole_body"]
    step = PlanNode("skill", skill=spec.name, arguments=spec.complete({"task": "door", "target": "target"}))
    plan = Plan("x", "x", "plan", PlanNode("sequence", (step,)))
    trial = stage.trial(where, TrialJob(0, plan, 0))
    assert (trial.reason == "the robot runs into the brown door") != on_it, trial.reason


def test_the_wrong_side_of_a_wall_is_not_there(stage, candidates):
    wall = crate("panel", (3.46, 0.0), (0.06, 1.6, 0.5))
    box = SceneObject("green_box", "box", (3.6, 0.0, 0.15), 0.0, "box", (0.2, 0.2, 0.3), "green")
    assert not clear_sight(Pose2(3.0, 0.0, 0.0), box, (wall, box))
    assert clear_sight(Pose2(4.1, 0.0, math.pi), box, (wall, box))
    kerb = dataclasses.replace(wall, size=(0.06, 1.6, 0.1), position=(3.46, 0.0, 0.05))
    assert clear_sight(Pose2(3.0, 0.0, 0.0), box, (kerb, box))
    where = situation(box, wall, robot=Pose2(0.0, 0.3, 0.0))
    round_it = planned(candidates, "go to the green box", where)["the usual way"]
    assert stage.outlook.chances_of(where, [round_it])[0] > BLOCKED  # the connector goes round the wall by itself


def test_what_is_walled_in_cannot_be_reached(stage, candidates):
    box = SceneObject("green_box", "box", (3.6, 0.0, 0.15), 0.0, "box", (0.2, 0.2, 0.3), "green")
    walls = [
        crate(name, at, size)
        for name, at, size in (
            ("north", (3.6, 0.3), (0.8, 0.06, 0.5)), ("south", (3.6, -0.3), (0.8, 0.06, 0.5)),
            ("west", (3.3, 0.0), (0.06, 0.66, 0.5)), ("east", (3.9, 0.0), (0.06, 0.66, 0.5)),
        )
    ]  # fmt: skip
    where = situation(box, *walls, robot=Pose2(0.0, 0.3, 0.0))
    usual = planned(candidates, "go to the green box", where)["the usual way"]
    assert stage.outlook.chances_of(where, [usual]) == [BLOCKED]
    assert not stage.trial(where, TrialJob(0, usual, 0)).passed


def test_geometry_alone_tells_the_risky_from_the_safe(stage, candidates):
    where = situation(ball(at=(4.0, 0.0)), crate("left", (2.0, 0.65), confidence=0.4))
    plans = planned(candidates, "go to the red ball", where)
    chances = dict(zip(plans, stage.outlook.chances_of(where, list(plans.values())), strict=True))
    assert chances["go round by the right"] > 0.95
    assert chances["the usual way"] < 0.9
    assert all(0.0 <= chance <= 1.0 for chance in chances.values())
    lost = TrialSituation(dataclasses.replace(where.scene, robot=None), where.facts)
    assert stage.outlook.chances_of(lost, list(plans.values())) == [0.5] * len(plans)


@pytest.mark.slow
def test_a_walk_with_a_thing_in_the_way_is_walked_beside_it(stage, candidates):
    where = situation(crate("box", (1.5, 0.0)))
    found = candidates.for_instruction(Instruction("walk forward 3 metres"), where.scene, where.facts)
    ticks = iter(range(10_000))
    budget = SETTINGS.budget.model_copy(update={"seconds": 9.0, "most": 2})
    result = Rehearsal(LineRehearser(stage), budget, lambda: float(next(ticks))).choose(found, where)
    assert result.chosen != 0
    assert "the usual way 0 of 1 (move failed" in result.plan.reason
    assert result.records[result.chosen].passed == len(result.records[result.chosen].trials) > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("asked", "falls"),
    [({"turn_rate": 2.755, "velocity_x": 1.12}, True), ({"base_height": 0.25}, False)],
)
def test_a_motion_that_goes_on_for_ever_is_rehearsed_for_a_while_and_judged_by_whether_it_falls(stage, asked, falls):
    spec = stage.library["move_as_told"]
    arguments = spec.complete({**asked, **{f"{name}_weight": 1.0 for name in asked}})
    tree = PlanNode("sequence", (PlanNode("skill", skill=spec.name, arguments=arguments, why="asked for"),))
    trial = stage.trial(situation(), TrialJob(0, Plan("x", "x", "plan", tree), 0))
    assert (trial.fell, trial.passed) == (falls, not falls), trial.reason
    assert trial.seconds < 6.0


EDGE = "spin at 2.8 radians per second and walk forward at 1.1 metres per second"


def rehearsed(stage, words):
    """The answer to words after two trials."""
    settings = RehearsalSettings(first=2, most=2, seconds=1e6)
    grammar, rehearser = ModelPlanner(stage.planner, (), lambda: 0.0), LineRehearser(stage)
    planner = RehearsingPlanner(grammar, stage.planner, rehearser, settings, lambda: 0.0, need=doubtful)
    where = situation()
    return planner.plan(Instruction(words, "prompt", 0.0), where.scene, where.facts)


@pytest.mark.slow
def test_a_device_rehearses_the_part_of_the_way_that_it_is_given_until_a_motion_of_its_kind_has_succeeded(stage):
    device = stage_of(RESOURCES, "go2", SETTINGS.doubt, device=True)
    device.own = lambda: ()
    whole, part = rehearsed(stage, EDGE), rehearsed(device, EDGE)
    assert whole.status == "plan" and "where one fails: the robot falls" in whole.reason
    assert part.status == "plan" and "50 % of the way" in part.reason and "2 of 2 rehearsals succeed" in part.reason
    library, step = with_rest(device.library, device.robot), part.steps[0]
    region = region_of(library[step.skill], step.arguments, SceneGraph({}))
    ran = Run("here", 1, 0.0, library.body, step.skill, step.skill, region, "", "succeeded")
    device.own = lambda: (ran,)
    again = rehearsed(device, EDGE)
    assert again.status == "refusal" and "fell or was damped" in again.reason


def test_worker_processes_come_to_the_same_as_this_one_and_end(stage, candidates):
    where = situation(ball())
    plan = planned(candidates, "go to the red ball", where)["the usual way"]
    jobs = [TrialJob(0, plan, world) for world in range(3)]
    pool = PoolRehearser(os.environ, "go2", SETTINGS.doubt, workers=1)
    try:
        pool.load(60.0)
        early = pool.trials(where, jobs[:2])
        next(early)
        early.close()
        there = {job.world: trial for job, trial in pool.trials(where, jobs)}
        assert there == {job.world: trial for job, trial in LineRehearser(stage).trials(where, jobs)}
        assert pool.outlook(where, [plan]) == stage.outlook.chances_of(where, [plan])
        lost = TrialSituation(dataclasses.replace(where.scene, robot=None), where.facts)
        with pytest.raises(TrialFailed, match="put it at its start"):
            list(pool.trials(lost, jobs))
        assert len(list(pool.trials(where, jobs[:1]))) == 1
    finally:
        pool.close()


def test_a_process_that_loads_or_is_at_a_trial_that_nobody_waits_for_is_not_asked(stage, candidates, monkeypatch):
    where, asked, ask = situation(ball()), [], RehearsalWorker.ask
    plan = planned(candidates, "go to the red ball", where)["the usual way"]
    monkeypatch.setattr(RehearsalWorker, "ask", lambda self, **given: asked.append(given) or ask(self, **given))
    pool = PoolRehearser(os.environ, "go2", SETTINGS.doubt, workers=1)
    try:
        monkeypatch.setattr(pool, "_seconds", 0.0)
        assert list(pool.trials(where, [TrialJob(0, plan, 0)])) == asked == []
        pool.load(60.0)
        assert [list(pool.trials(where, [TrialJob(0, plan, world)])) for world in range(3)] == [[], [], []]
        assert len(asked) == 1
        monkeypatch.setattr(pool, "_seconds", 60.0)
        ((job, trial),) = pool.trials(where, [TrialJob(0, plan, 2)])
        assert [(job, trial)] == list(LineRehearser(stage).trials(where, [job])) and len(asked) == 2
    finally:
        pool.close()


def test_a_worker_process_that_is_gone_is_told_and_replaced(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    pool = PoolRehearser(os.environ, "go2", SETTINGS.doubt, workers=1)
    try:
        plan = Plan("p", "go", "plan")
        pool.load(60.0)
        for _ in range(2):  # the second time on the one that took the place of the first
            with pytest.raises(WorkerLost):
                list(pool.trials(situation(ball()), [TrialJob(0, plan, 0)]))
    finally:
        pool.close()
