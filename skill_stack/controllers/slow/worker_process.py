"""The worker of one actuated part: runs the networks and planners that are too slow for the control loop.

Example: ``policy_worker --robot go2``
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from skill_stack.controllers.providers.free_selector import FreeSelector
from skill_stack.controllers.providers.provider import WANTED
from skill_stack.controllers.slow.slow_skill import SlowSkill
from skill_stack.controllers.slow.worker import Served, Worker
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.processes.heartbeat import Heartbeat
from skill_stack.core.processes.process_arguments import add_part, process_parser
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.processes.realtime import end_promptly
from skill_stack.core.processes.stop_signal import StopSignal
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.block_name import block_path, domain_of, part_path
from skill_stack.core.shared_memory.frame_ring import RingFrames
from skill_stack.core.shared_memory.slow_channel import slow_path
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.skills.slow_skills import slow_skills

BUSY, IDLE = 0.004, 0.05
"""Time between two checks for a question, while there are some and after a long silence, s."""
QUIET = 2.0
"""Time without a question after which it checks less often, s."""
NICENESS = 5
"""Niceness: yields the processor to others, above all to the control loop."""


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = process_parser("policy_worker", __doc__)
    add_part(parser)
    parser.add_argument("--provider", choices=WANTED, default="auto", help="where networks are evaluated")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Answers until SIGTERM or SIGINT, or until the control process that it served has ended for good.

    Returns:
        0 after an orderly end, 1 when it could not begin.
    """
    arguments = parse(argv)
    log = ProcessLog("policy_worker", sys.stderr)
    stop, pulse = StopSignal(), Heartbeat.from_environment(os.environ)
    try:
        resources = Resources.from_environment(os.environ)
        whole = load_robot(resources.robot(arguments.robot), resources)
        part = arguments.part or whole.main_part
        block = block_path(arguments.namespace, domain_of(os.environ), os.getuid())
        library = load_library(resources, whole)
        desk = block if part == whole.main_part else part_path(block, part)
        selector = FreeSelector(arguments.provider)
        entries = slow_skills(library, part)
        if not entries:
            what = "has a slow policy (policy.manifest.chunk) or is sampled: no worker is needed"
            raise DataError(f"no skill of part '{part}' {what}")
        served = _served(entries, whole.part(part), (block, desk), selector, log)
        worker = Worker(served, log)
        os.nice(NICENESS)
        log.info(f"serves {', '.join(one.skill for one in served)} of {whole.name}")
        heard = time.monotonic()
        while not stop.asked:
            now = time.monotonic()
            pulse.beat(now)
            if worker.turn(now):
                heard = now
            elif worker.deserted:
                log.info("the control process has ended")
                break
            else:
                time.sleep(BUSY if now - heard < QUIET else IDLE)
    except SkillStackError as error:
        log.error(str(error))
        return 1
    log.info("ended")
    end_promptly()
    return 0


def _served(
    entries: Sequence[SkillEntry], robot: RobotSpec, blocks: tuple[Path, Path], selector: FreeSelector, log: ProcessLog
) -> list[Served]:
    """The slow skills of a part with their answerers; one that does not load is kept with its reason.

    Args:
        entries: The skills.
        robot: The part, as a robot of its own.
        blocks: Blocks of the whole robot and of the part.
        selector: Chooses the provider of each.
        log: Where it is said where each is evaluated, or why it does not load.
    """
    frames, found = RingFrames(blocks[0]), []
    for entry in entries:
        assert entry.spec is not None and entry.folder is not None
        path, answerer, problem = slow_path(blocks[1], entry.name), None, ""
        try:
            skill = SlowSkill.from_spec(entry.spec, robot, entry.folder)
            values = skill.sight().size
        except SkillStackError as error:  # the control process says the same, and asks nothing
            log.error(f"skill '{entry.name}' cannot run: {error}")
            continue
        try:
            answerer = skill.answerer(frames, selector, time.monotonic)
            log.info(f"skill '{entry.name}' on {answerer.where}")
        except SkillStackError as error:
            problem = str(error)
            log.error(f"skill '{entry.name}' cannot run: {problem}")
        found.append(Served(entry.name, skill.manifest, values, answerer, path, problem))
    return found


if __name__ == "__main__":
    sys.exit(main())
