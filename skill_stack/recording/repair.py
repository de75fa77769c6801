"""Repair of a recording whose writer was killed: everything whole is kept, and the index is made anew."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mcap.exceptions import EndOfFile
from mcap.records import Attachment, Channel, Chunk, DataEnd, Header, McapRecord, Message, Metadata, Schema
from mcap.stream_reader import StreamReader, breakup_chunk
from mcap.writer import MCAP0_MAGIC, Writer

from skill_stack.core.errors import DataError
from skill_stack.recording.bag_metadata import write_metadata
from skill_stack.recording.format import PROFILE

BROKEN = ".broken"
"""Suffix of the file as it was, kept where more than a cut end was wrong with it."""
BrokenRecord = (struct.error, ValueError, OverflowError)
_HEAD = struct.Struct("<BQ")  # opcode, length of what follows


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair found.

    Attributes:
        messages: Messages that were kept.
        chunks_lost: Chunks in the middle whose content is broken.
        bytes_cut: Bytes behind the last whole record.
    """

    messages: int
    chunks_lost: int
    bytes_cut: int


def is_being_written(path: Path) -> bool:
    """Whether a recorder has the file open for writing; it holds a lock on it."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def is_whole(path: Path) -> bool:
    """Whether a file was ended in order; raises DataError if it is no MCAP file at all."""
    with path.open("rb") as file:
        head = file.read(len(MCAP0_MAGIC))
        if head != MCAP0_MAGIC[: len(head)]:
            raise DataError(f"{path} is no recording: it does not begin as an MCAP file")
        if not head:
            return False
        file.seek(-len(MCAP0_MAGIC), os.SEEK_END)
        return file.tell() > 0 and file.read() == MCAP0_MAGIC


def repair(path: Path) -> Repaired:
    """Repairs a file in its place; as it was, it stays beside it (:data:`BROKEN`) where a chunk in its middle is lost.

    Raises:
        DataError: It is no MCAP file.
        OSError: It cannot be written there; it is as it was.
    """
    draft = path.with_name(f"{path.name}.repair-{os.getpid()}")
    try:
        with draft.open("wb") as target:
            found = salvage(path, target)
        if found.chunks_lost:
            with contextlib.suppress(FileExistsError):
                os.link(path, path.with_name(path.name + BROKEN))
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    write_metadata(path)
    return found


def salvage(path: Path, target: BinaryIO) -> Repaired:
    """Writes what is whole in a file into another, complete one.

    Args:
        path: The file.
        target: What is written.

    Raises:
        DataError: It is no MCAP file.
        OSError: The target cannot be written.
    """
    is_whole(path)  # refuses what is no recording
    writer = Writer(target)
    copy = _Copy(writer)
    end = 0
    with path.open("rb") as source:
        for record in _records(source):
            end = source.tell()
            copy.take(record)
        size = os.fstat(source.fileno()).st_size
    copy.start()
    writer.finish()
    return Repaired(copy.messages, copy.chunks_lost, max(size - end, 0) if not copy.ended else 0)


def _records(source: BinaryIO) -> Iterator[McapRecord]:
    """Every whole record up to the end of the data.

    Each is cut out by its own length first: the library's reader takes what a cut file still has of a record for one.
    """
    size = os.fstat(source.fileno()).st_size
    source.seek(len(MCAP0_MAGIC))
    while len(head := source.read(_HEAD.size)) == _HEAD.size:
        length = _HEAD.unpack(head)[1]
        if length > size - source.tell():
            return
        try:
            yield from StreamReader(io.BytesIO(head + source.read(length)), skip_magic=True, emit_chunks=True).records
        except BrokenRecord:
            return
        except EndOfFile:  # one record is all that it was given
            pass


class _Copy:
    """Copies records into a writer.

    Attributes:
        messages: How many messages were copied.
        chunks_lost: How many chunks were not.
        ended: Whether the data ended in order.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._schemas: dict[int, int] = {0: 0}
        self._channels: dict[int, int] = {}
        self._started = False
        self.messages = self.chunks_lost = 0
        self.ended = False

    def start(self, library: str = "") -> None:
        """Begins the file, unless it has begun."""
        if not self._started:
            self._started = True
            self._writer.start(PROFILE, library)

    def take(self, record: McapRecord) -> None:
        """Copies one record; what belongs to the index is made anew."""
        if isinstance(record, Header):
            self.start(record.library)
        elif self.ended:
            return
        elif isinstance(record, Chunk):
            self._unpack(record)
        elif isinstance(record, Attachment):
            r = record
            self._writer.add_attachment(r.create_time, r.log_time, r.name, r.media_type, r.data)
        elif isinstance(record, Metadata):
            self._writer.add_metadata(record.name, record.metadata)
        else:
            self.ended = isinstance(record, DataEnd)
            self._add(record)

    def _unpack(self, chunk: Chunk) -> None:
        try:
            records = breakup_chunk(chunk, validate_crc=True)
        except Exception:  # noqa: BLE001 - each compression has errors of its own, and all mean the same
            self.chunks_lost += 1
            return
        for record in records:
            self._add(record)

    def _add(self, record: McapRecord) -> None:
        """Copies a schema, a channel or a message; a message whose channel was lost with a chunk has no meaning."""
        if isinstance(record, Schema) and record.id not in self._schemas:
            self._schemas[record.id] = self._writer.register_schema(record.name, record.encoding, record.data)
        elif isinstance(record, Channel) and record.id not in self._channels and record.schema_id in self._schemas:
            r, schema = record, self._schemas[record.schema_id]
            self._channels[r.id] = self._writer.register_channel(r.topic, r.message_encoding, schema, r.metadata)
        elif isinstance(record, Message) and record.channel_id in self._channels:
            self.messages += 1
            channel = self._channels[record.channel_id]
            self._writer.add_message(channel, record.log_time, record.data, record.publish_time, record.sequence)
