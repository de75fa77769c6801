"""The layout for Foxglove: every panel is placed, every topic is one of the stack's, every field is in its type."""

import json
import os
import re
from pathlib import Path

import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.deployment import load_deployment
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.recording.format import (
    COMPRESSED,
    CONTROL_TICK,
    CONTROL_TICK_TYPE,
    JOINT_NAMES,
    JOINT_NAMES_TYPE,
    RUN_EVENT_TYPE,
    RUN_EVENTS,
    topic,
)

ROOT = Path(__file__).resolve().parents[2]
NAME = "config/foxglove/skill_stack.json"
LAYOUT = json.loads((ROOT / NAME).read_text(encoding="utf-8"))
PANELS = LAYOUT["configById"]
DEPLOYMENT = load_deployment(ROOT / "config" / "deployments" / "go2_camera.yaml")
RESOURCES = Resources.from_environment(os.environ)
GO2 = load_robot(RESOURCES.robot(DEPLOYMENT.robot), RESOURCES)
PATH = re.compile(r"(?P<topic>/[\w/]+)(\.(?P<field>\w+)(\[\$(?P<variable>\w+)\])?)?")


def placed(node) -> list[str]:
    """Panels of a part of the layout."""
    return [node] if isinstance(node, str) else placed(node["first"]) + placed(node["second"])


def paths() -> list[re.Match]:
    """Message paths of all panels."""
    scene = PANELS["3D!scene"]
    found = [*scene["topics"], *(layer["topic"] for layer in scene["layers"].values() if "topic" in layer)]
    for panel in PANELS.values():
        found += [one["value"] for one in panel.get("paths", ())]
        found += [panel["topicPath"]] if "topicPath" in panel else []
        found += [panel["imageMode"]["imageTopic"]] if "imageMode" in panel else []
    assert len(found) == 11
    return [match for one in found if (match := PATH.fullmatch(one)) or pytest.fail(f"{one} is no path")]


def published() -> dict[str, str]:
    """Type of every topic that the documents and the format of recordings name."""
    rows = re.findall(r"^\| ((?:`[\w/]+`(?:, )?)+) \| `(\w+)/(\w+)`", (ROOT / "docs/ros.md").read_text("utf-8"), re.M)
    found = {
        f"/{name.strip('/')}": f"{package}/msg/{kind}"
        for names, package, kind in rows
        for name in re.findall(r"[\w/]+", names)
    }
    return found | {
        topic("", GO2.main_part, CONTROL_TICK): CONTROL_TICK_TYPE,
        topic("", GO2.main_part, JOINT_NAMES): JOINT_NAMES_TYPE,
        topic("", RUN_EVENTS): RUN_EVENT_TYPE,
        topic("", DEPLOYMENT.perception.camera, COMPRESSED): "sensor_msgs/msg/CompressedImage",
    }


def test_every_panel_is_placed_once():
    assert sorted(placed(LAYOUT["layout"])) == sorted(PANELS)


def test_every_topic_is_published_and_every_field_is_in_its_type():
    known = published()
    assert known["/robot_description"] == "std_msgs/msg/String" and "/tf" in known
    for path in paths():
        assert path["topic"] in known, path[0]
        if path["field"]:
            text = (ROOT / "skill_stack_interfaces/msg" / f"{known[path['topic']].rpartition('/')[2]}.msg").read_text()
            assert re.search(rf"^\w+(\[\])? {path['field']}\b", text, re.M), path[0]
        assert path["variable"] in (None, *LAYOUT["globalVariables"])


def test_it_follows_the_robot_is_installed_and_is_documented():
    assert PANELS["3D!scene"]["followTf"] == GO2.source.base_link
    (folders,) = re.findall(r"^DATA_FOLDERS = \((.*)\)$", (ROOT / "setup.py").read_text("utf-8"), re.M)
    assert f'"{NAME.split("/")[0]}"' in folders
    for name in ("recordings.md", "monitoring.md"):
        assert NAME in (ROOT / "docs" / name).read_text("utf-8")
