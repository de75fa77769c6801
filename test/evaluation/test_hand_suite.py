"""Suites of hands: what is wrong with one is named, what a page promises is what is demanded, and how it is judged."""

import re
from pathlib import Path

import pytest
import yaml

from skill_stack.core.errors import DataError
from skill_stack.core.skills.condition import Condition
from skill_stack.evaluation.hand_suite import load_hand_suite

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "config" / "scenarios" / "allegro_right.yaml"
SUITE = load_hand_suite(FILE)
PAGE = (ROOT / "docs" / "skills" / "hands-criteria.md").read_text(encoding="utf-8")
KINDS = "gesture|pull|hold|release|spin|keep|present|place|slide|tilt"
ROWS = {
    match[1]: (match[2], re.findall(r"`([^`]+)`", match[3]))
    for match in re.finditer(rf"^\| ({KINDS}) \| (.*?) \| (.*) \|$", PAGE, re.MULTILINE)
}


def same(text):
    condition = Condition.parse(text)
    return condition.signal, condition.operator, condition.value


def test_the_suite_demands_what_the_page_says() -> None:
    assert set(ROWS) == set(SUITE.success)
    for kind, (_, texts) in ROWS.items():
        assert {same(text) for text in texts} == {same(text) for text in SUITE.success[kind]}
    for task in SUITE.tasks:
        assert f"`{task.skill}`" in ROWS[task.kind][0] or (task.kind == "pull" and task.skill[:6] == "grasp_")


def test_the_worlds_are_as_wide_as_the_page_says() -> None:
    assert (SUITE.friction, SUITE.latency, SUITE.motor_strength) == ((0.6, 1.0), (0.0, 0.01), (0.9, 1.1))
    assert (SUITE.noise, SUITE.place, SUITE.misplaced, SUITE.way) == ((0.5, 1.5), 0.08, 0.001, (0.2, 0.28))
    assert (SUITE.pull, SUITE.seconds, SUITE.seeds) == (2.0, 5.0, (101, 200))
    gesture, hold = SUITE.disturbances["gesture"], SUITE.disturbances["hold"]
    assert (gesture.force, gesture.seconds, gesture.every, gesture.times) == ((0.5, 1.5), (0.2, 0.4), 1.0, 3)
    assert (hold.force, hold.seconds, hold.every, hold.times) == ((2.0, 4.0), (0.2, 0.6), 1.0, 10)
    keep = SUITE.disturbances["keep"]
    assert (keep.force, keep.seconds, keep.every, keep.times) == ((2.0, 4.0), (0.2, 0.6), 1.0, 8)
    assert all(len({tuple(shape) for shape in task.shapes}) == 3 for task in SUITE.tasks if task.grasp)


def test_every_condition_must_hold_and_what_concerns_nothing_does() -> None:
    good = {"straight": 0.1, "bent": 2.0, "speed": 0.0}
    assert SUITE.judged("gesture", good) == ""
    assert SUITE.judged("gesture", {**good, "bent": None}) == ""
    assert SUITE.judged("gesture", {**good, "straight": 0.7}) == "'straight <= 0.6 rad' did not hold: 0.7"
    assert "nan" in SUITE.judged("gesture", {"straight": 0.1, "bent": 2.0}), "what was not measured does not hold"
    assert SUITE.judged("pull", {"lifted": 0.01, "moved": 0.1}).count("did not hold") == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda data: data["tasks"].append({"skill": "wave", "kind": "gesture"}), "wave: a gesture needs 'stretched'"),
        (lambda data: data["tasks"].append({"grasp": "pinch", "shapes": []}), "grasp_pinch: what is grasped needs"),
        (lambda data: data["tasks"][0].update(stretched=["little"]), "no fingers little; there are index, middle"),
        (lambda data: data["success"].pop("pull"), "nothing says when a 'pull' has succeeded"),
        (lambda data: data["success"].update(pull=["moved"]), "'moved' is not a condition"),
        (lambda data: data.update(pull=-1.0), "pull: "),
        (lambda data: data.update(through="line"), "through: "),
    ],
)
def test_a_mistake_is_named(tmp_path, change, says) -> None:
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    change(data)
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(DataError, match=re.escape(says)):
        load_hand_suite(file)


def test_the_leap_hand_is_judged_in_the_worlds_of_the_allegro_hand() -> None:
    leap = load_hand_suite(FILE.with_name("leap.yaml"))
    for task in leap.tasks:
        known = SUITE.task(task.skill)
        assert leap.worlds(task) == SUITE.worlds(known) and leap.success[task.kind] == SUITE.success[task.kind]
        assert (leap.robot_of(task), task.towards, task.turns) == ("leap", known.towards, known.turns)


def test_the_left_hand_is_judged_in_the_worlds_of_the_right_one() -> None:
    left = load_hand_suite(FILE.with_name("allegro_left.yaml"))
    for task in left.tasks:
        right = SUITE.task(task.skill)
        assert left.worlds(task) == SUITE.worlds(right) and left.success[task.kind] == SUITE.success[task.kind]
        assert (left.robot_of(task), task.turns) == ("allegro_left", right.turns)
        assert task.towards == (right.towards and (-right.towards[0], right.towards[1])), "a mirror image"
    assert left.seeds == SUITE.seeds and left.fingers == SUITE.fingers
