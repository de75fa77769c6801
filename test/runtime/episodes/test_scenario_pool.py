"""Several processes give what one gives; what is wrong is known before any of them starts."""

import os
from multiprocessing import resource_tracker

import pytest

from skill_stack.core.errors import UnknownName
from skill_stack.core.resources import Resources
from skill_stack.evaluation.suite import Suite
from skill_stack.evaluation.suite_run import jobs_of
from skill_stack.runtime.episodes.scenario_episodes import ScenarioEpisodes
from skill_stack.runtime.episodes.scenario_pool import THREADS, ScenarioPool

FOUND = Resources.from_environment(os.environ)
TASK = {"skill": "rise", "success": ["end_height >= 0.225 m"]}
WHOLE = {"name": "mine", "description": "d", "robot": "go2", "scene": "open", "seeds": "1-3", "tasks": [TASK]}


@pytest.fixture(scope="module", autouse=True)
def nothing_is_left():
    """Python keeps a helper of its process pools until the end of the process."""
    yield
    resource_tracker._resource_tracker._stop()


def test_two_processes_give_what_one_gives():
    suite = Suite.model_validate(WHOLE)
    jobs, before = jobs_of(suite), {name: os.environ.get(name) for name in THREADS}
    alone = {e.seed: e.measured for e in ScenarioEpisodes(FOUND, suite, lambda: 0.0).run(jobs)}
    together = {e.seed: e.measured for e in ScenarioPool(FOUND, suite, 2).run(jobs)}
    assert alone == together
    assert {name: os.environ.get(name) for name in THREADS} == before


def test_nothing_to_do_starts_nothing():
    assert list(ScenarioPool(FOUND, Suite.model_validate(WHOLE), 2).run([])) == []


def test_a_skill_that_there_is_not_is_named_at_once():
    suite = Suite.model_validate({**WHOLE, "tasks": [{**TASK, "skill": "fly"}]})
    with pytest.raises(UnknownName, match="rise"):
        list(ScenarioPool(FOUND, suite, 2).run(jobs_of(suite)))
