"""The processes of a deployment as ``launch/skill_stack.launch.py`` starts them, ended as launch ends them.

Needs no launch: what must hold is what each process does with the signals that launch sends, and without launch.
"""

import os
import signal
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("rclpy")

pytestmark = pytest.mark.e2e
NAMESPACE = "launched"
LAUNCHER = textwrap.dedent("""
    import os, subprocess, sys
    from skill_stack.core.resources import Resources
    from skill_stack.core.robots.deployment import load_deployment
    from skill_stack.runtime.bringup.child_process import ros_arguments
    from skill_stack.runtime.bringup.die_with_parent import VARIABLE
    from skill_stack.runtime.bringup.processes import describe
    from skill_stack.runtime.bringup.ros_environment import ros_environment

    resources, namespace = Resources.from_environment(os.environ), sys.argv[1]
    deployment = load_deployment(resources.deployment("go2_sim"), namespace=namespace)
    command = [sys.executable, "-m", "skill_stack.cli", "up", "go2_sim", "--namespace", namespace, "--verbose"]
    environment = {**ros_environment(os.environ), VARIABLE: str(os.getpid())}
    started = [subprocess.Popen([*command, "--launched-by", str(os.getpid())])]
    for spec in describe(deployment, resources):
        if spec.ros and spec.name != "monitor":
            node = [sys.executable, "-m", spec.module, *spec.arguments, *ros_arguments(spec)]
            started.append(subprocess.Popen(node, env=environment))
    print("pids", *[process.pid for process in started], flush=True)
    print("codes", *[process.wait() for process in started], flush=True)
""")
UP = ("lifecycle_manager is ready", "control is ready", "supervisor is ready", "simulator is ready")


@pytest.fixture
def stack(launched: Callable, tmp_path: Path) -> Callable:
    script = tmp_path / "launcher.py"
    script.write_text("import signal\nsignal.signal(signal.SIGINT, lambda *_: None)\n" + LAUNCHER)

    def start() -> object:
        one = launched([sys.executable, str(script), NAMESPACE], NAMESPACE)
        one.wait_for(*UP)
        return one

    return start


def words_after(said: str, name: str) -> list[int]:
    return next([int(word) for word in line.split()[1:]] for line in said.splitlines() if line.startswith(name))


def test_everything_ends_in_order_however_often_it_is_asked(stack: Callable) -> None:
    """A terminal signals all at once; without one launch signals each, the last one first; both may come."""
    one = stack()
    pids = words_after(one.text, "pids")
    os.killpg(one.process.pid, signal.SIGINT)
    for pid in reversed(pids):
        os.kill(pid, signal.SIGINT)
    one.wait_gone()
    assert words_after(one.text, "codes") == [0] * len(pids), one.text
    assert "ended; the robot is damped" in one.text
    assert "Traceback" not in one.text
    assert "earlier bring-up" not in one.text  # the front end, which takes part in the block, is of this run


@pytest.mark.slow
def test_nothing_outlives_a_launcher_that_is_killed(stack: Callable) -> None:
    one = stack()
    one.process.kill()
    one.wait_gone()
    log = Path(os.environ["SKILL_STACK_OVERLAY"]) / "log" / NAMESPACE / "control.log"
    assert "ended; the robot is damped" in log.read_text()
