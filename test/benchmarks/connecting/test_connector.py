"""What choosing by runs is worth, random sequences, and the connector killed while it works."""

import json
import os
import statistics

import numpy as np
import pytest

from skill_stack.benchmarks.connecting import connector, connector_drops
from skill_stack.benchmarks.connecting.connector_cycle import SKILLS, crowded
from skill_stack.benchmarks.connecting.connector_drops import HeldSequences
from skill_stack.benchmarks.connecting.connector_kills import Kill, kill_rows, rows_of
from skill_stack.benchmarks.connecting.connector_paces import FILE, WAYS, load_measured
from skill_stack.benchmarks.connecting.connector_reference import turns
from skill_stack.benchmarks.connecting.connector_regret import STORIES, half_and_half, run_series, worth
from skill_stack.benchmarks.connecting.connector_sequences import SequenceResult, sequence_rows
from skill_stack.benchmarks.connecting.connector_sequences import rows_of as sequence_figures
from skill_stack.benchmarks.connecting.connector_settled import Met, settled
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.evaluation.connector_suite import SuiteEvent

RESOURCES = Resources.from_environment(os.environ)


@pytest.fixture(scope="module")
def measured():
    return load_measured(RESOURCES.find(FILE, "measured paces"))


@pytest.fixture(scope="module")
def leap():
    robot = load_robot(RESOURCES.robot("leap"), RESOURCES)
    return robot, load_library(RESOURCES, robot)


def needs_the_walk():
    if not (RESOURCES.robot("go2").parents[1] / "models" / "go2" / "walk" / "policy.onnx").is_file():
        pytest.skip("the walking policy is not there")


def test_the_best_way_changes_in_every_story(measured):
    for before, after in STORIES.values():
        best = [max(WAYS, key=lambda way, when=when: worth(measured[when][way])) for when in (before, after)]
        assert best[0] != best[1]
    assert all(len(runs) >= 30 for ways in measured.values() for runs in ways.values())


def test_choosing_by_runs_loses_less_than_half_of_what_the_best_fixed_choice_loses(measured):
    done = {
        name: [run_series(measured, half_and_half(story), seed) for seed in range(4)]
        for name, story in STORIES.items()
    }
    own = sum(statistics.mean(one.regret for one in series) for series in done.values())
    fixed = sum(np.mean([one.fixed for one in series], axis=0).min() for series in done.values())
    assert own < 0.55 * fixed
    worse = [one for name, series in done.items() if name != connector.BETTER for one in series]
    assert statistics.median(one.delay(connector.CHANGE) for one in worse) <= 15


def test_taking_the_skill_itself_always_loses_what_that_fixed_choice_does(measured):
    one = run_series(measured, half_and_half(STORIES["friction"]), 1, choosing="off")
    assert one.regret == pytest.approx(one.fixed[0])


def test_a_crowded_library_has_as_many_skills_as_it_says():
    library = load_library(RESOURCES, load_robot(RESOURCES.robot("go2"), RESOURCES))
    many = crowded(library)
    assert len(many.entries) == SKILLS
    assert len(many.ways_of("go_to")) > 10


def test_sequences_go_on_where_they_ended(tmp_path, capsys):
    needs_the_walk()
    out = tmp_path / "done.jsonl"
    out.write_text(
        json.dumps({"seed": 1, "switches": 4, "faults": 2, "fell": True, "fell_without": True, "kinds": []}) + "\n"
    )
    rows = {row.name: row for row in sequence_rows([1, 2], out)}
    assert len(out.read_text().splitlines()) == 2
    assert rows["sequences"].value == 2
    assert rows["falls that the same sequence without switching does not have"].value == 0
    assert rows["falls in all"].value == 1


def test_a_fall_that_switching_alone_brings_is_named():
    rows = sequence_figures([SequenceResult(7, 3, 1, True, False, []), SequenceResult(8, 3, 1, False, None, [])])
    assert rows[1].holds is False and rows[1].value == 1 and "7" in rows[1].note


def test_figures_of_kills_count_what_was_not_reported():
    rows = {row.name: row for row in rows_of([Kill(True, True, "interrupted", 3, 0.1), Kill(True, False, "", 4, 1.0)])}
    assert rows["task reported interrupted"].value == 50.0
    assert rows["robot upright and driven"].value == 50.0
    assert rows["record of runs whole"].value == 100.0


@pytest.mark.e2e
@pytest.mark.slow
def test_a_killed_connector_leaves_robot_record_and_report_as_they_should_be():
    needs_the_walk()
    rows = kill_rows(2)
    assert [row.value for row in rows[:4]] == [2.0, 100.0, 100.0, 100.0]
    assert rows[4].value > 0.0 and rows[4].limit == 2.0


def test_sequences_with_an_object_notice_a_drop_and_forgive_what_faults_alone_bring(monkeypatch):
    monkeypatch.setattr(connector_drops, "LENGTH", 2.0)
    held = HeldSequences()
    calm = held.run(1)
    assert not calm.fell and calm.fell_without is None and calm.switches + calm.faults == len(calm.kinds)
    away = [(0.0, "ask", "hold_hand"), (0.5, "nudge", (0.0, 1.5, 3.0)), (1.0, "ask", "cradle")]
    monkeypatch.setattr(connector_drops, "drawn", lambda rng: away)
    thrown = held.run(2)
    assert thrown.fell and thrown.fell_without and not thrown.unharmed


@pytest.mark.slow
def test_what_only_comes_of_one_request_upon_another_counts_against_switching(monkeypatch):
    usual = connector_drops._happen

    def thrown_by_haste(line, kind, what, name):
        usual(line, kind, what, name)
        if kind == "ask" and line.now - getattr(line, "told_at", -9.0) < 1.0:
            line.nudge((0.0, 1.5, 3.0))
        line.told_at = line.now

    hasty = [(0.0, "ask", "hold_hand"), (0.5, "ask", "cradle"), (1.5, "silent", SuiteEvent(at=0.0, kind="silent"))]
    monkeypatch.setattr(connector_drops, "LENGTH", 2.0)
    monkeypatch.setattr(connector_drops, "drawn", lambda rng: hasty)
    monkeypatch.setattr(connector_drops, "_happen", thrown_by_haste)
    found = HeldSequences().run(3)
    assert found.fell and found.fell_without is False and found.unharmed is False


def test_requests_in_turn_last_as_long_as_they_did_and_keep_their_faults():
    happenings = [(0.0, "ask", "a"), (0.4, "push", 1), (0.5, "stop", 2), (2.0, "ask", "b"), (2.5, "push", 3)]
    first, second = turns(happenings, ("push",), 6.0)
    assert (first.what, first.lasts, first.faults) == ("a", 2.0, [(0.4, "push", 1)])
    assert (second.what, second.lasts, second.faults) == ("b", 4.0, [(0.5, "push", 3)])
    assert turns(happenings, (), 6.0)[0].faults == []


def test_faults_that_follow_closely_meet_one_posture_at_rest(leap):
    robot, library = leap
    told = [{name: q + shift for name, q in robot.poses["default"].items()} for shift in (0.0, 0.1)]
    faults = [Met(1.0, told[0], "nudge", 1), Met(1.5, told[1], "blind", 2), Met(4.0, told[1], "nudge", 3)]
    bent, more, requests = settled(robot, library, "cradle", faults, 6.0, 0.5)
    assert [len(turn.faults) for turn in requests] == [2, 1]
    assert requests[0].faults[1][0] - requests[0].faults[0][0] == pytest.approx(0.5)
    assert bent.poses["settled_1"] == told[1] and more["settled_1"].phase_at(1.0).stance == "settled_1"
