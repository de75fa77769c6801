"""The best of several ways is taken, others are tried where that is harmless, and a change is followed."""

from dataclasses import replace

import numpy as np
import pytest

from skill_stack.connector.selection.selector import Selector, Situation
from skill_stack.connector.selection.skill_options import SkillOption, ways_of
from skill_stack.connector.selection.track_record import TrackRecord
from skill_stack.connector.statistics.run import Run
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.skill_library import SkillLibrary, load_library

HARMLESS = Situation("near", "", harmless=True)


def ways(*names, hazard="low"):
    return [SkillOption(name, SkillRequest("a", name), SkillLibrary("go2"), hazard) for name in names]


def run(used, succeeded, seconds=5.0, number=0):
    outcome = "succeeded" if succeeded else "failed"
    return Run("", number, 0.0, "go2", "go", used, "near", "", outcome, "", "", seconds)


def record(**counts):
    """Runs by name: (successes, failures, seconds)."""
    runs = [
        run(name, number < won, seconds)
        for name, (won, lost, seconds) in counts.items()
        for number in range(won + lost)
    ]
    return TrackRecord(runs)


def test_without_runs_the_skill_itself_is_taken():
    selector = Selector(TrackRecord(), np.random.default_rng(0), "best")
    assert selector.choose("go", ways("go", "other"), HARMLESS).name == "go"


def test_success_is_weighed_against_time():
    known = record(quick=(29, 1, 5.0), slow=(30, 0, 12.0), bad=(3, 27, 4.0))
    selector = Selector(known, np.random.default_rng(0), "best")
    assert selector.choose("go", ways("slow", "bad", "quick"), HARMLESS).name == "quick"


def test_others_are_tried_only_where_a_failure_is_harmless():
    known = record(good=(20, 0, 5.0), new=(1, 0, 5.0))
    choices = {}
    for harmless in (True, False):
        selector = Selector(known, np.random.default_rng(0))
        situation = Situation("near", "", harmless)
        choices[harmless] = {selector.choose("go", ways("good", "new"), situation).name for _ in range(60)}
    assert choices[True] == {"good", "new"}
    assert choices[False] == {"good"}


def test_a_dangerous_way_is_not_tried_out():
    known = record(good=(20, 0, 5.0), new=(1, 0, 5.0))
    selector = Selector(known, np.random.default_rng(0))
    both = [*ways("good"), *ways("new", hazard="high")]
    assert {selector.choose("go", both, HARMLESS).name for _ in range(60)} == {"good"}


def test_off_takes_what_was_asked_for():
    selector = Selector(record(other=(30, 0, 1.0), go=(0, 30, 9.0)), np.random.default_rng(0), "off")
    assert selector.choose("go", ways("go", "other"), HARMLESS).name == "go"


def test_after_a_change_the_other_way_is_taken_soon():
    known = record(quick=(40, 0, 5.0), slow=(5, 0, 9.0))
    selector = Selector(known, np.random.default_rng(1))
    chosen, changes = [], []
    for number in range(40):
        name = selector.choose("go", ways("quick", "slow"), HARMLESS).name
        changes.append(known.learn(run(name, name == "slow", 9.0 if name == "slow" else 20.0, number)))
        chosen.append(name)
    assert any(changes)
    assert chosen[-15:].count("slow") >= 12


def test_a_success_that_takes_much_longer_than_usual_is_a_change_too():
    known = record(go=(40, 0, 5.0))
    assert any(known.learn(run("go", True, 12.0)) for _ in range(20))


@pytest.fixture(scope="module")
def library(resources) -> SkillLibrary:
    return load_library(resources, load_robot(resources.robot("go2"), resources))


def with_ways(library, **specs):
    entries = dict(library.entries)
    for name, (model, fields) in specs.items():
        spec = library[model].model_copy(update={"name": name, "phrases": (), **fields})
        entries[name] = replace(entries[model], name=name, spec=spec)
    return SkillLibrary(library.robot, entries, library.anatomy)


def test_ways_are_the_skill_those_that_realise_it_and_those_that_realise_its_base(library):
    more = with_ways(
        library,
        go_to_slowly=("go_to", {"realises": "go_to"}),
        trot=("walk", {"realises": "walk", "hazard": "high"}),
    )
    found = ways_of(more, SkillRequest("a", "go_to", {"target": "ball"}))
    names = [way.name for way in found]
    assert names[0] == "go_to"
    assert {"go_to_slowly", "go_to_briskly", "go_to on trot"} <= set(names)
    trot = found[names.index("go_to on trot")]
    assert trot.library["go_to"].guided.base == "trot"
    assert trot.hazard == "high"
    assert {"go_to_slowly", "trot"}.isdisjoint(spec.name for spec in more)
