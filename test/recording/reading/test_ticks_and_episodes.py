"""A run is read as a stream: with its index, without it, from any byte on which it was cut, and of other versions."""

import numpy as np
import pytest

from skill_stack.benchmarks.recording.made_episodes import MadeStep, MadeTask, joints, write_tasks
from skill_stack.core.errors import DataError
from skill_stack.recording.made_run import START, MadeRun, tick
from skill_stack.recording.made_run import write_ticks as write
from skill_stack.recording.reading.episode import UNFINISHED, episodes_of
from skill_stack.recording.reading.ticks import NETWORK, parts_of, read_ticks
from skill_stack.recording.recording import Recording

NAME = "20251009-100000_go2"
NAMES = [f"joint_{number}" for number in range(12)]
RATE, SECONDS = 50.0, 4.0
TASK = MadeTask("t1", "walk to the red ball", (MadeStep("go_to", {"target": "red_ball"}, SECONDS),))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run with a task and its ticks, every fourth with what the network saw."""
    run = MadeRun(tmp_path_factory.mktemp("a folder with spaces"), NAME)
    list(write_tasks(run, [TASK]))
    rows = joints(RATE, SECONDS, 12, np.random.default_rng(3))
    seen = {0: {"observation": [1.0] * 45, "action": [0.5] * 12}}
    write(run, START, (tick(START + n / RATE, n, q, q, **seen.get(n % 4, {})) for n, q in enumerate(rows)), NAMES, RATE)
    return run.end()


def test_a_run_tells_what_is_in_it(whole):
    run = Recording(whole.parent)
    assert run.name == NAME and run.repaired is None
    assert run.about.robot == "go2"
    assert run.counts["/body/control_tick"] == RATE * SECONDS
    assert run.span[0] * 1e-9 == pytest.approx(START)
    assert parts_of(run) == ("body",)


def test_ticks_become_arrays(whole):
    table = read_ticks(Recording(whole), "body", fields=("position", "sequence", "skill", *NETWORK))
    assert table.joints == tuple(NAMES)
    assert table.rate == pytest.approx(RATE, rel=1e-3)
    assert np.array_equal(table.columns["sequence"], np.arange(RATE * SECONDS))
    np.testing.assert_allclose(
        table.columns["position"], joints(RATE, SECONDS, 12, np.random.default_rng(3)), atol=1e-6
    )
    assert [len(one) for one in table.network["observation"][:5]] == [45, 0, 0, 0, 45]
    assert set(table.texts["skill"]) == {"walk"}


def test_a_window_is_read_alone(whole):
    table = read_ticks(Recording(whole), window=(START + 1.0, START + 2.0), fields=("sequence",))
    assert table.columns["sequence"].tolist() == list(range(50, 100))


def test_an_episode_has_its_steps(whole):
    (one,) = episodes_of(Recording(whole))
    assert one.instruction == TASK.instruction and one.outcome == "succeeded" and one.robot == "go2"
    assert [(step.skill, dict(step.arguments)) for step in one.steps] == [("go_to", {"target": "red_ball"})]
    assert one.step_at(one.begin + 1.0) == one.steps[0] and one.step_at(one.end + 1.0) is None


@pytest.mark.parametrize("share", [0.3, 0.5, 0.77, 0.999])
def test_a_cut_file_gives_all_that_is_whole(whole, tmp_path, share):
    data = whole.read_bytes()
    cut = tmp_path / f"{NAME}.mcap"
    cut.write_bytes(data[: int(len(data) * share)])
    run, complete = Recording(cut), read_ticks(Recording(whole), fields=("sequence",)).columns["sequence"]
    assert run.repaired is not None and run.about.robot == "go2"
    if "/body/control_tick" in run.topics:
        found = read_ticks(run, fields=("sequence",)).columns["sequence"]
        assert np.array_equal(found, complete[: len(found)])
    assert share < 0.9 or len(found) == len(complete)


def test_a_task_that_was_cut_is_unfinished(tmp_path):
    run = MadeRun(tmp_path, NAME)
    run.event(START, "instruction", "t1", "walk to the red ball")
    run.event(START + 1.0, "step_started", "t1", "", request_id="t1/0", skill="go_to", arguments={"target": "red_ball"})
    run.event(START + 9.0, "mark", "", "here")
    (one,) = episodes_of(Recording(run.end()))
    assert one.outcome == UNFINISHED and one.steps[0].outcome == UNFINISHED
    assert one.end == pytest.approx(START + 9.0) and [event.kind for event in one.events][-1] == "mark"


def test_a_plan_belongs_to_the_words_that_it_names(tmp_path):
    run = MadeRun(tmp_path, NAME)
    run.event(START, "instruction", "words-7", "walk to the red ball")
    run.event(START + 0.1, "plan", "plan-3", "", words_id="words-7")
    run.event(START + 0.2, "step_started", "plan-3", "", request_id="plan-3/0", skill="go_to", arguments={})
    run.event(START + 2.0, "step_ended", "plan-3", "", request_id="plan-3/0", skill="go_to", outcome="succeeded")
    run.event(START + 2.1, "outcome", "plan-3", "done", outcome="succeeded", words_id="words-7")
    with Recording(run.end()) as found:
        (one,) = episodes_of(found)
    assert (one.task, one.outcome, len(one.steps)) == ("words-7", "succeeded", 1)


def test_a_version_without_a_field_says_so(whole):
    with Recording(whole) as run, pytest.raises(DataError, match="ControlTick has no 'colour'.*position"):
        read_ticks(run, fields=("colour",))
