"""The simulator: a robot in its scene behind the same shared memory as real hardware.

Example: ``simulator --robot go2 --scene playground --seed 1``
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from skill_stack.core.block_name import block_path, domain_of, truth_path
from skill_stack.core.channels import RobotChannels
from skill_stack.core.data_file import parse_model
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.harshness import Harshness
from skill_stack.core.process_arguments import json_object, process_parser
from skill_stack.core.process_identity import ProcessIdentity
from skill_stack.core.process_log import ProcessLog
from skill_stack.core.realtime import be_punctual
from skill_stack.core.resources import Resources
from skill_stack.core.robot import load_robot
from skill_stack.core.scene_file import load_scene, set_up
from skill_stack.core.snapshot_channel import SnapshotChannel, snapshot_path
from skill_stack.core.stop_signal import StopSignal
from skill_stack.core.truth_channel import TruthChannel
from skill_stack.hardware.harsh_device import simulated_device
from skill_stack.hardware.part_bus import PartBus
from skill_stack.hardware.simulator_loop import SimulatorLoop
from skill_stack.hardware.simulator_window import open_window

PRIORITY = 40  # under SCHED_FIFO: real hardware never stalls, but the control process goes first


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = process_parser("simulator", __doc__)
    parser.add_argument("--scene", default="playground", help="scene name, a file of config/scenes/, or a path")
    parser.add_argument("--seed", type=int, default=0, help="0 keeps the scene as its file says")
    parser.add_argument("--harsh", help="what motors and bus do besides, JSON (default: what the scene says)")
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


def _simulate(arguments: argparse.Namespace, log: ProcessLog, stop: StopSignal) -> None:
    if arguments.seed < 0:
        raise DataError(f"seed {arguments.seed} is negative")
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot(arguments.robot), resources).at_rate(arguments.rate)
    setup = set_up(load_scene(resources.scene(arguments.scene)), arguments.seed)
    if arguments.harsh:
        told = parse_model(Harshness, json_object("--harsh", arguments.harsh), "harsh")
        setup = setup.model_copy(update={"harsh": told})
    if arguments.pace == "lock_step" and (setup.harsh.of_link or setup.harsh.lost_commands):
        raise DataError("what is late or lost on a bus needs --pace real_time: in lock-step time waits for it")
    place = (arguments.namespace, domain_of(os.environ), os.getuid())
    parts = [RobotChannels.open(block_path(*place), robot, part) for part in robot.parts]
    other = parts[0].common.registered("simulator")
    if other.alive and other.pid != os.getpid():
        raise DataError(f"simulator {other.pid} runs this robot already; end it first")
    for channels in parts:
        channels.register("simulator", ProcessIdentity.own())
    truth = TruthChannel(truth_path(*place))
    device = simulated_device(robot, setup)
    window = open_window(device.model, device.data, os.environ, log) if arguments.viewer else None
    for note in be_punctual(None if window is not None or arguments.pace == "lock_step" else PRIORITY):
        log.info(note)
    bus = parts[0] if len(parts) == 1 else PartBus(robot, parts, arguments.pace == "lock_step")
    snapshots = SnapshotChannel(snapshot_path(block_path(*place)), device.model.nq) if arguments.cameras else None
    loop = SimulatorLoop(device, bus, truth, 1.0 / robot.control_rate, window, log, snapshots)
    log.info(f"{robot.name} in {setup.name}, seed {setup.seed}, {arguments.pace}")
    try:
        (loop.run_lock_step if arguments.pace == "lock_step" else loop.run_real_time)(stop)
    finally:
        for channels in parts:
            channels.unregister("simulator")
        if window is not None:
            window.close()


if __name__ == "__main__":
    sys.exit(main())
