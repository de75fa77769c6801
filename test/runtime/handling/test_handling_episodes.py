"""A humanoid that walks to something and touches it, judged by the truth."""

import math
import os
from dataclasses import replace

import numpy as np
import pytest

from skill_stack.connector.palms.motions import OfferGuide
from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.scene_file import set_up
from skill_stack.core.world.world_facts import place_facts
from skill_stack.evaluation.scenes.handling_scenes import KINDS, handling_scene
from skill_stack.evaluation.scores.contrast_score import ContrastScore, contrast_figures, contrast_misses
from skill_stack.planner.planner import Planner
from skill_stack.runtime.handling.handling_episodes import AFTER, HandlingEpisodes, distance, not_brought


def test_scenes_have_all_kinds_and_are_the_same_for_a_seed():
    assert {handling_scene(seed).kind for seed in range(5)} == set(KINDS)
    assert handling_scene(5) == handling_scene(5)
    for seed in range(12):
        scene = handling_scene(seed)
        spots = [one.position[:2] for one in scene.file.objects if one.id.startswith("cone")]
        assert all(math.dist(a, b) > 1.0 for a in spots for b in spots if a != b)


@pytest.mark.parametrize("seed", range(len(KINDS)))
def test_instructions_of_all_kinds_are_carried_out_without_a_question(seed):
    found, scene = Resources.from_environment(os.environ), handling_scene(seed)
    setup = set_up(scene.file, seed)
    graph = replace(setup.graph(), robot=setup.start)
    planner = Planner(load_library(found, load_robot(found.robot("g1"))))
    facts = place_facts(graph) | {Fact("posture", ("robot", "standing")), Fact("on", (scene.target, scene.beneath))}
    plan = planner.plan(Instruction(scene.words), graph, facts)
    assert (plan.status, plan.certainty) == ("plan", "said"), plan.reason


def test_the_distance_is_that_of_the_nearer_fingertips_from_the_surface():
    ball = SceneObject("ball", "ball", (0.0, 0.0, 1.0), 0.0, "sphere", (0.2, 0.2, 0.2))
    tips = np.array([[[0.13, 0.0, 1.0], [0.0, 2.0, 1.0]]] * 3)
    assert distance(tips, ball) == pytest.approx(0.03)
    post = SceneObject("post", "post", (0.0, 0.0, 0.5), 0.0, "cylinder", (0.2, 0.2, 1.0))
    assert distance(np.array([[[0.13, 0.0, 1.04], [5.0, 0.0, 0.0]]]), post) == pytest.approx(0.05)


def test_figures_tell_what_is_missed():
    scores = [ContrastScore(n, "touch it", "touch", n < 8, n < 7, "", 1.0) for n in range(10)]
    figures = contrast_figures(scores)
    assert (figures["done"]["share"], figures["done_without"]["share"]) == (0.8, 0.7)
    kinds, without = figures["kinds"][0], figures["kinds_without"][0]
    assert (kinds["successes"], without["successes"], without["task"]) == (8, 7, "touch")
    assert kinds["interval"] == figures["done"]["interval"]
    assert len(contrast_misses(figures, 0.9, 0.25)) == 2
    assert not contrast_misses(figures, 0.8, 0.1)


def test_a_humanoid_goes_around_and_touches_where_going_near_is_not_enough():
    score = HandlingEpisodes(Resources.from_environment(os.environ), "g1").score(11)
    assert score.kind == "ball"
    assert score.done and not score.without


@pytest.fixture
def offering():
    """A humanoid that is to hand a box over, and that scene; whether somebody takes it is told."""

    def make(takes):
        scene = handling_scene(904)
        if not takes:
            scene = replace(scene, file=scene.file.model_copy(update={"takers": {}}))
        return HandlingEpisodes(Resources.from_environment(os.environ), "g1").line_of(scene), scene

    return make


def test_a_humanoid_hands_a_box_to_who_draws_at_it(offering):
    line, scene = offering(takes=True)
    assert line.run(scene.words).outcome == "succeeded"
    line.idle(AFTER)
    box = line.scene[scene.target]
    true = replace(box, position=tuple(line.device.data.body(scene.target).xpos.tolist()))
    assert not_brought(scene, true, line.scene["anna"]) == ""


def test_who_draws_before_the_box_is_held_out_gets_it(offering, monkeypatch):
    felt, begun = OfferGuide.ready, []

    def ready(self, view, there):
        begun.append(view.now)
        return felt(self, view, there) and view.now - begun[0] > 5.0

    monkeypatch.setattr(OfferGuide, "ready", ready)
    line, scene = offering(takes=True)
    assert line.run(scene.words).outcome == "succeeded"


def test_a_box_that_nobody_takes_stays_between_the_palms(offering):
    line, scene = offering(takes=False)
    done = line.run(scene.words)
    assert done.outcome == "failed" and "offer failed" in done.reason
    assert line.device.data.body(scene.target).xpos[2] > 0.7 and not line.fallen


def test_a_box_that_slips_while_it_is_held_out_is_told(offering):
    line, scene = offering(takes=False)
    data, anna = line.device.data, line.scene["anna"]
    box, ticks = line.device.model.body(scene.target).id, iter(range(150))

    def weigh(status):
        near = math.dist(data.xpos[box][:2], anna.position[:2]) < 1.2 and status.skill == "move_palms"
        data.xfrc_applied[box, 2] = -60.0 if near and 100 < next(ticks, 0) else 0.0
        return status

    step = line.step
    line.step = lambda: weigh(step())
    done = line.run(scene.words)
    line.idle(0.5)
    assert "slipped" in done.reason and data.xpos[box][2] < 0.3
