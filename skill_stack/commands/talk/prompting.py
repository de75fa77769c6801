"""The prompt beside a stack that this process keeps running."""

from __future__ import annotations

import subprocess
import sys
import time

from skill_stack.commands.common import note
from skill_stack.commands.talk.task_report import print_event, print_result
from skill_stack.runtime.bringup.bring_up import POLL, BringUp


def prompt(stack: BringUp, namespace: str) -> None:
    """Reads words until the person leaves, and watches the stack meanwhile.

    On a terminal the prompt node does it; lines from a file or pipe are done one after the other.

    Raises:
        BringUpFailed: The stack cannot go on.
        Interrupted: Someone asked to end.
    """
    if not sys.stdin.isatty():
        for line in sys.stdin:
            _do_line(stack, namespace, line.strip())
        return
    command = [sys.executable, "-m", "skill_stack.nodes.prompt_node", "--ros-args", "--disable-external-lib-logs"]
    command += ["-r", f"__ns:=/{namespace}"] if namespace else []
    process = subprocess.Popen(command, env=stack.environment)
    try:
        while process.poll() is None:
            stack.poll()
            time.sleep(POLL)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def _do_line(stack: BringUp, namespace: str, words: str) -> None:
    from skill_stack.nodes.clients.client import TaskClient

    if not words:
        return
    note(f"> {words}")
    with TaskClient(namespace, while_waiting=stack.poll) as client:
        print_result(client.do(words, print_event, source="prompt"))
