"""Skill folders that appear while everything runs."""

import shutil
from pathlib import Path

import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.library_watch import NEEDS_A_START, LibraryWatch
from skill_stack.core.skills.skill_library import load_library

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def place(tmp_path):
    """An overlay over the checkout's own data, its robot, and a watch over the skills."""
    resources = Resources((tmp_path, ROOT), tmp_path)
    robot = load_robot(resources.robot("go2"), resources)
    folder = tmp_path / "models" / "go2"
    folder.mkdir(parents=True)

    def load():
        return load_library(resources, robot)

    return folder, load, LibraryWatch(resources, robot, load())


def copy(folder, old, new):
    shutil.copytree(ROOT / "models" / "go2" / old, folder / new)
    file = folder / new / "skill.yaml"
    file.write_text(file.read_text().replace(f"name: {old}\n", f"name: {new}\n", 1))


def test_nothing_new_is_nothing(place):
    _, load, watch = place
    assert watch.look(load) is None


def test_a_guided_skill_that_appears_can_be_used_at_once(place):
    folder, load, watch = place
    copy(folder, "turn", "swivel")
    library = watch.look(load)
    assert "swivel" in library
    assert watch.look(load) is None


def test_what_the_control_process_must_load_waits_for_its_start_and_says_so(place):
    folder, load, watch = place
    copy(folder, "sit", "sit_again")
    library = watch.look(load)
    assert library.entries["sit_again"].reason == NEEDS_A_START
    assert "sit" in library
    (folder / "sit_again" / "note.txt").write_text("later")
    assert watch.look(load).entries["sit_again"].reason == NEEDS_A_START


def test_a_wrong_folder_does_not_take_the_others_with_it(place):
    folder, load, watch = place
    (folder / "nonsense").mkdir()
    (folder / "nonsense" / "skill.yaml").write_text("kind: [")
    library = watch.look(load)
    assert not library.entries["nonsense"].usable
    assert "walk" in library


def test_a_folder_that_goes_away_is_gone(place):
    folder, load, watch = place
    copy(folder, "turn", "swivel")
    watch.look(load)
    shutil.rmtree(folder / "swivel")
    assert "swivel" not in watch.look(load)


def test_what_was_held_back_can_be_used_once_the_control_process_began_again(place):
    folder, load, watch = place
    copy(folder, "sit", "sit_again")
    copy(folder, "walk", "walk_firmly")
    assert "sit_again" not in watch.look(load) and watch.waiting == ("sit_again", "walk_firmly")
    library = watch.accept()
    assert "sit_again" in library and "walk_firmly" in library and watch.waiting == ()
    (folder / "walk_firmly" / "policy.onnx").write_bytes(b"another network")
    assert "not the one that was measured" in watch.look(load).entries["walk_firmly"].reason
