"""The connector's scenarios: at least as many as are asked for, each sound, and judged on the truth."""

import itertools
import os

import pytest

from skill_stack.core.data_file import parse_model
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.evaluation.connector_suite import ConnectorSuite, load_connector_suite
from skill_stack.runtime.episodes.connector_episodes import ConnectorEpisodes

RESOURCES = Resources.from_environment(os.environ)
FILE = RESOURCES.find("config/scenarios/connector.yaml", "suite")


@pytest.fixture(scope="module")
def suite() -> ConnectorSuite:
    return load_connector_suite(FILE)


@pytest.fixture(scope="module")
def runner(suite) -> ConnectorEpisodes:
    if not (RESOURCES.robot("go2").parents[1] / "models" / "go2" / "walk" / "policy.onnx").is_file():
        pytest.skip("the walking policy is not there")
    return ConnectorEpisodes(RESOURCES, suite, itertools.count().__next__)


def scenario(suite, name, **changes):
    return next(task for task in suite.tasks if task.name == name).model_copy(update=changes)


def test_there_are_enough_and_each_kind_of_event_occurs(suite):
    assert len(suite.tasks) >= 25
    kinds = {event.kind for task in suite.tasks for event in task.events}
    assert {"change", "stop", "estop", "teleop", "push", "move", "vanish", "hide", "localize", "watch"} <= kinds


@pytest.mark.parametrize(
    "name",
    [
        "moving_target",
        "behind_a_thin_wall",
        "target_vanishes",
        "handed_over_both_ways",
        "emergency_stop",
        "seen_though_on_no_map",
        "a_crate_in_the_only_gap",
    ],
)
def test_a_scenario_passes(runner, suite, name):
    episode = runner.run(scenario(suite, name), 2)
    assert episode.passed, episode.reason


def test_what_is_not_so_on_the_truth_does_not_pass(runner, suite):
    wrong = scenario(suite, "sidestep")
    wrong = wrong.model_copy(update={"truth": wrong.truth.model_copy(update={"heading": 1.0, "at": (5.0, 0.0)})})
    episode = runner.run(wrong, 1)
    assert not episode.passed
    assert "heading off by" in episode.reason and "from where it should be" in episode.reason


def test_an_outcome_other_than_the_one_that_is_asked_for_does_not_pass(runner, suite):
    calm = scenario(suite, "cancelled", events=())
    assert "walk_for succeeded instead of interrupted" in runner.run(calm, 1).reason


def test_a_skill_that_there_is_not_fails_with_its_name(runner, suite):
    task = scenario(suite, "sidestep")
    task = task.model_copy(update={"requests": (task.requests[0].model_copy(update={"skill": "fly"}),)})
    episode = runner.run(task, 1)
    assert not episode.passed and "fly" in episode.reason


def test_two_scenarios_of_one_name_are_refused(suite):
    data = suite.model_dump()
    data["tasks"] = [data["tasks"][0], data["tasks"][0]]
    with pytest.raises(DataError, match="two scenarios are named straight_to_a_ball"):
        parse_model(ConnectorSuite, data, "suite")
