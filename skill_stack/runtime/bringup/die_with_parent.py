"""Runs a module that ends with its parent: ``python -m skill_stack.runtime.bringup.die_with_parent PID MODULE``.

A killed bring-up cannot end its children; the kernel does it through this module. A node that ``ros2 launch`` starts
gets its parent in the variable :data:`VARIABLE`.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import signal
import sys
from collections.abc import Mapping

from skill_stack.core.processes.process_identity import ProcessIdentity

VARIABLE = "SKILL_STACK_ENDS_WITH"
"""Environment variable: id of the process that a node must not outlive."""
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def tether(parent: int) -> None:
    """Requests SIGTERM from the kernel when the parent's main thread ends; ends at once when it has already ended.

    Args:
        parent: Process id of the parent.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        raise SystemExit("the process that started this one is gone")


def tether_from(environment: Mapping[str, str]) -> None:
    """Does as :func:`tether` where the environment names a parent.

    It may be the parent's parent, as under a debugger, whose end then ends this process only by way of the debugger.

    Args:
        environment: Usually ``os.environ``.
    """
    named = environment.get(VARIABLE, "")
    if not named.isdigit():
        return
    if os.getppid() == int(named) or ProcessIdentity.from_pid(int(named)) is None:
        tether(int(named))


def leave_on_interrupt(environment: Mapping[str, str]) -> None:
    """Has a Ctrl-C end a process at once that ``ros2 launch`` has just started and that has nothing to end yet.

    Python's own answer is a traceback out of whatever is being imported, from every node.

    Args:
        environment: Usually ``os.environ``.
    """
    if VARIABLE in environment:
        signal.signal(signal.SIGINT, lambda number, frame: os._exit(0))


def main() -> int:
    """Runs ``main`` of the module that the command line names after the parent's process id."""
    parent, module, *arguments = sys.argv[1:]
    tether(int(parent))
    sys.argv = [module, *arguments]
    return int(importlib.import_module(module).main() or 0)


if __name__ == "__main__":
    sys.exit(main())
