"""The bring-up when something around it is wrong: a port, a home, a display, a policy file, or an impatient person."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.runtime.bringup.run_file import BRING_UP, RunFile

ROOT = Path(__file__).resolve().parents[2]
STAGES = {  # what is so when a person presses Ctrl-C
    "the run file is there": lambda run: run.path.exists(),
    "the robot's block is there": lambda run: run.block.exists(),
    "the first process is noted": lambda run: run.noted().keys() - {BRING_UP},
    "the planner is noted": lambda run: "planner" in run.noted(),
}
QUICK, *BETWEEN = STAGES


def leftover_processes(namespace: str) -> list[Path]:
    block = block_path(namespace, domain_of(os.environ), os.getuid())
    return list(block.parent.glob(f"{block.name}*"))


@pytest.mark.parametrize("stage", [QUICK, *(pytest.param(stage, marks=pytest.mark.slow) for stage in BETWEEN)])
def test_ctrl_c_at_any_stage_ends_everything(until, stage: str) -> None:
    """The stages begin with the first thing that a bring-up does; before that there is nothing to end."""
    command = [sys.executable, "-m", "skill_stack.cli", "up", "go2_sim", "--namespace", "early"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    run = RunFile(block_path("early", domain_of(os.environ), os.getuid()))
    until(lambda: STAGES[stage](run), 90, stage)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert "ended by SIGINT" in said
    assert "Traceback" not in said
    assert not leftover_processes("early")


@pytest.mark.slow
def test_a_taken_port_is_reported_and_the_next_one_used(start, until) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        folder = Path(os.environ["SKILL_STACK_OVERLAY"]) / "config" / "deployments"
        folder.mkdir(parents=True, exist_ok=True)
        text = (ROOT / "config/deployments/go2_sim.yaml").read_text()
        (folder / "busy.yaml").write_text(text.replace("name: go2_sim", "name: busy") + f"monitor: {{port: {port}}}\n")
        stack = start(deployment="busy", namespace="busy")
        stack.wait_up()
        until(lambda: "monitor is ready" in stack.text, 90, "the monitor")
        log = Path(os.environ["SKILL_STACK_OVERLAY"]) / "log" / "busy" / "monitor.log"
        assert f"port {port} is taken" in log.read_text()
        assert stack.end() == 0


@pytest.mark.slow
def test_poor_surroundings(command_line) -> None:
    """A home that takes no writes, a viewer without a display, another world: the words are done all the same."""
    words = ("demo", "go2", "walk to the red ball", "--headless", "--speed", "max", "--json", "--seed", "3", "--viewer")
    poor = {"HOME": "/proc", "SKILL_STACK_OVERLAY": None, "XDG_DATA_HOME": None}
    done = command_line(*words, "--namespace", "poor", **poor, DISPLAY=None, WAYLAND_DISPLAY=None)
    assert done.returncode == 0, done.stderr
    assert "cannot be written to; logs go to" in done.stderr
    assert json.loads(done.stdout)["outcome"] == "succeeded"


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """The folder of the walking skill, to be damaged, in a root that comes before all others."""
    return Path(shutil.copytree(ROOT / "models/go2/walk", tmp_path / "models/go2/walk"))


@pytest.mark.slow
def test_a_corrupt_policy_is_named_and_nothing_walks(command_line, damaged: Path) -> None:
    model = damaged / "policy.onnx"
    model.write_bytes(model.read_bytes()[:-1000])
    words = ("demo", "go2", "walk to the red ball", "--headless", "--speed", "max", "--json", "--namespace", "damaged")
    done = command_line(*words, SKILL_STACK_PATH=str(damaged.parents[2]))
    result = json.loads(done.stdout)
    assert done.returncode == 1
    assert result["outcome"] == "failed"
    assert not result["steps"]
    assert result["reason"]


@pytest.mark.parametrize("missing", [False, True])
def test_a_damaged_policy_is_listed_with_the_reason(command_line, damaged: Path, missing: bool) -> None:
    model = damaged / "policy.onnx"
    model.unlink() if missing else model.write_bytes(b"no network")
    listed = command_line("skills", "go2", "--json", SKILL_STACK_PATH=str(damaged.parents[2]))
    walk = next(row for row in json.loads(listed.stdout) if row["skill"] == "walk")
    assert not walk["usable"]
    assert "policy.onnx" in walk["reason"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("up", "go3_sim"), "deployment 'go3_sim'.*go2_sim"),
        (("demo", "g7"), "simulation of a robot 'g7'.*go2"),
        (("demo", "go2", "--scene", "moon"), "scene 'moon'.*playground"),
        (("say", "sit", "--namespace", "nobody"), "no planner answers"),
        (("stop", "--namespace", "nobody"), "no stack is up in namespace 'nobody'"),
        (("down", "--namespace", "nobody"), "no stack is up"),
        (("status", "--namespace", "nobody"), "no stack is up"),
    ],
)
def test_what_is_not_there_is_named_with_what_is(command_line, words: tuple[str, ...], why: str) -> None:
    import re

    done = command_line(*words)
    assert done.returncode == 1
    assert re.search(why, done.stderr), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_simulated_time_for_tools_that_want_it(start, until) -> None:
    """With ``publish_clock`` stamps are task time, and nothing waits for a clock that waits for it."""
    from rosgraph_msgs.msg import Clock
    from sensor_msgs.msg import JointState

    from skill_stack.nodes.clients.client import TaskClient

    folder = Path(os.environ["SKILL_STACK_OVERLAY"]) / "config" / "deployments"
    folder.mkdir(parents=True, exist_ok=True)
    text = (ROOT / "config/deployments/go2_sim.yaml").read_text()
    (folder / "timed.yaml").write_text(text.replace("name: go2_sim", "name: timed") + "publish_clock: true\n")
    stack = start("--speed", "max", deployment="timed", namespace="timed")
    stack.wait_up()
    heard: dict[str, float] = {}

    def take_clock(message: Clock) -> None:
        heard["clock"] = message.clock.sec + message.clock.nanosec * 1e-9

    def take_joints(message: JointState) -> None:
        heard["joints"] = message.header.stamp.sec + message.header.stamp.nanosec * 1e-9

    with TaskClient("timed") as client:
        client.node.create_subscription(Clock, "/clock", take_clock, 1)
        client.node.create_subscription(JointState, "joint_states", take_joints, 1)
        assert client.do("stand up").outcome == "succeeded"
        assert client.spin(lambda: len(heard) == 2, 60)
    now = stack.status.task_time
    assert heard["joints"] == pytest.approx(now, abs=20.0)  # simulated time runs on meanwhile, wall time is far away
    assert heard["clock"] == pytest.approx(now, abs=20.0)
    assert stack.end() == 0
