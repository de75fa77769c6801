"""The skills of the G1: they load, ten sentences become plans, and arms work while the legs keep the balance."""

import os
import time
from dataclasses import replace

import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.evaluation.suite import load_suite
from skill_stack.runtime.episodes.scenario_episodes import ScenarioEpisodes
from skill_stack.runtime.line.line import Line

FOUND = Resources.from_environment(os.environ)
G1 = load_robot(FOUND.robot("g1"), FOUND)
LIBRARY = load_library(FOUND, G1)
SUITE = load_suite(FOUND.find("config/scenarios/g1.yaml", "suite"))
WORDS = {
    "walk to the blue box and wave": ["go_to", "wave"],
    "point at the blue box": ["face", "point_at"],
    "take a bow": ["bow"],
    "squat": ["squat"],
    "step left half a metre": ["move"],
    "walk forward one metre, then raise your arms": ["move", "raise_arms"],
    "turn around and clap your hands": ["turn", "clap"],
    "wait two seconds": ["wait"],
    "reach out with your left hand": ["reach"],
    "go to the red ball, face the table and wave": ["go_to", "face", "wave"],
}


@pytest.fixture(scope="module")
def line():
    return Line(G1, LIBRARY, set_up(load_scene(FOUND.scene("playground")), 1))


def steps_of(node):
    return [node.skill] if node.skill else [name for child in node.children for name in steps_of(child)]


def test_every_skill_of_the_suite_can_be_used():
    for task in SUITE.tasks:
        assert LIBRARY.entries[task.skill].spec is not None, LIBRARY.entries[task.skill]
        LIBRARY[task.skill]


@pytest.mark.parametrize(("words", "steps"), WORDS.items())
def test_sentences_become_plans(line, words, steps):
    plan = line.plan(words)
    assert plan.tree is not None, plan.reason
    standing, *rest = steps_of(plan.tree) if words != "wait two seconds" else ["stand", *steps_of(plan.tree)]
    assert (standing, rest) == ("stand", steps), "what hangs is stood up first"


@pytest.mark.parametrize("name", ["wave", "point_at"])
def test_arms_work_while_the_legs_keep_the_balance(name):
    episode = ScenarioEpisodes(FOUND, SUITE, time.perf_counter).named(name, 1)
    assert episode.passed, episode.reason


def test_a_robot_that_was_pushed_over_gets_up_when_it_is_told_to_and_by_nothing_else():
    line = Line(G1, LIBRARY, set_up(load_scene(FOUND.scene("open")), 1))
    assert line.run("get up").outcome == "succeeded" and line.now < 3.0, "what hangs and is upright just stands"
    line.device.push(-2.0, 0.0)
    line.idle(5.0)
    assert line.device.truth().fallen and line.status.mode is ControlMode.DAMPED
    for words in ("stand up", "wave", "walk forward"):
        assert line.run(words).outcome == "failed"
    assert line.device.truth().fallen
    result = line.run("get up")
    assert result.outcome == "succeeded", result.reason
    line.idle(3.0)
    end = line.device.truth()
    assert end.position[2] > 0.68 and not end.fallen and line.status.skill == "stand"


def test_a_verb_without_a_skill_moves_a_hand_once_somebody_said_yes():
    """Until then nothing does; it stands up first, and stays on its feet."""
    line = Line(G1, LIBRARY, set_up(load_scene(FOUND.scene("playground")), 7))
    plan = line.plan("shake the bottle")
    assert plan.status == "question" and line.run("shake the bottle").simulated_seconds == 0.0
    result = line.run_plan(replace(plan, status="plan"))
    assert result.outcome == "succeeded", result.reason
    assert result.steps[-1].skill == "move_hand_like" and result.steps[-1].seconds > 5.0
