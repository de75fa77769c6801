"""Runs a module so that it ends with the process that started it: ``python -m
skill_stack.runtime.bringup.die_with_parent MODULE …``.

A bring-up that is killed cannot end its children; with this the kernel does.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def tether(parent: int) -> None:
    """Asks the kernel for SIGTERM when the parent's main thread ends; ends at once when it is gone already.

    Args:
        parent: Process id of the parent.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        raise SystemExit("the process that started this one is gone")


def main() -> int:
    """Runs ``main`` of the module that the command line names after the parent's process id."""
    parent, module, *arguments = sys.argv[1:]
    tether(int(parent))
    sys.argv = [module, *arguments]
    return int(importlib.import_module(module).main() or 0)


if __name__ == "__main__":
    sys.exit(main())
