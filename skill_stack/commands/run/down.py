"""``skill-stack down``: ends a running stack, or the remains of a crashed one."""

from __future__ import annotations

import argparse
import os
import time

from skill_stack.commands.common import NotRunning, add_json, add_namespace, block_of, note, print_json
from skill_stack.runtime.bringup.run_file import BRING_UP, GUARD, RunFile
from skill_stack.runtime.bringup.shutdown import end_processes, end_stack

PATIENCE = 40.0  # s for a bring-up to end its processes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_namespace(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Ends the bring-up by a request when there is one, and ends the rest itself."""
    block = block_of(options.namespace)
    file = RunFile(block)
    there = block.exists() or file.path.exists()
    if file.held_by_other:
        end_processes([file.noted()[BRING_UP]], PATIENCE)
    deadline = time.monotonic() + PATIENCE
    while file.held_by_other and time.monotonic() < deadline:
        time.sleep(0.05)
    left = file.hold()
    if not there and not left:
        file.release()
        raise NotRunning("no stack is up here")
    end_stack(block, left, file.about.get(GUARD, ""), os.environ)
    file.release()
    if options.json:
        print_json({"ended": True, "left_behind": len(left)})
        return 0
    note(f"ended{f', {len(left)} process(es) that a crash had left behind too' if left else ''}")
    return 0
