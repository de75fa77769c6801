"""Trials judge the truth, each skill by its own measure."""

import os

import numpy as np
import pytest

from skill_stack.connector.outline import Outlines
from skill_stack.core.errors import UnknownName
from skill_stack.core.resources import Resources
from skill_stack.runtime.line_episodes import LineEpisodes
from skill_stack.runtime.scoring import pose_of
from skill_stack.runtime.skill_trials import TRIALS, try_skill


@pytest.fixture(scope="module")
def episodes():
    return LineEpisodes(Resources.from_environment(os.environ), "go2", "playground", lambda: 0.0)


@pytest.mark.parametrize("skill", sorted(TRIALS))
def test_every_skill_passes_its_trial(episodes, skill):
    result = try_skill(episodes.line, skill, 1)
    assert result.passed, result.reason
    assert result.outcome == "succeeded"
    assert result.measured


def test_trials_of_a_seed_are_the_same_and_others_differ(episodes):
    first, same, other = (try_skill(episodes.line, "turn", seed) for seed in (3, 3, 4))
    assert first == same
    assert first.arguments != other.arguments


@pytest.mark.parametrize(
    ("skill", "stands"), [("turn", True), ("move", True), ("face", True), ("sit", False), ("rise", False)]
)
def test_a_robot_that_did_nothing_does_not_pass(episodes, skill, stands):
    line = episodes.line(5)
    if stands:
        line.run_skill("stand", {})
    arguments = TRIALS[skill].arguments(line, np.random.default_rng(5))
    before = pose_of(line.device.truth())
    line.idle(0.2)
    verdict = TRIALS[skill].judge(line, arguments, before, [line.device.truth()])
    assert not verdict.passed
    assert verdict.reason


def test_displacements_that_are_tried_have_a_free_way(episodes):
    line = episodes.line(6)
    line.run_skill("stand", {})
    outlines = Outlines.of(line.scene.objects.values())
    for seed in range(20):
        way = TRIALS["move"].arguments(line, np.random.default_rng(seed))
        end = line.scene.robot.compose(type(line.scene.robot)(way["forward"], way["left"], 0.0))
        assert outlines.distances(np.array([[end.x, end.y]])).min() > 0.4


def test_a_skill_without_a_trial_is_named(episodes):
    with pytest.raises(UnknownName, match="go_to"):
        try_skill(episodes.line, "fly", 1)
