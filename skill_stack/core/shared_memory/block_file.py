"""The file of a shared block: its header, its words, its users, and when it may be removed.

A stop needs nothing else, so nothing that takes long to import is used here.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
from pathlib import Path

from skill_stack.core.errors import DataError
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.shared_memory.block_name import part_paths
from skill_stack.core.shared_memory.block_words import PROCESSES, BlockWords

MAGIC = b"SKSTACK\0"
VERSION = 3
PAGE = 4096
"""Bytes of header and words; the records follow."""
PRIVATE = (".slow-", ".frames-")
"""Separator between the name of a block and those of skills and cameras, in files beside it."""
BESIDE = (".blackbox", ".estop", ".providers", ".journal", ".journal.old")
"""Suffixes of the files that belong to a block."""
HEADER = struct.Struct("8s5q")
"""Magic, version, hash of the layout, size, creator's pid, creator's start."""


class WordBlock:
    """A mapped block, for its words alone.

    Attributes:
        path: Its file.
        words: Its flag words.
    """

    def __init__(self, path: Path) -> None:
        """Maps an existing file, whatever records it holds.

        Raises:
            DataError: The file is not a block, or one of another version.
            FileNotFoundError: There is no such file.
        """
        self.path = path
        with path.open("r+b") as file:
            size = os.fstat(file.fileno()).st_size
            if size < PAGE:
                raise DataError(f"{path} is not a shared block of this software ({size} bytes)")
            self._memory = mmap.mmap(file.fileno(), size)
        magic, version, *_, pid, _ = HEADER.unpack_from(self._memory)
        if magic != MAGIC:
            raise DataError(f"{path} is not a shared block of this software")
        if version != VERSION:
            raise DataError(f"{path} has version {version}, this software needs {VERSION}; {made_by(pid)}")
        self.words = BlockWords(self._memory)

    def close(self) -> None:
        """Unmaps the file; the object must not be used afterwards."""
        self._memory.close()


def made_by(pid: int) -> str:
    """What to do about a block that cannot be used, by the process that made it."""
    return f"it was made by process {pid}; end that stack, or give this one another namespace or ROS_DOMAIN_ID"


def users_of(path: Path) -> tuple[ProcessIdentity, ...]:
    """The living processes that made a block, or have a role in it or in the block of another part beside it.

    Raises:
        DataError: The file is not a block.
        FileNotFoundError: There is no such file.
    """
    known = list(_users_of(path))
    for beside in part_paths(path):
        try:
            known += _users_of(beside)
        except (FileNotFoundError, DataError):
            continue
    return tuple(dict.fromkeys(known))


def _users_of(path: Path) -> tuple[ProcessIdentity, ...]:
    with path.open("rb") as file:
        page = file.read(PAGE)
    if len(page) < PAGE or not page.startswith(MAGIC):
        raise DataError(f"{path} is not a shared block of this software")
    _, version, *_, pid, start = HEADER.unpack_from(page)
    known = [ProcessIdentity(pid, start)]
    if version == VERSION:  # of another version only the header is known
        words = BlockWords(page)
        known += [words.registered(process) for process in PROCESSES]
    return tuple(identity for identity in dict.fromkeys(known) if identity.alive)


def remove_block(path: Path) -> bool:
    """Removes a block with black box, socket and the blocks of other parts; returns whether there was one.

    Who has it mapped keeps the mapping.
    """
    for beside in part_paths(path):
        remove_block(beside)
    for suffix in BESIDE:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    for found in (one for what in PRIVATE for one in path.parent.glob(f"{path.name}{what}*")):
        found.unlink(missing_ok=True)
    return _remove(path)


def _remove(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def remove_stale(path: Path) -> bool:
    """Removes a block when every process that ever had a role in it is dead.

    Returns:
        Whether it was removed.
    """
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # one remover at a time, or it could remove the next one's new block
            if not os.path.samestat(os.fstat(file.fileno()), path.stat()) or users_of(path):
                return False
            return _remove(path)  # the black box stays: it may tell why they died
    except (FileNotFoundError, DataError):
        return False
