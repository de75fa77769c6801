"""Results say of which body they are, by which commit and seeds, and serve that body alone."""

import json
import re
from pathlib import Path

import pytest

from skill_stack.connector.selection.known import track_record
from skill_stack.connector.statistics.descriptor import FIRST
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill import DescriptorTable
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.skills.skill_results import (
    OtherBody,
    descriptors_of,
    measured_on,
    read_descriptors,
    read_results,
    results_of,
    results_path,
    write_results,
)
from skill_stack.evaluation.measured import commit_here
from skill_stack.evaluation.suite import seeds_of

ROOT = Path(__file__).resolve().parents[3]
FOUND = Resources((ROOT,), ROOT)
SAID = {"body": "g1", "commit": "0123456789ab", "seeds": "1-100", "episodes": 100, "successes": 99}


@pytest.fixture
def walk(tmp_path) -> Path:
    folder = tmp_path / "models" / "g1" / "walk"
    folder.mkdir(parents=True)
    return folder


def library(robot: str, control: str = "joints"):
    return load_library(FOUND, load_robot(FOUND.robot(robot), FOUND), control)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("g1", "results.json"),
        ("g1_hands", "results.g1_hands.json"),
        ("g1:vendor", "results.vendor.json"),
        ("g1_hands:vendor", "results.g1_hands.vendor.json"),
    ],
)
def test_each_body_has_a_file_of_its_own(walk, body, name) -> None:
    assert read_results(walk, body) == {}
    results = SAID | {"body": body}
    assert write_results(walk, results) == results_path(walk, body) == walk / name
    assert read_results(walk, body) == results and measured_on(walk) == (body,)
    assert [other for other in ("g1", "g1_hands", "g1:vendor") if other != body and read_results(walk, other)] == []


def test_results_of_another_body_are_refused_by_name(walk) -> None:
    (walk / "results.json").write_text(json.dumps(SAID | {"body": "h1"}))
    with pytest.raises(OtherBody, match=r"measured on 'h1', not on 'g1'; results of 'g1' belong into results\.json"):
        read_results(walk, "g1")


@pytest.mark.parametrize("key", ["body", "commit", "seeds"])
def test_results_that_do_not_say_it_are_refused(walk, key) -> None:
    lacking = {name: value for name, value in SAID.items() if name != key}
    with pytest.raises(DataError, match=f"do not say {key}"):
        write_results(walk, lacking)
    (walk / "results.json").write_text(json.dumps(lacking))
    with pytest.raises(DataError, match=f"does not say {key}"):
        read_results(walk, "g1")


@pytest.mark.parametrize(
    "wrong", [{"successes": 101}, {"successes": -1}, {"episodes": "many"}, {"successes": None}], ids=str
)
def test_counts_that_cannot_be_are_refused(walk, wrong) -> None:
    (walk / "results.json").write_text(json.dumps(SAID | wrong))
    with pytest.raises(DataError, match="successes of"):
        read_results(walk, "g1")


def test_other_tables_stay_unless_told(walk) -> None:
    write_results(walk, SAID | {"tracking": [1]})
    assert read_results(walk, "g1")["tracking"] == [1]
    write_results(walk, SAID | {"successes": 98})
    assert (read_results(walk, "g1")["tracking"], read_results(walk, "g1")["successes"]) == ([1], 98)
    write_results(walk, SAID, keep=False)
    assert "tracking" not in read_results(walk, "g1")


def test_everything_shipped_says_body_commit_and_seeds() -> None:
    files = sorted((ROOT / "models").glob("*/*/results*.json"))
    assert len(files) > 60
    for path in files:
        data = json.loads(path.read_text("utf-8"))
        assert results_path(path.parent, data["body"]) == path
        assert read_results(path.parent, data["body"]) == data
        each = len(data["tasks"]) if "tasks" in data else data.get("of_each_seed", 1)
        tried = each * len(seeds_of(data["seeds"]))
        assert re.fullmatch(r"[0-9a-f]{12}", data["commit"]) and tried == data["episodes"], path


def test_a_body_begins_without_the_figures_of_another_one() -> None:
    """What is chosen among begins from what was measured on this body, or from nothing."""
    own = library("g1")
    assert results_of(own, "walk")["body"] == "g1"
    assert track_record(own, ()).descriptor("walk").prior.weight > FIRST.weight
    for other in (library("g1_hands"), library("go2", "vendor"), library("allegro_left"), library("go2_hand")):
        assert {name for name in other.entries if results_of(other, name)} == set()
        record = track_record(other, ())
        assert all(record.descriptor(name).prior == FIRST for name in other.entries)


def test_the_commit_is_of_this_checkout() -> None:
    assert re.fullmatch(r"[0-9a-f]{12}\+?|version \S+", commit_here())


TABLE = DescriptorTable(rows="ways", units={"heading": "rad", "way": "m"})


ROW = {"heading": 1, "way": 2.5}


@pytest.mark.parametrize("ways", [[{"name": "one", **ROW, "ended": "5 of 5"}], {"one": ROW}])
def test_descriptors_are_the_numbers_that_a_skill_names(walk, ways):
    (walk / "figures.json").write_text(json.dumps({"ways": ways, "commit": "0123456789ab", "body": "g1"}))
    known = read_descriptors(walk, TABLE)
    assert known.rows == {"one": {"heading": 1.0, "way": 2.5}} and known.units == TABLE.units
    assert known.said == {"commit": "0123456789ab", "body": "g1"}


@pytest.mark.parametrize(
    "figures, reason",
    [
        (None, "has no table 'ways'"),
        ({"ways": []}, "has no table 'ways'"),
        ({"ways": [{"name": "one", "heading": 1.0, "way": "far"}]}, "needs a number for way"),
        ({"ways": ["one"]}, "needs a number for heading, way"),
        ({"ways": {"one": 3}}, "has no table 'ways'"),
    ],
)
def test_descriptors_that_are_not_there_are_refused(walk, figures, reason):
    if figures is not None:
        (walk / "figures.json").write_text(json.dumps(figures))
    with pytest.raises(DataError, match=reason):
        read_descriptors(walk, TABLE)


def test_descriptors_belong_to_the_body_that_they_were_measured_on():
    known = descriptors_of(library("go2"), "roam")
    assert known is not None and len(known.rows) == 8 and known.said["body"] == "go2"
    assert descriptors_of(library("go2_hand"), "roam") is None and descriptors_of(library("go2"), "walk") is None
