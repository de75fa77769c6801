"""`go to …` carried out by a navigation server outside of the stack, which drives the simulated Go2 by velocities."""

from __future__ import annotations

import importlib.util
import math
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples" / "actions"
NAMESPACE = "nav"
STILL = 2.0  # s in which the robot must not walk again
PLAIN = importlib.util.find_spec("nav2_msgs") is None
"""Without nav2_msgs the server and the skill use an action that is always there; all else is the same."""


class Server:
    """The navigation server, a process of its own."""

    def __init__(self, output: Path) -> None:
        self.output = output
        options = ["--namespace", NAMESPACE, "--stamped", *(["--plain"] if PLAIN else [])]
        with output.open("wb") as file:
            command = [sys.executable, "-u", str(EXAMPLES / "fake_nav2.py"), *options]
            self.process = subprocess.Popen(command, stdout=file, stderr=file)

    @property
    def said(self) -> list[str]:
        """First words of what it said."""
        return [line.split()[0] for line in self.output.read_text().splitlines() if line.strip()]

    def end(self, number: int) -> None:
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(30)


@pytest.fixture(scope="module")
def world(start: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A stack that knows the skill, and the server."""
    skill = yaml.safe_load((EXAMPLES / "go2" / "go_to_by_nav2" / "skill.yaml").read_text())
    skill["action"]["patience"]["feedback"] = 2.0
    if PLAIN:
        skill["action"] |= {"type": "skill_stack_interfaces/action/DoSkill", "feedback": {"progress": "progress"}}
        skill["action"] |= {"goal": {"arguments": '{"pose": $target.approach}'}, "result": {"text": "outcome.reason"}}
    folder = Path(os.environ["SKILL_STACK_OVERLAY"]) / "models" / "go2" / "go_to_by_nav2"
    folder.mkdir(parents=True)
    (folder / "skill.yaml").write_text(yaml.safe_dump(skill))
    deployment = yaml.safe_load((ROOT / "config" / "deployments" / "go2_sim.yaml").read_text())
    deployment |= {"name": "go2_nav", "parameters": {"connector": {"stamped_cmd_vel": True}}}
    file = Path(os.environ["SKILL_STACK_OVERLAY"]) / "config" / "deployments" / "go2_nav.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(yaml.safe_dump(deployment))
    server = Server(tmp_path_factory.mktemp("server") / "output")
    try:
        stack = start(namespace=NAMESPACE, deployment="go2_nav")
        stack.wait_up()
        yield stack, server
    finally:
        server.end(signal.SIGKILL)


def away(stack: Any, x: float, y: float) -> float:
    """How far the robot really is from a point, m."""
    return math.hypot(*(stack.truth.position[:2] - (x, y)))


def going(stack: Any, words: str, until: Any) -> tuple[threading.Thread, list[Any]]:
    """Gives words and waits until the robot walks."""
    ended: list[Any] = []
    task = threading.Thread(target=lambda: ended.append(stack.say(words)))
    task.start()
    until(lambda: stack.walking() or ended, 60, "a robot that walks")
    assert not ended, ended
    return task, ended


def test_words_are_carried_out_by_the_server_and_the_robot_stands_where_it_was_told(world: Any, until: Any) -> None:
    stack, server = world
    done = stack.say("go to the red ball")
    assert done.outcome == "succeeded", (done, server.output.read_text())
    assert [step.skill for step in done.steps][-1] == "go_to"
    assert server.said == ["ready", "goal", "succeeded"]
    assert away(stack, 2.2, 0.8) < 0.9
    until(stack.standing, 30, "a robot that stands")


def test_a_stop_cancels_the_goal_and_the_robot_stands(world: Any, until: Any) -> None:
    stack, server = world
    task, ended = going(stack, "go to the blue ball", until)
    stack.channels.common.request_stop("local")
    until(lambda: server.said[-1] == "cancelled", 30, "a goal that is cancelled", server.output.read_text)
    until(stack.standing, 30, "a robot that stands")
    task.join(60)
    assert ended and ended[0].outcome == "interrupted"


@pytest.mark.slow
def test_a_connector_that_dies_leaves_a_robot_that_stands_while_the_server_goes_on(world: Any, until: Any) -> None:
    stack, server = world
    task, _ = going(stack, "go to the yellow box", until)
    stack.kill("connector")
    until(stack.standing, 30, "a robot that stands")
    task.join(60)
    stack.wait_healthy()
    assert server.said[-1] == "goal"  # it still wants to go there
    end = stack.truth.task_time + STILL
    until(lambda: stack.walking() or stack.truth.task_time > end, 30, "time that passes")
    assert stack.standing()


def test_a_server_that_dies_ends_the_step_and_the_stacks_own_way_is_left(world: Any, until: Any) -> None:
    stack, server = world
    task, ended = going(stack, "go to the blue ball", until)
    server.end(signal.SIGKILL)
    until(stack.standing, 30, "a robot that stands")
    task.join(60)
    reasons = [step.reason for step in ended[0].steps if step.skill == "go_to" and step.outcome == "failed"]
    assert reasons and ("sent no feedback" in reasons[0] or "is gone" in reasons[0]), ended
    assert stack.say("go to the blue ball").outcome == "succeeded" and away(stack, 1.4, -2.0) < 0.7
