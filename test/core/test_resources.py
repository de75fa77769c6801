import pytest

from skill_stack.core.errors import ResourceNotFound
from skill_stack.core.resources import Resources


def make(root, *paths):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("{}")


def test_the_path_comes_before_the_overlay_before_the_checkout(tmp_path):
    environment = {"SKILL_STACK_PATH": f"{tmp_path / 'a'}:{tmp_path / 'b'}", "SKILL_STACK_OVERLAY": str(tmp_path / "o")}
    resources = Resources.from_environment(environment)
    assert resources.roots[:3] == (tmp_path / "a", tmp_path / "b", tmp_path / "o")
    assert resources.overlay == tmp_path / "o"
    make(tmp_path, "b/config/scenes/room.yaml", "o/config/scenes/room.yaml")
    assert resources.scene("room") == tmp_path / "b/config/scenes/room.yaml"


def test_installed_share_and_ament_prefixes_are_searched(tmp_path):
    resources = Resources.from_environment({"AMENT_PREFIX_PATH": str(tmp_path), "HOME": str(tmp_path)})
    assert resources.roots[-1] == tmp_path / "share" / "skill_stack"
    assert resources.overlay == tmp_path / ".local/share/skill_stack"


def test_a_missing_resource_lists_what_there_is(tmp_path):
    make(tmp_path, "config/scenes/kitchen.yaml", "config/scenes/yard.yaml")
    with pytest.raises(ResourceNotFound, match=r"no scene 'room'. Available: kitchen, yard. Searched: .*"):
        Resources((tmp_path,), tmp_path).scene("room")


def test_earlier_roots_hide_later_ones(tmp_path):
    make(tmp_path, "a/models/go2/walk/skill.yaml", "b/models/go2/walk/skill.yaml", "b/models/go2/run/skill.yaml")
    (tmp_path / "b/models/go2/_draft").mkdir()
    found = Resources((tmp_path / "a", tmp_path / "b"), tmp_path).skills("go2")
    assert found == (tmp_path / "a/models/go2/walk", tmp_path / "b/models/go2/run")
