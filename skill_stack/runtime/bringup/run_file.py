"""RunFile: the processes that a bring-up started, so that a later one can end what a crash left."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.shared_memory.block_name import page_path
from skill_stack.core.shared_memory.shared_block import remove_block, users_of
from skill_stack.runtime.bringup.last_run import keep_run

READS, READ_AGAIN = 20, 0.005  # how often, and after how many s, a file that makes no sense is read again
BRING_UP = "bring-up"
GUARD = "guard"
"""Key of the run file: command of a supervisor that ensures that the robot is damped, JSON."""
KEEP = "keep"
"""Key of the run file: folder in which black box and journal are kept at the end."""
LAUNCHER = "launcher"
"""Key of the run file: process id of the ``ros2 launch`` that started the run and its nodes."""


class AlreadyRunning(SkillStackError):
    """Another bring-up of the same namespace and ROS domain runs on this machine."""


class RunFile:
    """A locked file beside the shared block; the lock is held as long as the bring-up runs.

    Attributes:
        path: The file.
        block: The shared block beside it.
    """

    def __init__(self, block: Path) -> None:
        """Stores the path for a block, see ``block_path``; opens nothing."""
        self.path = block.with_name(block.name + ".up")
        self.block = block
        self._handle: int | None = None

    def hold(self) -> list[ProcessIdentity]:
        """Takes the lock.

        Returns:
            Living processes that a crashed bring-up left behind.

        Raises:
            AlreadyRunning: A living bring-up holds it.
        """
        while True:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self.path.exists() and os.path.samestat(os.fstat(handle), self.path.stat()):
                    break
            except OSError:
                os.close(handle)
                raise AlreadyRunning(
                    "a stack with this namespace and ROS_DOMAIN_ID is up already; end it with 'skill-stack down', "
                    "or give this one another namespace"
                ) from None
            os.close(handle)  # the last holder removed this file after we had opened it
        self._handle = handle
        return self.leftover_processes()

    @property
    def held_by_other(self) -> bool:
        """Whether a living bring-up holds the lock."""
        try:
            handle = os.open(self.path, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(handle)
        return False

    def write(self, processes: Mapping[str, ProcessIdentity], about: Mapping[str, str]) -> None:
        """Writes the bring-up itself, its processes, and their purpose.

        Args:
            processes: The processes by name.
            about: Words for :attr:`about`.
        """
        assert self._handle is not None
        named = {BRING_UP: ProcessIdentity.own(), **processes}
        pids = {name: [process.pid, process.start] for name, process in named.items()}
        text = json.dumps({"about": dict(about), "processes": pids}).encode()
        os.pwrite(self._handle, text, 0)
        os.ftruncate(self._handle, len(text))

    def _read(self) -> dict[str, Any]:
        """Content of the file; it is written in place because of the lock, so a reader may see half of it."""
        for _ in range(READS):
            try:
                found = json.loads(self.path.read_text())
                return found if isinstance(found, dict) else {}
            except OSError:
                return {}
            except ValueError:
                time.sleep(READ_AGAIN)
        return {}

    @property
    def about(self) -> dict[str, str]:
        """The bring-up's description (``deployment``, ``robot``); empty without one."""
        return dict(self._read().get("about", {}))

    def noted(self) -> dict[str, ProcessIdentity]:
        """The processes by name, ``bring-up`` among them; empty without a bring-up."""
        found = self._read().get("processes", {})
        return {name: ProcessIdentity(int(pid), int(start)) for name, (pid, start) in found.items()}

    def leftover_processes(self) -> list[ProcessIdentity]:
        """Living processes that are in the file or have a role in the shared block; not this process."""
        known = list(self.noted().values())
        try:
            known += users_of(self.block)
        except (FileNotFoundError, SkillStackError):
            pass
        return [p for p in dict.fromkeys(known) if p.alive and p.pid != os.getpid()]

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._handle is not None

    def clear_block(self) -> None:
        """Removes the shared memory if it is unused; data for a report is kept."""
        about = self.about
        if KEEP in about:
            keep_run(self.block, Path(about[KEEP]), about)
        remove_block(self.block)
        remove_block(self.block.with_name(self.block.name + ".truth"))
        page_path(self.block).unlink(missing_ok=True)

    def release(self) -> None:
        """Removes the file and the shared memory beside it, and releases the lock."""
        self.clear_block()
        self.path.unlink(missing_ok=True)
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
