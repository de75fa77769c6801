"""The line in one process: words move a simulated robot, and what is judged is the truth."""

import dataclasses
import os
import time
from pathlib import Path

import numpy as np
import pytest
import yaml

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene import SceneGraph
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.scoring import judge, pose_of
from skill_stack.runtime.line.line import Line

ROOT = Path(__file__).resolve().parents[3]
WORDS = "walk to the red ball, then sit down"
ASKED = yaml.safe_load((ROOT / "test" / "data" / "e2e_instructions.yaml").read_text())["instructions"]
FEW = 3  # of the same kind in the quick suite


@pytest.fixture(scope="module")
def resources():
    return Resources.from_environment(os.environ)


@pytest.fixture(scope="module")
def lines(resources):
    """Maker of lines in the world of a seed."""
    robot = load_robot(resources.robot("go2"))
    library = load_library(resources, robot)
    scene = load_scene(resources.scene("playground"))
    planner = Planner(library)

    def make(seed: int = 1) -> Line:
        return Line(robot, library, set_up(scene, seed), planner=planner, clock=time.perf_counter)

    return make


def seconds_of_truth(line, seconds=1.0):
    truths = []
    for _ in range(round(seconds / 0.02)):
        line.step()
        truths.append(line.device.truth())
    return truths


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3, 4))])
def test_it_walks_to_the_red_ball_and_sits_down(lines, seed):
    line = lines(seed)
    result = line.run(WORDS)
    assert result.outcome == "succeeded", result.reason
    assert [step.skill for step in result.steps][-2:] == ["go_to", "sit"]
    line.idle(0.5)
    verdict = judge("seated_at", seconds_of_truth(line), line.scene["red_ball"])
    assert verdict.passed, verdict.reason
    assert verdict.measured["distance"] <= 0.6
    assert result.simulated_seconds < 20.0
    assert result.to_json().keys() == {"outcome", "steps", "reason", "seconds", "simulated_seconds"}


@pytest.mark.parametrize(
    "asked",
    [*ASKED[:FEW], *(pytest.param(asked, marks=pytest.mark.slow) for asked in ASKED[FEW:])],
    ids=lambda asked: asked["text"][:40],
)
def test_people_may_say_it_in_their_own_words(lines, asked):
    line = lines(5)
    result = line.run(asked["text"])
    assert result.outcome == "succeeded", result.reason
    line.idle(0.5)
    verdict = judge("seated_at", seconds_of_truth(line), line.scene[asked["object"]])
    assert verdict.passed, verdict.reason


def test_the_same_seed_and_words_give_the_same_run_bit_for_bit(lines):
    runs = []
    for _ in range(2):
        line = lines(7)
        result = line.run(WORDS)
        runs.append((line.device.data.qpos.copy(), line.device.data.qvel.copy(), result))
    assert np.array_equal(runs[0][0], runs[1][0])
    assert np.array_equal(runs[0][1], runs[1][1])
    first, second = (dataclasses.replace(run[2], seconds=0.0) for run in runs)
    assert first == second


def test_another_seed_is_another_world(lines):
    one, two = lines(1), lines(2)
    assert one.scene["red_ball"].position != two.scene["red_ball"].position
    one.run("sit down")
    two.run("sit down")
    assert not np.array_equal(one.device.data.qpos, two.device.data.qpos)


def test_what_it_does_not_know_it_refuses_and_nothing_moves(lines):
    line = lines()
    before = line.device.data.qpos.copy()
    result = line.run("walk to the fire hydrant")
    assert result.outcome == "failed"
    assert result.steps == ()
    assert result.reason
    assert np.array_equal(line.device.data.qpos, before)


