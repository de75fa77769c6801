"""Suites are checked when they are read, and each mistake is named."""

from pathlib import Path

import pytest
import yaml

from skill_stack.core.errors import DataError
from skill_stack.evaluation.suite import Suite, load_suite, seeds_of

SCENARIOS = Path(__file__).resolve().parents[2] / "config" / "scenarios"
TASK = {"skill": "turn", "success": ["end_tilt <= 0.3 rad"]}
WORDS = {"words": "go to the ball", "success": ["end_tilt <= 0.3 rad"]}
WHOLE = {"name": "mine", "description": "d", "robot": "go2", "tasks": [TASK]}


def read(tmp_path, **changes):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump({**WHOLE, **changes}))
    return load_suite(path)


def test_what_is_left_out_has_sensible_values(tmp_path):
    suite = read(tmp_path)
    assert (suite.seeds, suite.scene, suite.through) == ((1,), "playground", "line")
    assert (suite.tasks[0].name, suite.tasks[0].begins, suite.tasks[0].outcome) == ("turn", ("lying",), "succeeded")


def test_worlds_are_declared_with_units(tmp_path):
    suite = read(
        tmp_path,
        seeds="1-3, 9",
        randomisation={"friction": "0.4 to 1.3", "latency": "0 to 20 ms", "added_mass": "-1.5 to 1.5 kg"},
        perturbations={
            "pushes": {"speed": "0.1 to 0.4 m/s", "first": "0.5 to 3 s", "every": "3 to 6 s"},
            "payload": "2 kg",
            "weak_motors": {"FL_calf_joint": 0.6},
        },
    )
    assert suite.seeds == (1, 2, 3, 9)
    assert suite.randomisation.latency == pytest.approx((0.0, 0.02))
    assert suite.randomisation.noise is None
    assert suite.perturbations.payload == (2.0, 2.0)
    assert suite.perturbations.pushes is not None and suite.perturbations.pushes.every == (3.0, 6.0)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"tasks": []}, "tasks: "),
        ({"task": [TASK]}, "task: Extra"),
        ({"tasks": [TASK, TASK]}, "same name twice: turn"),
        ({"tasks": [{**TASK, "words": "sit"}]}, "either 'words' or 'skill'"),
        ({"tasks": [{"success": TASK["success"]}]}, "either 'words' or 'skill'"),
        ({"tasks": [{"skill": "turn"}]}, "tasks.0.success: Field required"),
        ({"tasks": [{**TASK, "success": []}]}, "tasks.0.success"),
        ({"tasks": [{**TASK, "success": ["end_tild <= 1 rad"]}]}, "tasks.0.success: .*did you mean 'end_tilt'"),
        ({"tasks": [{**TASK, "success": ["end_tilt <= 1 m"]}]}, "is in rad, not in m"),
        ({"tasks": [{**TASK, "begins": "flying"}]}, "tasks.0.begins.0"),
        ({"tasks": [{**WORDS, "arguments": {"a": 1}}]}, "belong to a skill"),
        ({"tasks": [{**TASK, "between": [{"say": "stop", "moved": 1.0}]}]}, "belong to words"),
        ({"tasks": [{**TASK, "said": "turn by {angle}"}]}, "'said' names .*angle.*, which 'arguments' do not give"),
        ({"tasks": [{**WORDS, "between": [{"say": "stop"}]}]}, "exactly one of"),
        ({"tasks": [{**WORDS, "between": [{"say": "stop", "moved": 1.0, "seconds": 1.0}]}]}, "exactly one of"),
        ({"randomisation": {"friction": "0.4 to 1.3 m"}}, "randomisation.friction: .*in m, not in no unit"),
        ({"randomisation": {"latency": "0 to 20"}}, "write for example '0 to 1 s'"),
        ({"perturbations": {"pushes": {"speed": "1 m/s"}}}, "perturbations.pushes.first: Field required"),
        ({"perturbations": {"weak_motors": {"FL_calf_joint": 1.5}}}, "weak_motors.FL_calf_joint"),
        ({"seeds": "5-1"}, "seeds"),
        ({"name": "My suite"}, "name"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path, changes, says):
    with pytest.raises(DataError, match=says):
        read(tmp_path, **changes)


def test_seeds_are_read():
    assert seeds_of("1-3, 7, 2") == (1, 2, 3, 7)
    assert seeds_of([4, "6-7"]) == (4, 6, 7)
    for wrong in ("", "a", "3-1", "1-99999999", "-1", [1.5]):
        with pytest.raises(DataError, match="seeds"):
            seeds_of(wrong)


ELSEWHERE = (
    "any_shape", "bodies", "choice", "clearing", "coarse", "connector", "depth_grasps", "errands", "hand", "harder",
    "perception", "picking", "pointing_votes", "practice", "rewards", "search", "seen_success", "spatial", "verbs",
)  # fmt: skip
"""Suites in a form of their own, which other tests read."""
OURS = [
    path
    for path in sorted(SCENARIOS.glob("*.yaml"))
    if not any(f"through: {kind}" in path.read_text() for kind in ELSEWHERE)
]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_the_suites_of_the_project_are_readable(path):
    suite = load_suite(path)
    assert suite.name == path.stem
    for task in suite.tasks:
        scene = (SCENARIOS.parent / "scenes" / f"{task.scene or suite.scene}.yaml").read_text()
        named = {one for demand in task.success for one in demand.parameters if task.words}
        things = [name for name in named if name.isidentifier() and not name.endswith(("_link", "_joint"))]
        assert all(f"id: {name}," in scene for name in things)


def test_the_suite_of_words_has_corrections_and_changes_of_mind():
    tasks = load_suite(SCENARIOS / "talk.yaml").tasks
    assert len(tasks) == 20
    assert sum(bool(task.between) for task in tasks) == 8


def test_suites_are_frozen():
    suite = Suite.model_validate(WHOLE)
    with pytest.raises(ValueError, match="frozen"):
        suite.name = "other"
