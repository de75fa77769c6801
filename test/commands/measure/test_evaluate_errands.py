"""The parts of ``skill-stack eval errands``: all that the suite states are there, and score with what exists."""

import argparse
import json
import os

import pytest

from skill_stack.benchmarks.planning.lessons_trials import LessonSeries, LessonTrials
from skill_stack.cli import main
from skill_stack.commands.measure.evaluate_errands import PARTS, ROUND, _Scored, drawn_seeds
from skill_stack.commands.measure.evaluate_errands import run as errands
from skill_stack.core.data_file import read_yaml
from skill_stack.core.resources import Resources
from skill_stack.evaluation.suite import MOST_SEEDS, load_suite, seeds_of

FOUND = Resources.from_environment(os.environ)
STATED = read_yaml(FOUND.find("config/scenarios/errands.yaml", "suite"))["parts"]
ELSEWHERE = {name: part for name, part in STATED.items() if "suite" in part}


@pytest.fixture(autouse=True)
def overlay(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path / "overlay"))


def run(*arguments):
    return main(["eval", "errands", *arguments, "--workers", "1"])


def test_the_suite_states_robot_seeds_and_subject_of_every_part():
    assert STATED.keys() - ELSEWHERE.keys() == PARTS.keys()
    for part in STATED.values():
        assert FOUND.robot(part["robot"].partition("+")[0]) and part["about"]
        assert 0 < len(seeds_of(str(part["draws"]))) < MOST_SEEDS


@pytest.mark.parametrize("name", [name for name, part in PARTS.items() if isinstance(part.rows, _Scored)])
def test_what_scores_a_part_on_demand_exists(name):
    rows = PARTS[name].rows
    assert callable(getattr(rows.found(), rows.method))


@pytest.mark.parametrize("name", ELSEWHERE)
def test_parts_of_other_suites_name_tasks_that_these_have(name):
    part, file = ELSEWHERE[name], FOUND.find(f"config/scenarios/{ELSEWHERE[name]['suite']}.yaml", "suite")
    if "tasks" in part:
        assert set(part["tasks"]) <= {task.name for task in load_suite(file).tasks}
    assert read_yaml(file)["robot"] == part["robot"]


@pytest.mark.parametrize(
    ("name", "figures"),
    [("transfer", {"exact": 12}), ("composites", {"solved": 2, "solved without composites": 2})],
)
def test_a_part_of_figures_counts_every_seed(capsys, name, figures):
    assert run("--task", name, "--seeds", "3,9", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert {figure: told[figure]["of"] for figure in figures} == figures
    assert all(0.0 <= told[figure]["interval"][0] < told[figure]["interval"][1] <= 1.0 for figure in figures)
    assert told["seeds"] == "3, 9 (as asked for)" and told["commit"]


def test_the_slowest_of_the_stages_from_words_to_motion_is_named(capsys):
    assert run("--task", "stages", "--seeds", "7", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    stages = {name: figure["value"] for name, figure in told.items() if name.endswith(", ms")}
    assert len(stages) > 5 and stages[f"{told['slowest']}, ms"] == max(stages.values())
    assert told["all sentences carried out"]["of"] == 1


@pytest.mark.parametrize(("after", "code"), [(True, 0), (False, 1)])
def test_lessons_are_counted_before_after_and_where_they_are_carried(monkeypatch, capsys, after, code):
    def series(_, scene, seed):
        assert seed in (0, 1)
        return LessonSeries(scene, seed, False, after, True, False, (), (), ())

    monkeypatch.setattr(LessonTrials, "series", series)
    assert run("--task", "lessons", "--seeds", "0-29", "--json") == code
    told = json.loads(capsys.readouterr().out)
    assert told["after them"]["of"] == told["carried to other things of the kinds"]["count"] == 24
    assert told["with devices: after them"]["of"] == 6 and told["there without memory"]["count"] == 0
    scenes = {row["task"]: row["episodes"] for row in told["after them, by kind"]}
    assert len(scenes) == 12 and set(scenes.values()) == {2}
    assert len(told["misses"]) == (0 if after else 2)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_part_of_another_suite_goes_to_that_suite_with_its_tasks_and_seeds(name):
    went = []
    options = argparse.Namespace(task=[name], seeds=None, json=True, fresh=True, into=None, suite="errands")
    file = FOUND.find("config/scenarios/errands.yaml", "suite")
    assert errands(file, (), options, FOUND, lambda changed: went.append(changed) or 1) == 1
    assert errands(file, (5, 9), options, FOUND, lambda changed: went.append(changed) or 0) == 0
    drawn, asked = went
    assert (asked.suite, asked.seeds, asked.fresh) == (ELSEWHERE[name]["suite"], "5,9", True)
    assert asked.task == ELSEWHERE[name].get("tasks", [])
    assert len(seeds_of(drawn.seeds)) == len(seeds_of(str(ELSEWHERE[name]["draws"])))


def test_a_task_of_another_suite_is_run_by_that_suite(capsys):
    assert run("--task", "reach", "--seeds", "5", "--json") in (0, 1)
    told = json.loads(capsys.readouterr().out)
    assert (told["suite"], [(task["task"], task["episodes"]) for task in told["tasks"]]) == ("g1", [("reach", 1)])
    assert told["tasks"][0]["runs"][0]["seed"] == 5


def test_without_seeds_they_are_drawn_for_the_version(capsys):
    assert run("--task", "transfer", "--json") == 0
    drawn = json.loads(capsys.readouterr().out)["seeds"]
    assert drawn.endswith("(drawn for this version)")
    first, last = (int(end) for end in drawn.split()[0].split("-"))
    assert first % ROUND == 0 and last - first == 99


def test_versions_draw_seeds_of_their_own():
    one, other = drawn_seeds("0a1b2c3d4e5f", (0, 2)), drawn_seeds("0a1b2c3d4e60", (0, 2))
    assert one[1] - one[0] == 2 and not set(one) & set(other)
    assert drawn_seeds("0a1b2c3d4e5f", (0, 2)) == one
    assert seeds_of(str(drawn_seeds("ffffffffffff", (999,))[0])), "as long as seeds may be written"


def test_the_list_names_every_part(capsys):
    assert run("--task", "list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(STATED)
    assert run("--task", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out)["parts"].keys() == STATED.keys()


@pytest.mark.parametrize("names", [["way"], ["transfer", "pears"]])
def test_of_a_part_that_is_not_there_those_that_are_are_told(capsys, names):
    assert run(*(word for name in names for word in ("--task", name))) == 1
    said = capsys.readouterr().err
    assert f"'{names[-1]}'" in said and "pairs" in said and "ways_areas" in said