def test_it_believes_the_map_and_not_the_simulator(lines):
    line = lines()
    really = line.scene["red_ball"]
    x, y, z = really.position
    stated = dataclasses.replace(really, position=(x - 1.0, y - 0.5, z))
    line.scene = SceneGraph({**line.scene.objects, "red_ball": stated})
    assert line.run("go to the red ball").outcome == "succeeded"
    truths = seconds_of_truth(line, 0.2)
    assert judge("near", truths, stated).passed
    assert not judge("near", truths, really).passed


def test_instructions_follow_one_another(lines):
    line = lines(3)
    for words in ("sit down", "walk to the blue ball", "sit", "stand up", "turn left", "wait 2 seconds"):
        result = line.run(words)
        assert result.outcome == "succeeded", f"{words}: {result.reason}"
    assert line.status.skill == "stand"
    assert line.device.truth().fallen is False


def test_a_stop_interrupts_and_it_stands(lines):
    line = lines()
    steps, original = [], line.step

    def step():
        steps.append(line.now)
        if len(steps) == 200:
            line.stop()
        return original()

    line.step = step
    result = line.run(WORDS)
    assert result.outcome == "interrupted"
    assert "stop" in result.reason
    assert len(steps) < 210, "an update of the connector is enough to hear of it"
    line.idle(1.0)
    assert line.status.skill == "stand"
    before = pose_of(line.device.truth())
    line.idle(1.0)
    after = pose_of(line.device.truth())
    assert before.distance_to(after.x, after.y) < 0.05
    assert line.run("sit down").outcome == "succeeded"


def test_an_emergency_stop_damps_until_a_person_resets(lines):
    line = lines()
    line.run("stand up")
    line.estop()
    line.idle(1.5)
    assert line.status.mode is ControlMode.ESTOP
    refused = line.run("sit down")
    assert refused.outcome == "failed"
    assert "reset" in refused.reason
    line.reset()
    line.idle(0.5)
    assert line.status.mode is ControlMode.DISARMED
    assert line.run("sit down").outcome == "succeeded"


def test_a_fall_fails_with_its_reason_and_damps(lines):
    line = lines()
    count, original = [], line.step

    def step():
        count.append(1)
        if len(count) == 200:
            line.device.data.qvel[3] = 9.0  # rad/s about its own length: a kick that nothing survives
            line.device.push(0.0, 5.0)
        return original()

    line.step = step
    result = line.run(WORDS)
    assert result.outcome == "failed"
    assert result.steps[-1].reason
    line.idle(1.0)
    assert line.status.mode in (ControlMode.DAMPED, ControlMode.ESTOP)


def test_a_person_can_drive_it(lines):
    line = lines()
    line.run("stand up")
    start = pose_of(line.device.truth())
    for _ in range(20):
        line.connector.teleop(0.5, 0.0, 0.0, line.now)
        line.idle(0.1)
    there = pose_of(line.device.truth())
    assert 0.5 < start.distance_to(there.x, there.y) < 1.3
    line.idle(1.5)
    assert line.status.skill == "stand"
    assert np.hypot(*line.device.truth().linear[:2]) < 0.15


def test_one_skill_runs_without_words(lines):
    line = lines()
    result = line.run_skill("turn", {"angle": 1.0})
    assert result.outcome == "succeeded"
    assert pose_of(line.device.truth()).yaw - line.scene["start"].yaw == pytest.approx(1.0, abs=0.2)
    again = line.run_skill("turn", {"angle": -1.0})
    assert again.plan.id != result.plan.id
    assert line.run_skill("go_to", {"target": "unicorn"}).outcome == "failed"
    with pytest.raises(UnknownName, match="go_to"):
        line.run_skill("fly", {})
    with pytest.raises(DataError, match="angle"):
        line.run_skill("turn", {})


def test_a_gesture_that_is_asked_for_twice_is_made_twice(lines):
    result = lines().run("wave twice")
    waves = [step.seconds for step in result.steps if step.skill == "wave"]
    assert result.outcome == "succeeded" and len(waves) == 2
    assert waves[1] == pytest.approx(waves[0], rel=0.1)
