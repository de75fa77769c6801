"""A policy folder that appears while the connector runs: held back, asked for, and taken once it is loaded."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

rclpy = pytest.importorskip("rclpy")

from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.core.shared_memory.channels import RobotChannels  # noqa: E402
from skill_stack.nodes import connector_node  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def node(monkeypatch, tmp_path):
    monkeypatch.setitem(os.environ, "ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    monkeypatch.setitem(os.environ, "SKILL_STACK_OVERLAY", str(tmp_path))
    rclpy.init(args=["--ros-args", "-p", "robot:=go2", "-r", "__ns:=/reload"])
    made = connector_node.ConnectorNode()
    made.trigger_configure()
    made.trigger_activate()
    yield made
    made.close()
    made.destroy_node()
    rclpy.try_shutdown()


@pytest.mark.e2e
def test_a_policy_that_appears_is_taken_once_the_control_process_has_it(node, tmp_path):
    if not (ROOT / "models" / "go2" / "walk" / "policy.onnx").is_file():
        pytest.skip("the walking policy is not there")
    channels = RobotChannels.open(node.block, load_robot(ROOT / "urdf" / "go2"))
    try:
        shutil.copytree(ROOT / "models" / "go2" / "walk", tmp_path / "stroll")
        file = tmp_path / "stroll" / "skill.yaml"
        file.write_text(file.read_text().replace("name: walk\n", "name: stroll\n", 1))
        (tmp_path / "models" / "go2").mkdir(parents=True, exist_ok=True)
        shutil.move(tmp_path / "stroll", tmp_path / "models" / "go2" / "stroll")
        node._skills.look()
        assert node._skills.waiting == ("stroll",) and channels.words.get("reload.asked") == 1
        node._skills.look()
        assert node._skills.waiting == ("stroll",), "the control process has not begun again yet"
        channels.words.set("reload.heeded", 1)
        node._skills.look()
        assert node._skills.waiting == () and node._connector.part_of("stroll") == "body"
    finally:
        channels.close()
        node.block.unlink(missing_ok=True)
