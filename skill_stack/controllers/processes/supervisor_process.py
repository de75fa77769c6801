"""The supervisor: ends a control process that has fallen silent, and damps the robot.

Example: ``supervisor --robot go2``
"""

from __future__ import annotations

import argparse
import functools
import math
import os
import subprocess
import sys
import time
from collections.abc import Sequence

from skill_stack.controllers.processes.supervisor import Supervisor
from skill_stack.controllers.processes.supervisor_watch import SupervisorWatch
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.processes.heartbeat import Heartbeat
from skill_stack.core.processes.limit_arguments import add_limits, limited
from skill_stack.core.processes.process_arguments import add_driver, json_object, process_parser, settings_of
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.processes.realtime import enter_real_time
from skill_stack.core.processes.stop_signal import StopSignal
from skill_stack.core.resources import Resources
from skill_stack.core.robots.driver import DriverSource
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.core.shared_memory.channels import RobotChannels

FINISH_WITHIN = 4.0
"""Longest time to continue watching after a request to end while a process drives, s: the supervisor ends last."""
LOCK_STEP_LIMIT = 2.0  # s of silence in lock-step, where simulated time waits and a busy machine harms nobody
PRIORITY = 60  # under SCHED_FIFO: above the control process, which it may have to end

REPORTER = "skill_stack.runtime.bringup.fault_report"


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = process_parser("supervisor", __doc__)
    add_driver(parser)
    add_limits(parser)
    text = "driver of another part than the main one, e.g. right_hand=can (default: that of the main part)"
    parser.add_argument("--part-driver", action="append", default=[], metavar="PART=DRIVER", help=text)
    text = "what the deployment says to the drivers of other parts, JSON: an object by part"
    parser.add_argument("--part-settings", default="{}", help=text)
    text = "act only while the supervisor is silent or dead; for robots that hold their last command indefinitely"
    parser.add_argument("--standby", action="store_true", help=text)
    parser.add_argument("--last", action="store_true", help="make sure that the robot is damped, and end")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Watches until SIGTERM or SIGINT, and then until the control process has damped the robot and is gone.

    Returns:
        0 after an orderly end, 1 when it could not begin.
    """
    arguments = parse(argv)
    log = ProcessLog("supervisor", sys.stderr)
    stop, pulse = StopSignal(), Heartbeat.from_environment(os.environ)
    try:
        resources = Resources.from_environment(os.environ)
        robot = load_robot(resources.robot(arguments.robot), resources).at_rate(arguments.rate)
        watched = [_watch_part(robot, part, arguments, log) for part in robot.parts]
        for note in enter_real_time(PRIORITY):
            log.info(note)
        if arguments.standby:
            log.info(f"stands by for the supervisor of {robot.name}")
            _stand_by([supervisor for supervisor, _ in watched], stop, pulse)
            return 0
        limits = ", ".join(f"{supervisor.limit:g}" for supervisor, _ in watched)
        log.info(f"watches the control process of {robot.name}, limit {limits} s")
        report = functools.partial(_write_report, arguments.namespace)
        watch = SupervisorWatch(*watched[0], log, report, watched[1:])
        try:
            stop.asked = stop.asked or arguments.last
            if not _watch(watch, stop, pulse, [supervisor for supervisor, _ in watched]):
                log.warn(f"ends although the control process goes on after {FINISH_WITHIN:g} s")
        finally:
            watch.close()
        for _, channels in watched:
            channels.unregister("supervisor")
    except SkillStackError as error:
        log.error(str(error))
        return 1
    return 0


def _stand_by(supervisors: Sequence[Supervisor], stop: StopSignal, pulse: Heartbeat) -> None:
    """Checks the supervisor, and replaces it when it is silent."""
    while not stop.asked:
        now = time.monotonic()
        pulse.beat(now)
        for supervisor in supervisors:
            supervisor.look(now)
        time.sleep(min(supervisor.interval for supervisor in supervisors))


def _watch(watch: SupervisorWatch, stop: StopSignal, pulse: Heartbeat, supervisors: Sequence[Supervisor]) -> bool:
    """Watches until its end is requested and no process drives; False when one still drives at the time limit."""
    end = math.inf
    while True:
        now = time.monotonic()
        if stop.asked:
            end = min(end, now + FINISH_WITHIN)
            settled = all(supervisor.settled for supervisor in supervisors)
            if settled or now >= end:
                return settled
        pulse.beat(now)
        watch.turn(now)


def _watch_part(
    robot: RobotSpec, part: str, arguments: argparse.Namespace, log: ProcessLog
) -> tuple[Supervisor, RobotChannels]:
    """Takes the role for one part, which only one process may have."""
    path = block_path(arguments.namespace, domain_of(os.environ), os.getuid())
    channels = RobotChannels.open(path, robot, part)
    other = channels.common.registered("supervisor")
    if not arguments.standby:
        if other.alive and other.pid != os.getpid():
            raise DataError(f"supervisor {other.pid} watches this robot already; end it first")
        channels.register("supervisor", ProcessIdentity.own())
    own, driver, settings = robot.part(part), arguments.driver, settings_of(arguments)
    if part == robot.main_part:
        own = limited(own, arguments)
    else:
        driver = dict(given.split("=", 1) for given in arguments.part_driver if "=" in given).get(part, driver)
        settings = json_object("--part-settings", arguments.part_settings).get(part, {})
    limit = own.safety.heartbeat_age if arguments.pace == "real_time" else LOCK_STEP_LIMIT
    opener = DriverSource(own, driver, channels, settings)
    opener.prepare()
    return Supervisor(channels, opener, limit, log, arguments.standby), channels


def _write_report(namespace: str, why: str, part: str) -> None:
    """Starts a detached process that writes the fault report with the black box."""
    command = [sys.executable, "-m", REPORTER, "--namespace", namespace, "--why", why, "--part", part]
    subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


if __name__ == "__main__":
    sys.exit(main())
