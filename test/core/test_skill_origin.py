"""Quarantine: a skill from a package moves no real robot until it is released, and only as it was released."""

import shutil
from pathlib import Path

import pytest

from skill_stack.controllers.runners.skill_bank import SkillBank
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skill_origin import ORIGIN, SkillOrigin, content_hash, origin_of, quarantine, write_origin
from skill_stack.core.skills.skill_library import load_library

ROOT = Path(__file__).resolve().parents[2]
NOTE = SkillOrigin(package="0" * 64, version="1.0", author="Ada", key="SHA256:x", installed="2026-01-01")


@pytest.fixture
def place(tmp_path):
    """An overlay with 'bow', a copy of 'sit' that came in a package, and the robot."""
    resources = Resources((tmp_path, ROOT), tmp_path)
    folder = tmp_path / "models" / "go2" / "bow"
    shutil.copytree(ROOT / "models" / "go2" / "sit", folder)
    file = folder / "skill.yaml"
    file.write_text(file.read_text().replace("name: sit\n", "name: bow\n", 1).replace("stance: sit", "stance: bow"))
    write_origin(folder, NOTE)
    return resources, load_robot(resources.robot("go2"), resources), folder


def test_it_runs_in_simulation_and_is_refused_where_a_device_moves(place):
    resources, robot, _ = place
    assert load_library(resources, robot).entries["bow"].usable
    library = load_library(resources, robot, device=True)
    reason = library.entries["bow"].reason
    assert "in quarantine" in reason and "skill-stack release bow --robot go2" in reason and "Ada" in reason
    assert "sit" in library
    bank = SkillBank(robot, library)
    assert "bow" not in bank.runners and bank.problems["bow"] == reason and "sit" in bank.runners


def test_what_is_built_on_it_is_refused_too(place):
    resources, robot, folder = place
    shutil.copytree(ROOT / "models" / "go2" / "sit", folder.parent / "deep_bow")
    file = folder.parent / "deep_bow" / "skill.yaml"
    file.write_text(
        file.read_text().replace("name: sit\n", "name: deep_bow\n", 1).replace("stance: sit", "stance: bow")
    )
    reason = load_library(resources, robot, device=True).entries["deep_bow"].reason
    assert reason.startswith("it needs skill 'bow': it is in quarantine")


def test_a_release_holds_for_the_content_that_was_released(place):
    resources, robot, folder = place
    write_origin(folder, NOTE.model_copy(update={"released": content_hash(folder)}))
    assert quarantine(folder) == "" and "bow" in load_library(resources, robot, device=True)
    (folder / "results.json").write_text("{}")  # measured later: runs nothing
    assert quarantine(folder) == ""
    (folder / "skill.yaml").write_text((folder / "skill.yaml").read_text().replace("duration: 1.5", "duration: 0.2"))
    assert "was changed since it was released" in quarantine(folder)
    assert "bow" not in load_library(resources, robot, device=True)


def test_a_file_that_is_added_counts_too(place):
    *_, folder = place
    write_origin(folder, NOTE.model_copy(update={"released": content_hash(folder)}))
    (folder / "policy.onnx").write_bytes(b"other")
    assert quarantine(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"released": true}'])
def test_a_note_that_cannot_be_read_releases_nothing(place, text):
    *_, folder = place
    (folder / ORIGIN).write_text(text)
    assert "its origin cannot be read" in quarantine(folder)


def test_own_skills_are_in_no_quarantine(place):
    resources, robot, _ = place
    assert origin_of(ROOT / "models" / "go2" / "sit") is None
    assert "walk" in load_library(resources, robot, device=True)
