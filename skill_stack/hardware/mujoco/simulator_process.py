"""The simulator: a robot in its scene behind the same shared memory as real hardware.

Example: ``simulator --robot go2 --scene playground --seed 1``
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from skill_stack.core.data_file import parse_model
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.processes.limit_arguments import add_limits, limited
from skill_stack.core.processes.process_arguments import json_object, process_parser
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.processes.realtime import enter_real_time
from skill_stack.core.processes.stop_signal import StopSignal
from skill_stack.core.resources import Resources
from skill_stack.core.robots.hardware_realism import HardwareRealism
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.block_name import block_path, domain_of, truth_path
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.snapshot_channel import SnapshotChannel, snapshot_path
from skill_stack.core.shared_memory.truth_channel import TruthChannel
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import SceneSetup, load_scene, set_up
from skill_stack.hardware.command_inlet import CommandInlet, longest_silence
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.mujoco.realistic_device import simulated_device
from skill_stack.hardware.mujoco.shared_world import Inhabitant, SharedWorld
from skill_stack.hardware.mujoco.simulator_loop import SimulatorLoop, run_lock_step, run_real_time
from skill_stack.hardware.mujoco.simulator_window import Window, open_window
from skill_stack.hardware.part_bus import PartBus

PRIORITY = 40  # under SCHED_FIFO: real hardware never stalls, but the control process goes first


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = process_parser("simulator", __doc__)
    parser.add_argument("--scene", default="playground", help="scene name, a file of config/scenes/, or a path")
    parser.add_argument("--seed", type=int, default=0, help="0 keeps the scene as its file says")
    parser.add_argument("--harsh", help="what motors and bus do besides, JSON (default: what the scene says)")
    parser.add_argument("--start", help="X,Y,YAW in m and rad instead of the scene's")
    parser.add_argument(
        "--beside",
        action="append",
        default=[],
        metavar="ROBOT:NAMESPACE:X,Y,YAW",
        help="another robot in the same world; may be given several times",
    )
    add_limits(parser)
    parser.add_argument("--viewer", action="store_true", help="open MuJoCo's own window")
    parser.add_argument("--cameras", action="store_true", help="publish the whole state, for cameras and scoring")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Simulates until SIGTERM or SIGINT.

    Returns:
        0 after an orderly end, 1 when it could not begin.
    """
    arguments = parse(argv)
    log = ProcessLog("simulator", sys.stderr)
    stop = StopSignal()
    try:
        _simulate(arguments, log, stop)
    except SkillStackError as error:
        log.error(str(error))
        return 1
    return 0


@dataclass(slots=True)
class _Served:
    """A robot whose blocks are served.

    Attributes:
        robot: The robot.
        setup: Its world.
        namespace: ROS namespace of its stack.
        parts: Its blocks.
    """

    robot: RobotSpec
    setup: SceneSetup
    namespace: str
    parts: list[RobotChannels] = field(default_factory=list)

    def register(self) -> None:
        """Takes its blocks.

        Raises:
            DataError: Another simulator has them.
        """
        place = (self.namespace, domain_of(os.environ), os.getuid())
        self.parts = [RobotChannels.open(block_path(*place), self.robot, part) for part in self.robot.parts]
        other = self.parts[0].common.registered("simulator")
        if other.alive and other.pid != os.getpid():
            raise DataError(f"simulator {other.pid} runs this robot already; end it first")
        for channels in self.parts:
            channels.register("simulator", ProcessIdentity.own())

    def loop(
        self, device: MujocoDevice, arguments: argparse.Namespace, window: Window | None, log: ProcessLog
    ) -> SimulatorLoop:
        """The loop that publishes its measurements and obeys its commands."""
        place = (self.namespace, domain_of(os.environ), os.getuid())
        truth, parts = TruthChannel(truth_path(*place)), self.parts
        waits = arguments.pace == "lock_step"
        silences = [None if waits else longest_silence(self.robot.part(each.part)) for each in parts]
        bus: RobotChannels | PartBus = parts[0]
        commands: CommandInlet | PartBus = CommandInlet(parts[0], self.robot.part(), silences[0])
        if len(parts) > 1:
            bus = commands = PartBus(self.robot, parts, waits, silences)
        size = device.state().size
        snapshots = SnapshotChannel(snapshot_path(block_path(*place)), size) if arguments.cameras else None
        return SimulatorLoop(device, bus, commands, truth, 1.0 / self.robot.control_rate, window, log, snapshots)


def _simulate(arguments: argparse.Namespace, log: ProcessLog, stop: StopSignal) -> None:
    if arguments.seed < 0:
        raise DataError(f"seed {arguments.seed} is negative")
    served = _served(arguments)
    for one in served:
        one.register()
    devices = _devices(served)
    first = devices[0]
    window = open_window(first.model, first.data, os.environ, log) if arguments.viewer else None
    for note in enter_real_time(None if window is not None or arguments.pace == "lock_step" else PRIORITY):
        log.info(note)
    loops = [
        one.loop(device, arguments, window if device is first else None, log) for one, device in zip(served, devices)
    ]
    for one in served:
        log.info(f"{one.robot.name} in {one.setup.name}, seed {one.setup.seed}, {arguments.pace}")
    try:
        (run_lock_step if arguments.pace == "lock_step" else run_real_time)(loops, stop)
    finally:
        for loop in loops:
            loop.end()
        for one in served:
            for channels in one.parts:
                channels.unregister("simulator")
        if window is not None:
            window.close()


def _served(arguments: argparse.Namespace) -> list[_Served]:
    """The robots of the command line, each with its world.

    Raises:
        SkillStackError: A robot or scene is missing or wrong.
    """
    resources = Resources.from_environment(os.environ)
    scene = set_up(load_scene(resources.scene(arguments.scene)), arguments.seed)
    if arguments.harsh:
        told = parse_model(HardwareRealism, json_object("--harsh", arguments.harsh), "harsh")
        scene = scene.model_copy(update={"harsh": told})
    if arguments.pace == "lock_step" and (scene.harsh.of_link or scene.harsh.lost_commands):
        raise DataError("what is late or lost on a bus needs --pace real_time: in lock-step time waits for it")
    named = [(arguments.robot, arguments.namespace, arguments.start)]
    for text in arguments.beside:
        robot, namespace, start = (text.split(":") + ["", ""])[:3]
        named.append((robot, namespace, start))
    served = [
        _Served(
            load_robot(resources.robot(robot), resources).at_rate(arguments.rate),
            scene.model_copy(update={"start": start_of(start)}) if start else scene,
            namespace,
        )
        for robot, namespace, start in named
    ]
    served[0].robot = limited(served[0].robot, arguments)
    return served


def _devices(served: Sequence[_Served]) -> Sequence[MujocoDevice]:
    """The simulated robots, in one world."""
    if len(served) == 1:
        return [simulated_device(served[0].robot, served[0].setup)]
    return SharedWorld([Inhabitant(one.robot, one.setup) for one in served]).devices


def start_of(text: str) -> Pose2:
    """Where a robot begins, from ``X,Y,YAW``.

    Raises:
        DataError: It is something else.
    """
    try:
        x, y, yaw = (float(number) for number in text.split(","))
    except ValueError:
        raise DataError(f"'{text}' is no start: write X,Y,YAW in m and rad, e.g. 0,1.5,0") from None
    return Pose2(x, y, yaw)


if __name__ == "__main__":
    sys.exit(main())
