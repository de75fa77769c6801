"""Measures how long a hand behind ros2_control goes on being driven after its controller is gone.

``python test/ros_tools/measure_lost_controller.py`` needs ``controller_manager_msgs``. Bridge and control process are
the real ones, each a process; the controller manager is the peer of the tests, written from the interface files, never
ros2_control itself. Times are from the change in the peer until the newest sample says that the robot cannot be
driven or is too old, and until the control process is damped or standing. ``--trials N`` of each kind.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "test" / "nodes" / "bridges")]

from skill_stack.core.errors import StaleData  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.core.setpoint import ControlMode, SkillSetpoint, SkillWeight  # noqa: E402
from skill_stack.core.shared_memory.block_name import block_path, domain_of  # noqa: E402
from skill_stack.core.shared_memory.channels import RobotChannels  # noqa: E402
from skill_stack.core.shared_memory.shared_block import remove_block  # noqa: E402
from skill_stack.runtime.bringup.ros_environment import ros_environment  # noqa: E402

ROBOT, SKILL = "allegro_right", "close_hand"
DRIVER = "skill_stack.hardware.ros2_control.bridged_driver:BridgedRos2Control"
NAMESPACE = f"lost_{os.getpid()}"
SETTINGS = {"controller": "/hand_forward", "manager": "/controller_manager"}
PATIENCE = 60.0  # s
POLL = 0.0005  # s between two looks: the error of a time
BUS = 0.3  # s between two setpoints at most


class Hand:
    """Bridge and control process of a hand; this class plays its connector."""

    def __init__(self, folder: Path) -> None:
        """Starts both."""
        self.block = block_path(NAMESPACE, domain_of(os.environ), os.getuid())
        self.channels = RobotChannels.open(self.block, load_robot(folder))
        who = ["--robot", ROBOT, "--namespace", NAMESPACE, "--driver-settings", json.dumps(SETTINGS)]
        drives = ["--driver", "ros2_control", "--unsupervised"]
        self._processes = [
            subprocess.Popen([sys.executable, "-m", module, *who, *more], stderr=subprocess.DEVNULL)
            for module, more in (
                ("skill_stack.nodes.bridges.ros2_control_bridge", []),
                ("skill_stack.controllers.processes.control_process", drives),
            )
        ]
        self._sequence, self._asked = 0, 0.0
        self.sample_age = load_robot(folder).safety.sample_age

    def status(self) -> Any:
        """The newest status; None while there is none."""
        try:
            status = self.channels.read_status()
        except StaleData:
            return None
        now = time.monotonic()
        if status is not None and now - self._asked > BUS / 3:
            self._asked, self._sequence = now, self._sequence + 1
            self.channels.write_setpoint(
                SkillSetpoint(
                    f"r-{status.stop_count}",
                    self._sequence,
                    status.task_time + BUS,
                    status.part,
                    "plan",
                    (SkillWeight(SKILL),),
                    stop_count=status.stop_count,
                )  # fmt: skip
            )
        return status

    def active(self) -> bool:
        """Whether the skill drives the hand."""
        status = self.status()
        return status is not None and status.mode is ControlMode.ACTIVE

    def hold(self, seconds: float) -> None:
        """Goes on asking for the skill, s."""
        end = time.monotonic() + seconds
        until(lambda: self.status() is not None and time.monotonic() > end, "a status")

    def reacted(self) -> bool:
        """Whether something else than the skill is in force."""
        status = self.status()
        return status is not None and status.mode is not ControlMode.ACTIVE

    def unsound(self) -> bool:
        """Whether the newest sample says that the hand cannot be driven, or there is none any more."""
        self.status()
        try:
            sample = self.channels.read_sample()
        except StaleData:
            return False
        now = time.monotonic()
        return sample is not None and (not sample.valid or now - sample.stamp > self.sample_age)

    def close(self) -> None:
        """Ends both."""
        for process in reversed(self._processes):
            process.terminate()
            process.wait(20)
        self.channels.close()
        remove_block(self.block)


def until(condition: Callable[[], bool], what: str) -> float:
    """Monotonic time at which a condition holds, s."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(POLL)
    return time.monotonic()


def losses(peer: Any) -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    """What is lost, and how it comes back, by name."""
    forward = peer.loaded["hand_forward"]

    def state(name: str) -> Callable[[], object]:
        return lambda: setattr(forward, "state", name)

    def put_back() -> None:
        peer.loaded["hand_forward"] = forward

    return {
        "switched off by somebody else": (state("inactive"), state("active")),
        "unloaded": (lambda: peer.loaded.pop("hand_forward"), put_back),
        "joint states stop": (peer.timer.cancel, peer.timer.reset),
    }


@contextmanager
def rig() -> Iterator[tuple[Any, Hand]]:
    """A peer and a hand, in an overlay of their own."""
    from controller_manager_peer import TRAJECTORY, Loaded, Peer

    with tempfile.TemporaryDirectory() as overlay:
        data = yaml.safe_load((ROOT / "urdf" / ROBOT / "robot.yaml").read_text())
        data["drivers"]["ros2_control"] = DRIVER
        folder = Path(overlay) / "urdf" / ROBOT
        folder.mkdir(parents=True)
        (folder / "robot.yaml").write_text(yaml.safe_dump(data))
        os.environ["SKILL_STACK_OVERLAY"] = overlay
        robot = load_robot(folder)
        joints = list(robot.joint_names)
        peer = Peer(
            dict(robot.poses["default"]),
            Loaded("hand_forward", joints),
            Loaded("hand_traj", joints, TRAJECTORY, "active"),
        )
        hand = Hand(folder)
        try:
            yield peer, hand
        finally:
            hand.close()
            peer.close()


def main() -> int:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=20)
    options = parser.parse_args()
    os.environ.update(ros_environment(os.environ))
    chance = random.Random(0)
    print("| lost | sample invalid or too old: median, longest | reaction: median, longest | mode |")
    print("|---|---|---|---|")
    with rig() as (peer, hand):
        until(hand.active, "the hand is driven")
        for name, (lose, put_back) in losses(peer).items():
            told, reacted, modes = [], [], set()
            for _ in range(options.trials):
                until(hand.active, f"driven again after: {name}")
                hand.hold(chance.uniform(0.5, 1.0))  # a random phase of the bridge's looks at the controllers
                begin = time.monotonic()
                lose()
                told.append(until(hand.unsound, name) - begin)
                reacted.append(until(hand.reacted, name) - begin)
                modes.add(hand.status().mode.value)
                put_back()
                hand.hold(1.0)  # a reset counts from when the bridge has let go
                hand.channels.common.request_reset("local")
            times = [f"{1e3 * statistics.median(one):.0f} ms, {1e3 * max(one):.0f} ms" for one in (told, reacted)]
            print(f"| {name} | {times[0]} | {times[1]} | {', '.join(sorted(modes))} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
