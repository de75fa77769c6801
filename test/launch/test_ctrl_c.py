"""Ctrl-C on ``ros2 launch``: everything ends in order and nothing is left. With the real tool and real processes."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from test.launch.ament_prefix import ROOT, launch_missing, make_prefix

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(bool(launch_missing()), reason=launch_missing())]
LAUNCH = [sys.executable, "-c", "import sys; from ros2cli.cli import main; sys.exit(main())", "launch", "skill_stack"]
UP = ("lifecycle_manager is ready", "control is ready", "simulator is ready", "supervisor is ready")


def environment_for(folder: Path) -> dict[str, str]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "AMENT_PREFIX_PATH": str(make_prefix(folder)), "PYTHONPATH": path}


def assert_orderly(said: str) -> None:
    assert "the robot is damped" in said
    assert "Traceback" not in said
    assert "[ERROR]" not in said


@pytest.mark.parametrize(
    ("terminal", "group"),
    [
        (True, True),
        pytest.param(True, False, marks=pytest.mark.slow),
        pytest.param(False, False, marks=pytest.mark.slow),
    ],
    ids=["ctrl-c in a terminal", "signal to launch in a terminal", "signal to launch in the background"],
)
def test_an_interrupt_takes_everything_down(launched: Callable, tmp_path: Path, terminal: bool, group: bool) -> None:
    master, slave = pty.openpty()
    stdin = slave if terminal else subprocess.DEVNULL
    words = ["go2_sim.launch.py", "namespace:=ctrl_c", "monitor:=false"]
    one = launched([*LAUNCH, *words], "ctrl_c", environment_for(tmp_path / "prefix"), stdin)
    one.wait_for(*UP)
    asked = [sys.executable, "-m", "skill_stack.cli", "status", "--no-ros", "--namespace", "ctrl_c"]
    status = subprocess.run(asked, capture_output=True, text=True).stdout
    assert f"go2_sim, robot go2; by ros2 launch (process {one.process.pid}), which restarts nodes" in status
    (os.killpg if group else os.kill)(one.process.pid, signal.SIGINT)
    one.wait_gone()
    assert one.process.returncode == 0
    assert_orderly(one.text.partition("user interrupted")[2])
    for end in (master, slave):
        os.close(end)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_what_launch_leaves_behind_ends_by_itself(launched: Callable, tmp_path: Path, number: int) -> None:
    """Launch does nothing for its processes then, and nobody reads what they say."""
    words = ["go2_sim.launch.py", "namespace:=ctrl_c", "monitor:=false"]
    one = launched([*LAUNCH, *words], "ctrl_c", environment_for(tmp_path / "prefix"))
    one.wait_for(*UP)
    one.process.send_signal(number)
    one.wait_gone()
    log = Path(os.environ["SKILL_STACK_OVERLAY"]) / "log" / "ctrl_c" / "control.log"
    assert "the robot is damped" in log.read_text()


def test_every_argument_is_described(tmp_path: Path) -> None:
    files = sorted(file.name for file in (ROOT / "launch").glob("*.launch.py"))
    for file in files:
        shown = subprocess.run(
            [*LAUNCH, file, "--show-args"], env=environment_for(tmp_path / file), capture_output=True, text=True
        ).stdout
        for name in ("deployment", "namespace", "rviz", "monitor", "params_file", "use_sim_time"):
            assert f"'{name}':" in shown, file
        assert "no description given" not in shown
