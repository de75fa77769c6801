"""A skill folder that appears while the nodes run: its own phrase is understood at once, and forgotten when it goes."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

rclpy = pytest.importorskip("rclpy")

from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402

from skill_stack.core.resources import Resources  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.core.skills.library_watch import NEEDS_A_START  # noqa: E402
from skill_stack.core.skills.skill_library import load_library  # noqa: E402
from skill_stack.nodes import connector_node, planner_node  # noqa: E402
from skill_stack.nodes.wire.wire_library import skills_message, with_connector_status  # noqa: E402
from skill_stack_interfaces.msg import SkillState  # noqa: E402
from skill_stack_interfaces.srv import PlanText  # noqa: E402
from test.eventually import eventually  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # s
WORDS = "do the whirligig"
FOLDER = ROOT / "models" / "go2" / "turn"


class Nodes:
    """A connector and a planner, whose words are planned and not done."""

    def __init__(self) -> None:
        self.executor = SingleThreadedExecutor()
        self.connector, self.planner = connector_node.ConnectorNode(), planner_node.PlannerNode()
        self.asking = Node("asking")
        for node in (self.connector, self.planner, self.asking):
            self.executor.add_node(node)
        for node in (self.connector, self.planner):
            node.trigger_configure()
            node.trigger_activate()
        self.client = self.asking.create_client(PlanText, "plan_text")

    def plan(self, words: str) -> dict:
        """The plan for words."""
        answer = self.client.call_async(PlanText.Request(text=words))
        self.until(answer.done)
        return json.loads(answer.result().json)

    def until(self, done) -> None:
        """Lets the nodes work until something is so."""
        eventually(done, PATIENCE, between=lambda: self.executor.spin_once(timeout_sec=0.05))

    def close(self) -> None:
        for node in (self.connector, self.planner):
            node.close()
        for node in (self.connector, self.planner, self.asking):
            node.destroy_node()
        self.executor.shutdown()


@pytest.fixture
def nodes(monkeypatch, tmp_path):
    monkeypatch.setitem(os.environ, "ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    monkeypatch.setitem(os.environ, "SKILL_STACK_OVERLAY", str(tmp_path))
    rclpy.init(args=["--ros-args", "-p", "robot:=go2", "-r", "__ns:=/new_words"])
    made = Nodes()
    made.until(made.client.service_is_ready)
    yield made
    made.close()
    rclpy.try_shutdown()


def appear(overlay: Path, name: str) -> Path:
    """A skill of its own name and phrase, made after one that ships."""
    made = overlay / name
    shutil.copytree(FOLDER, made)
    lines = (made / "skill.yaml").read_text().splitlines()
    told = {"name": f"name: {name}", "phrases": f'phrases: ["{WORDS}"]'}
    file = "\n".join(told.get(line.split(":")[0], line) for line in lines)
    file = file.replace("type: number, unit: rad,", "type: number, unit: rad, default: 1.0,", 1)
    (made / "skill.yaml").write_text(file + "\n")
    (overlay / "models" / "go2").mkdir(parents=True, exist_ok=True)
    return shutil.move(made, overlay / "models" / "go2" / name)


@pytest.mark.e2e
def test_a_skill_that_appears_can_be_asked_for_by_its_own_phrase_at_once(nodes, tmp_path):
    assert nodes.plan(WORDS)["status"] != "plan"
    folder = appear(tmp_path, "whirligig")
    nodes.until(lambda: nodes.plan(WORDS)["status"] == "plan")
    assert nodes.plan(WORDS)["steps"][-1]["skill"] == "whirligig"
    assert nodes.connector._connector.part_of("whirligig") == "body"
    shutil.rmtree(folder)
    nodes.until(lambda: nodes.plan(WORDS)["status"] != "plan")


def test_what_the_connector_holds_back_is_held_back_for_those_who_plan(tmp_path):
    resources = Resources((ROOT,), tmp_path)
    library = load_library(resources, load_robot(ROOT / "urdf" / "go2", resources))
    told = skills_message(library)
    assert with_connector_status(library, told).entries == library.entries
    others = [one for one in told.skills if one.name not in ("sit", "turn")]
    told.skills = [SkillState(name="sit", reason=NEEDS_A_START), *others]
    held = with_connector_status(library, told)
    assert held.entries["sit"].reason == NEEDS_A_START and not held.entries["turn"].usable
