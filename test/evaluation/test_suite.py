"""Suites are checked when they are read, run in order, and counted with honest intervals."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.core.errors import DataError
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.interval import success_interval
from skill_stack.evaluation.suite import Suite, Task, load_suite
from skill_stack.evaluation.suite_run import run_suite
from skill_stack.evaluation.talk_suite import load_talk_suite

ROOT = Path(__file__).resolve().parents[2]
TASKS = (Task(words="sit at the ball", object="ball"), Task(words="sit at the box", object="box"))
SUITE = Suite(name="two", description="Two tasks.", robot="go2", scene="playground", seeds=(1, 2, 3), tasks=TASKS)


class EvenSeedsPass:
    def run(self, task, seed):
        return Episode(task.name, seed, seed % 2 == 0, "succeeded", measured={"distance": 0.5})


def test_every_task_runs_with_every_seed_and_is_counted():
    seen = []
    result = run_suite(SUITE, EvenSeedsPass(), report=seen.append)
    assert [(e.seed, e.task) for e in seen] == [(seed, task.name) for seed in (1, 2, 3) for task in TASKS]
    data = result.to_json()
    assert (data["suite"], data["episodes"], data["successes"]) == ("two", 6, 2)
    assert [task["successes"] for task in data["tasks"]] == [1, 1]
    assert data["tasks"][0]["runs"][1]["measured"] == {"distance": 0.5}
    assert data["interval"][0] < 2 / 6 < data["interval"][1]


def test_seeds_may_be_named():
    assert len(run_suite(SUITE, EvenSeedsPass(), seeds=[4]).episodes) == 2


@given(st.integers(0, 60), st.integers(0, 60))
def test_intervals_enclose_the_rate(a, b):
    successes, episodes = min(a, b), max(a, b)
    low, high = success_interval(successes, episodes)
    assert 0.0 <= low <= high <= 1.0
    if episodes:
        assert low <= successes / episodes <= high
        assert (
            high - low
            <= success_interval(successes, episodes, 0.99)[1] - success_interval(successes, episodes, 0.99)[0]
        )


def test_ten_of_ten_is_not_certainty():
    assert success_interval(10, 10)[0] == pytest.approx(0.6915, abs=1e-4)
    assert success_interval(0, 0) == (0.0, 1.0)
    with pytest.raises(DataError, match="impossible"):
        success_interval(3, 2)


def test_wrong_suites_name_the_mistake(tmp_path):
    path = tmp_path / "suite.yaml"
    path.write_text(
        "name: x\ndescription: d\nrobot: go2\nscene: s\ntasks: [{words: a, object: b}, {words: a, object: c}]"
    )
    with pytest.raises(DataError, match="twice"):
        load_suite(path)
    path.write_text("name: x\ndescription: d\nrobot: go2\nscene: s\ntasks: [{words: a, skill: b}]")
    with pytest.raises(DataError, match="either"):
        load_suite(path)
    path.write_text("name: x\ndescription: d\nrobot: go2\nscene: s\ntask: []")
    with pytest.raises(DataError, match="task"):
        load_suite(path)


@pytest.mark.parametrize("path", sorted((ROOT / "config" / "scenarios").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_suites_of_the_project_are_readable(path):
    if "through: nodes" in path.read_text():
        assert load_talk_suite(path).name == path.stem
        return
    suite = load_suite(path)
    assert suite.name == path.stem
    text = (ROOT / "config" / "scenes" / f"{suite.scene}.yaml").read_text()
    assert all(f"id: {task.object}," in text for task in suite.tasks if task.words)
