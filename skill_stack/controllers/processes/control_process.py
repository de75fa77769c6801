"""The control process of one actuated part: a top-level process without ROS.

Example: ``control_process --robot go2 --pace real_time --rearm person``
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
import time
from collections.abc import Sequence

from skill_stack.controllers.control_core import ControlCore, ControlOptions
from skill_stack.controllers.processes.control_loop import run_lock_step, run_real_time
from skill_stack.controllers.processes.control_station import ControlStation
from skill_stack.controllers.processes.supervisor import Supervisor
from skill_stack.controllers.processes.tick_recorder import TickRecorder
from skill_stack.controllers.providers.provider import WANTED
from skill_stack.controllers.providers.selector import ENGINES, ProviderSelector
from skill_stack.controllers.slow.slow_links import DirectLinks, SharedLinks
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.processes.confirmation import is_confirmed
from skill_stack.core.processes.limit_arguments import add_limits, limited
from skill_stack.core.processes.process_arguments import add_driver, add_part, process_parser, settings_of
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.processes.realtime import enter_real_time
from skill_stack.core.processes.stop_signal import StopSignal
from skill_stack.core.processes.tracked_channel import TrackedChannel, tracked_path
from skill_stack.core.resources import Resources
from skill_stack.core.robots.driver import DriverSource, as_driven, reaches_device
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.black_box import box_path
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.core.shared_memory.block_words import BlockWords
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.frame_ring import RingFrames
from skill_stack.core.shared_memory.provider_note import ProviderNote, summary, write_notes
from skill_stack.core.skills.skill_library import SkillLibrary, load_library

PRIORITY = 50  # under SCHED_FIFO: above interrupt-free user work, below the supervisor


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = process_parser("control_process", __doc__)
    add_part(parser)
    add_driver(parser)
    add_limits(parser)
    parser.add_argument("--provider", choices=WANTED, default="auto", help="where networks are evaluated")
    parser.add_argument("--rearm", choices=("person", "auto"), default="person", help="after the supervisor damped")
    parser.add_argument("--tracks", action="store_true", help="the pose of the object in the hand is from a camera")
    parser.add_argument("--unsupervised", action="store_true", help="drive without a supervisor, for measurements")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs until SIGTERM or SIGINT; then the robot is damped.

    Returns:
        0 after an orderly end, 1 when it could not begin.
    """
    arguments = parse(argv)
    log = ProcessLog("control", sys.stderr)
    stop = StopSignal()
    try:
        resources = Resources.from_environment(os.environ)
        whole = load_robot(resources.robot(arguments.robot), resources).at_rate(arguments.rate)
        robot = limited(whole.part(arguments.part), arguments)
        robot = as_driven(robot, arguments.driver, settings_of(arguments))
        path = block_path(arguments.namespace, domain_of(os.environ), os.getuid())
        channels = RobotChannels.open(path, whole, arguments.part)
        opener = DriverSource(robot, arguments.driver, channels, settings_of(arguments))
        opener.prepare()  # joining and leaving a network takes longer than a turn of the loop may
        asked = channels.common.get("reload.asked")  # before the folders are read
        _claim(channels.words, Supervisor(channels, opener, robot.safety.heartbeat_age, log))
        selector = ProviderSelector(arguments.provider, resources.writable_folder(ENGINES))
        block = channels.block.path  # in lock-step time waits for slow networks, so that every run is the same
        links = SharedLinks(block) if arguments.pace == "real_time" else DirectLinks(RingFrames(path))
        options = ControlOptions(
            channels.part, channels.flags(), selector=selector, links=links,
            is_confirmed=lambda setpoint: is_confirmed(setpoint, channels.common.run_key),
        )  # fmt: skip
        library = load_library(resources, whole, arguments.control, device=reaches_device(arguments.driver))
        core = _make_core(robot, library, channels, options, log)
        box = TickRecorder(box_path(channels.block.path), robot, core)
        tracked = TrackedChannel(tracked_path(path)) if arguments.tracks else None
        station = ControlStation(core, channels, opener, arguments.rearm, log, box, tracked)
        channels.words.set("reload.heeded", asked)  # after everything from before was made void
        for note in enter_real_time(None if arguments.pace == "lock_step" else PRIORITY):
            log.info(note)
        title = whole.name if len(whole.parts) == 1 else f"{whole.name}.{channels.part}"
        running = ", ".join(core.bank.runners) or "nothing"
        log.info(f"{title} at {robot.control_rate:g} Hz, {arguments.pace}: {running}")
        _drive(arguments, station, channels, 1.0 / robot.control_rate, log, stop)
    except SkillStackError as error:
        log.error(str(error))
        return 1
    return 0


def _claim(words: BlockWords, supervisor: Supervisor) -> None:
    """Takes the role, which only one process may have; first damps a robot left driven by a dead process."""
    other = words.registered("control")
    if other.alive and other.pid != os.getpid():
        raise DataError(f"control process {other.pid} drives this robot already; end it first")
    supervisor.look(time.monotonic())
    words.register("control", ProcessIdentity.own())


def _drive(
    arguments: argparse.Namespace,
    station: ControlStation,
    channels: RobotChannels,
    period: float,
    log: ProcessLog,
    stop: StopSignal,
) -> None:
    words = channels.words
    if arguments.safety != "{}":
        log.warn(f"limits of the deployment: {arguments.safety}{', looser ones too' if arguments.unsafe else ''}")
    try:
        if arguments.pace == "lock_step":
            run_lock_step(station, channels, period, stop)
        else:
            run_real_time(station, channels, period, stop, not arguments.unsupervised)
    finally:
        words.set("control.active", 0)  # first, or the supervisor would take an orderly end for a death
        station.end()
        words.unregister("control")
    log.info(f"ended; the robot is {'left to its own controller' if arguments.control == 'vendor' else 'damped'}")


def _make_core(
    robot: RobotSpec, library: SkillLibrary, channels: RobotChannels, options: ControlOptions, log: ProcessLog
) -> ControlCore:
    """A core with every usable skill, which keeps the emergency stop of the previous process.

    All networks are loaded, and their providers chosen, here and never later.
    """
    words = channels.words
    latched = bool(words.get("control.latched")) or options.flags.estop != words.get("control.estops_seen")
    core = ControlCore(robot, library, dataclasses.replace(options, latched=latched))
    notes = [ProviderNote(skills, made.provider, made.why) for skills, made in core.bank.choices().items()]
    write_notes(channels.block.path, notes)
    if notes:
        log.info(f"networks: {summary(notes)}")
    for name, reason in core.bank.problems.items():
        log.warn(f"skill '{name}' cannot run: {reason}")
    if not core.bank.runners:
        log.error("no skill can run: the robot stays as it is")
    return core


if __name__ == "__main__":
    sys.exit(main())
