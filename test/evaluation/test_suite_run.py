"""A suite runs what is left to do, keeps it at once, and counts."""

import pytest

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.episode_log import EpisodeLog
from skill_stack.evaluation.suite import Suite
from skill_stack.evaluation.suite_run import jobs_of, run_suite

SUCCESS = ["end_tilt <= 0.3 rad"]
TASKS = [{"words": "sit at the ball", "success": SUCCESS}, {"skill": "turn", "success": SUCCESS}]
SUITE = Suite.model_validate(
    {"name": "two", "description": "Two tasks.", "robot": "go2", "seeds": "1-3", "tasks": TASKS}
)


class EvenSeedsPass:
    """Runs jobs backwards, and breaks down where it is told to."""

    def __init__(self, breaks_after=99):
        self.ran, self._left = [], breaks_after

    def run(self, jobs):
        for task, seed in reversed(jobs):
            if not self._left:
                raise KeyboardInterrupt
            self._left -= 1
            self.ran.append((task.name, seed))
            yield Episode(task.name, seed, seed % 2 == 0, "succeeded", measured={"end_tilt": 0.1 * seed})


def run(log, runner, **which):
    return run_suite(SUITE, jobs_of(SUITE, **which), runner, log, lambda task: f"v1 {task.name}")


def test_every_task_runs_with_every_seed_and_is_counted():
    data = run(EpisodeLog(None), EvenSeedsPass()).to_json()
    assert (data["suite"], data["episodes"], data["successes"], data["counts"]) == ("two", 6, 2, False)
    assert [task["task"] for task in data["tasks"]] == ["sit at the ball", "turn"]
    assert [row["seed"] for row in data["tasks"][0]["runs"]] == [1, 2, 3]
    assert data["tasks"][1]["figures"] == {"end_tilt": {"smallest": 0.1, "median": 0.2, "largest": 0.3}}
    assert data["interval"][0] < 2 / 6 < data["interval"][1]


def test_seeds_and_tasks_may_be_named():
    assert [(t.name, s) for t, s in jobs_of(SUITE, [4, 5], ["turn"])] == [("turn", 4), ("turn", 5)]
    with pytest.raises(UnknownName, match="turn"):
        jobs_of(SUITE, (), ["turm"])


def test_what_was_broken_off_goes_on_where_it_was(tmp_path):
    log, first, second = EpisodeLog(tmp_path / "eval" / "two.jsonl"), EvenSeedsPass(4), EvenSeedsPass()
    with pytest.raises(KeyboardInterrupt):
        run(log, first)
    whole = run(log, second)
    assert len(first.ran) == 4
    assert sorted(first.ran + second.ran) == sorted((t.name, s) for t, s in jobs_of(SUITE))
    assert whole.to_json() == run(EpisodeLog(None), EvenSeedsPass()).to_json()


def test_another_version_is_measured_anew(tmp_path):
    log, runner = EpisodeLog(tmp_path / "two.jsonl"), EvenSeedsPass()
    run(log, EvenSeedsPass())
    run_suite(SUITE, jobs_of(SUITE), runner, log, lambda task: "v2" if task.skill else f"v1 {task.name}")
    assert {name for name, _ in runner.ran} == {"turn"}
    fresh = EvenSeedsPass()
    run(EpisodeLog(tmp_path / "two.jsonl", fresh=True), fresh)
    assert len(fresh.ran) == 6


def test_a_line_that_was_cut_off_loses_one_episode_alone(tmp_path):
    path = tmp_path / "two.jsonl"
    run(EpisodeLog(path), EvenSeedsPass())
    path.write_bytes(path.read_bytes()[:-30])
    again = EvenSeedsPass()
    run(EpisodeLog(path), again)
    assert len(again.ran) == 1
    assert len(EpisodeLog(path).read()) == 6
    path.write_text("nonsense\n[]\n{}\n" + path.read_text())
    assert len(EpisodeLog(path).read()) == 6


def test_a_log_that_cannot_be_used_says_so(tmp_path):
    folder = tmp_path / "two.jsonl"
    folder.mkdir()
    with pytest.raises(DataError, match="cannot be read"):
        EpisodeLog(folder).read()
    with pytest.raises(DataError, match="cannot be written"):
        EpisodeLog(folder).add("v", Episode("turn", 1, True, "succeeded"))


def test_an_episode_is_read_as_it_was_written():
    episode = Episode("turn", 3, True, "succeeded", "", {"a": 1.0}, 0.5, 9.0, {"angle": 1.0}, {"friction": 0.5})
    assert Episode.from_json(episode.to_json()) == episode
    for wrong in ({"task": "turn"}, {**episode.to_json(), "x": 1}, {**episode.to_json(), "passed": "yes"}):
        with pytest.raises(DataError, match="not an episode"):
            Episode.from_json(wrong)
