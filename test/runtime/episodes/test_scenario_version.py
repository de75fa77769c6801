"""A version changes with whatever an episode depends on, and with nothing else."""

import os
import shutil
from pathlib import Path

from skill_stack.core.resources import Resources
from skill_stack.evaluation.suite import Suite
from skill_stack.runtime.episodes.scenario_version import Versions

FOUND = Resources.from_environment(os.environ)
ROOT = Path(__file__).resolve().parents[3]
TASKS = [
    {"skill": "turn", "arguments": {"angle": 1.0}, "success": ["tilt <= 1 rad"]},
    {"skill": "sit", "success": ["tilt <= 1 rad"]},
]
WHOLE = {"name": "mine", "description": "d", "robot": "go2", "scene": "open", "tasks": TASKS}


def versions(found=FOUND, **changes):
    suite = Suite.model_validate({**WHOLE, **changes})
    made = Versions(found, suite)
    return [made.version_of(task) for task in suite.tasks]


def altered(tmp_path, skill, before, after):
    shutil.copytree(ROOT / "models" / "go2", tmp_path / "models" / "go2")
    file = tmp_path / "models" / "go2" / skill / "skill.yaml"
    assert before in file.read_text()
    file.write_text(file.read_text().replace(before, after))
    return Resources((tmp_path, *FOUND.roots), FOUND.overlay)


def test_the_same_is_the_same_and_each_task_has_its_own():
    turn, sit = versions()
    assert [turn, sit] == versions()
    assert turn != sit


def test_worlds_and_demands_count():
    assert versions()[1] != versions(randomisation={"friction": "0.4 to 1"})[1]
    assert versions()[1] != versions(tasks=[TASKS[0], {**TASKS[1], "success": ["tilt <= 2 rad"]}])[1]
    assert versions()[1] == versions(tasks=[TASKS[1]])[0], "others' tasks do not"


def test_a_skill_that_it_leans_on_counts_and_another_does_not(tmp_path):
    turn, sit = versions(altered(tmp_path, "walk", "timeout: 60.0", "timeout: 61.0"))
    assert turn != versions()[0], "turning is walking"
    assert sit == versions()[1]


def test_what_a_skill_says_of_itself_does_not(tmp_path):
    assert versions(altered(tmp_path, "sit", "description:", "description: Really")) == versions()


def test_how_a_file_is_written_does_not(tmp_path):
    assert versions(altered(tmp_path, "sit", "description:", "# a remark\ndescription:")) == versions()
    shutil.copytree(ROOT / "urdf" / "go2", tmp_path / "urdf" / "go2")
    file = tmp_path / "urdf" / "go2" / "robot.yaml"
    file.write_text("# a remark\n" + file.read_text())
    found = Resources((tmp_path, *FOUND.roots), FOUND.overlay)
    assert found.robot("go2") == file.parent
    assert versions(found) == versions()


def test_a_field_that_states_its_default_does_not():
    assert versions()[1] == versions(tasks=[TASKS[0], {**TASKS[1], "arguments": {}}])[1]
