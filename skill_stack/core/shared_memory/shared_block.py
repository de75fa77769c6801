"""SharedBlock: a mapped file with flag words and checked records, through which processes meet without waiting.

A record is ``counter, checksum, payload, counter``; the checksum covers payload and counter. A reader copies it in one
piece and accepts it only when both counters agree and the checksum fits. So nothing depends on the order in which a
processor makes stores visible, and a writer that ends in the middle leaves a record that is refused.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skill_stack.core.errors import DataError, StaleData
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.shared_memory.block_file import (
    HEADER,
    MAGIC,
    PAGE,
    VERSION,
    WordBlock,
    made_by,
    remove_block,
    remove_stale,
    users_of,
)
from skill_stack.core.shared_memory.block_words import RUN_KEY_OFFSET, RUN_KEY_SIZE

__all__ = [
    "PAGE",
    "BlockLayout",
    "SharedRecord",
    "RecordFormat",
    "SharedBlock",
    "remove_block",
    "remove_stale",
    "users_of",
]

Array = np.ndarray

READ_ATTEMPTS = 8
_HEAD = struct.Struct("qq")  # counter, checksum
_TAIL = struct.Struct("q")  # counter
_PAYLOAD = slice(_HEAD.size, -_TAIL.size)


@dataclass(frozen=True, slots=True)
class RecordFormat:
    """Content of one record.

    Attributes:
        name: Name of the record.
        scalars: Format of its numbers and texts, as in ``struct``.
        floats: Number of floats that follow them.
    """

    name: str
    scalars: str
    floats: int

    @property
    def vector_offset(self) -> int:
        """Bytes from the start of the record to its floats."""
        return _HEAD.size + -(-struct.calcsize(self.scalars) // 8) * 8

    @property
    def size(self) -> int:
        """Bytes of the whole record."""
        return self.vector_offset + 8 * self.floats + _TAIL.size


@dataclass(frozen=True, slots=True)
class BlockLayout:
    """Content of a block after its words.

    Attributes:
        title: What the records are about, e.g. the robot with its joints; part of the hash.
        records: The records in order.
    """

    title: str
    records: tuple[RecordFormat, ...]

    @property
    def hash(self) -> int:
        """63-bit hash of everything on which reader and writer must agree."""
        text = repr((VERSION, self.title, [(r.name, r.scalars, r.floats) for r in self.records]))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little") >> 1

    @property
    def size(self) -> int:
        """Bytes of the whole block."""
        return PAGE + sum(record.size for record in self.records)


class SharedRecord:
    """One record of a mapped block; one writer at a time, any number of readers.

    Attributes:
        vector: Floats of the next write, float64; fill it in place, then call :meth:`write`.
    """

    def __init__(self, memory: mmap.mmap, offset: int, form: RecordFormat) -> None:
        """Places a record in a mapped block."""
        self._memory = memory
        self._offset = offset
        self._end = offset + form.size
        self._form = form
        self._scalars = struct.Struct(form.scalars)
        front = _HEAD.format + form.scalars
        rest = form.size - _TAIL.size - struct.calcsize(front)
        self._all = struct.Struct(f"{front}{rest}x{_TAIL.format}")
        self._tail_at = form.size - _TAIL.size
        self._staging = bytearray(form.size)
        self._payload = memoryview(self._staging)[_PAYLOAD]
        self.vector: Array = np.frombuffer(self._staging, float, form.floats, form.vector_offset)

    @property
    def counter(self) -> int:
        """Number of writes so far, from the word at the front; 0 when it was never written."""
        return int(_TAIL.unpack_from(self._memory, self._offset)[0])

    def write(self, *scalars: int | float | bytes | bool) -> int:
        """Writes the record with :attr:`vector` as it stands.

        Args:
            scalars: Numbers and texts in the order of the format.

        Returns:
            The new counter.
        """
        staging = self._staging
        counter = max(_TAIL.unpack_from(self._memory, self._offset)[0], 0) + 1
        self._scalars.pack_into(staging, _HEAD.size, *scalars)
        _HEAD.pack_into(staging, 0, counter, zlib.crc32(self._payload, counter & 0xFFFFFFFF))
        _TAIL.pack_into(staging, self._tail_at, counter)
        self._memory[self._offset : self._end] = staging
        return counter

    def read(self) -> tuple[tuple, Array, int]:
        """Reads the record.

        Returns:
            Numbers and texts in the order of the format, the floats (a read-only copy), and the counter.

        Raises:
            StaleData: It was never written, or no consistent copy was to be had.
        """
        for _ in range(READ_ATTEMPTS):
            copy = self._memory[self._offset : self._end]
            values = self._all.unpack(copy)
            counter, checksum, last = values[0], values[1], values[-1]
            if counter == 0:
                raise StaleData(f"record '{self._form.name}' was never written")
            if last == counter and zlib.crc32(copy[_PAYLOAD], counter & 0xFFFFFFFF) == checksum:
                vector: Array = np.frombuffer(copy, float, self._form.floats, self._form.vector_offset)
                return values[2:-1], vector, counter
        raise StaleData(f"record '{self._form.name}' could not be read consistently in {READ_ATTEMPTS} attempts")


class SharedBlock(WordBlock):
    """A mapped block with its records.

    Attributes:
        path: Its file.
        words: Its flag words.
        records: Its records by name.
    """

    def __init__(self, path: Path, layout: BlockLayout) -> None:
        """Maps an existing file; use :meth:`create`, :meth:`attach` or :meth:`open`.

        Raises:
            DataError: The file is not a block, or has another version or layout.
            FileNotFoundError: There is no such file.
        """
        super().__init__(path)
        _check_layout(path, self._memory, layout)
        self.records: dict[str, SharedRecord] = {}
        offset = PAGE
        for form in layout.records:
            self.records[form.name] = SharedRecord(self._memory, offset, form)
            offset += form.size

    @classmethod
    def create(cls, path: Path, layout: BlockLayout) -> SharedBlock:
        """Creates the file, complete before others can see it, and maps it.

        Raises:
            FileExistsError: There is one already.
        """
        me = ProcessIdentity.own()
        draft = path.with_name(f"{path.name}.new-{me.pid}")
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.ftruncate(handle, layout.size)
            os.pwrite(handle, HEADER.pack(MAGIC, VERSION, layout.hash, layout.size, me.pid, me.start), 0)
            os.pwrite(handle, os.urandom(RUN_KEY_SIZE), RUN_KEY_OFFSET)
            os.link(draft, path)  # fails when the file exists: exactly one of several creators wins
        finally:
            os.close(handle)
            draft.unlink()
        return cls(path, layout)

    @classmethod
    def attach(cls, path: Path, layout: BlockLayout) -> SharedBlock:
        """Maps an existing file; errors as in the constructor."""
        return cls(path, layout)

    @classmethod
    def open(cls, path: Path, layout: BlockLayout) -> SharedBlock:
        """Maps the file, creating it when it is missing or all processes that used it are dead.

        Raises:
            DataError: A living stack uses the file with another layout.
        """
        for _ in range(100):  # others may create or remove it between our looks
            remove_stale(path)
            try:
                return cls.create(path, layout)
            except FileExistsError:
                pass
            try:
                return cls.attach(path, layout)
            except FileNotFoundError:
                continue
        raise DataError(f"{path} is made and removed again all the time; is another bring-up ending just now?")

    def close(self) -> None:
        """Unmaps the file; the object must not be used afterwards."""
        self.records.clear()
        super().close()


def _check_layout(path: Path, memory: mmap.mmap, layout: BlockLayout) -> None:
    _, _, layout_hash, size, pid, _ = HEADER.unpack_from(memory)
    if layout_hash != layout.hash or size != layout.size or len(memory) < size:
        raise DataError(f"{path} has another layout than {layout.title} needs; {made_by(pid)}")
