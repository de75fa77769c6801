"""RunWriter: writes the file of one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mcap.writer import CompressionType, Writer

from skill_stack.core.errors import DataError
from skill_stack.recording.bag_metadata import write_metadata
from skill_stack.recording.disk_stream import DiskStream, DiskTrouble, Written
from skill_stack.recording.format import (
    ABOUT,
    ENCODING,
    FORMAT_VERSION,
    METADATA,
    PROFILE,
    SCHEMA_ENCODING,
    SUFFIX,
    About,
)

CHUNK = 4_000_000
"""Bytes after which a chunk is closed before its time."""


@dataclass(frozen=True, slots=True)
class RunContent:
    """What a recording has beside its messages.

    Attributes:
        about: What it is of.
        definition: Whole definition of a type, by its name; raises DataError for an unknown one.
        attachments: Files by name.
    """

    about: About
    definition: Callable[[str], str]
    attachments: Mapping[str, bytes] = field(default_factory=dict)


class RunWriter:
    """Writes messages; what is flushed outlives a killed process.

    Once the disk takes no more, nothing is written any more and :attr:`trouble` says why; no call raises for that.

    Attributes:
        path: The file.
        messages: Messages so far.
        lost: Messages that came after the trouble.
    """

    def __init__(self, folder: Path, content: RunContent, opened: Callable[[Path], Written] = Written) -> None:
        """Begins a file in a new folder.

        Args:
            folder: The folder of the run; its name is the file's.
            content: What it has beside its messages.
            opened: Opens the file.

        Raises:
            OSError: Folder or file cannot be made.
        """
        folder.mkdir(parents=True)
        self.path = folder / f"{folder.name}_0{SUFFIX}"
        self.messages = self.lost = 0
        self._content = content
        self._disk = DiskStream(self.path, opened)
        self._writer = Writer(self._disk, CHUNK, CompressionType.ZSTD)  # type: ignore[arg-type]
        self._channels: dict[str, int] = {}
        self._schemas: dict[str, int] = {}
        about = content.about
        facts = {"format_version": str(FORMAT_VERSION), "robot": about.robot, "namespace": about.namespace}
        facts |= {"deployment": about.deployment, "started": str(about.started)}
        self._attempt(lambda: self._begin(facts))

    def _begin(self, facts: dict[str, str]) -> None:
        self._writer.start(PROFILE, "skill_stack")
        self._writer.add_metadata(METADATA, facts)
        started = self._content.about.started
        files = {ABOUT: self._content.about.to_json(), **self._content.attachments}
        for name, data in files.items():
            kind = "application/json" if name.endswith(".json") else "text/yaml"
            self._writer.add_attachment(started, started, name, kind, data)
        self._writer.flush()

    def _attempt(self, step: Callable[[], object]) -> bool:
        try:
            step()
            return True
        except DiskTrouble:
            return False

    @property
    def trouble(self) -> str:
        """Why nothing is written any more; empty while it is."""
        return self._disk.trouble

    @property
    def size(self) -> int:
        """Bytes of the file so far."""
        return self._disk.tell()

    @property
    def backlog(self) -> int:
        """Bytes that wait for the disk."""
        return self._disk.backlog

    def add(self, topic: str, kind: str, time: int, data: bytes, sent: int | None = None, qos: str = "") -> None:
        """Adds a message.

        Args:
            topic: Its topic.
            kind: Its type.
            time: When it was received, wall time, ns.
            data: The message in CDR.
            sent: When it was published, wall time, ns; None where that is not known.
            qos: Offered quality of service, YAML as rosbag2 has it, for the first message of a topic.

        Raises:
            DataError: The type is not known.
        """
        if self.trouble:
            self.lost += 1
            return
        if topic not in self._channels and not self._attempt(lambda: self._add_channel(topic, kind, qos)):
            self.lost += 1
            return
        channel = self._channels[topic]
        self.messages += 1
        time = max(time, 0)  # a clock before 1970 has no number in the format
        if not self._attempt(lambda: self._writer.add_message(channel, time, data, sent or time, self.messages)):
            self.lost += 1

    def _add_channel(self, topic: str, kind: str, qos: str) -> None:
        if kind not in self._schemas:
            text = self._content.definition(kind).encode()
            self._schemas[kind] = self._writer.register_schema(kind, SCHEMA_ENCODING, text)
        metadata = {"offered_qos_profiles": qos}
        self._channels[topic] = self._writer.register_channel(topic, ENCODING, self._schemas[kind], metadata)

    def flush(self) -> None:
        """Hands everything so far to the disk; at least twice a second."""
        if not self.trouble:
            self._attempt(self._writer.flush)

    def finish(self) -> None:
        """Ends the file; after a trouble it is left as it is, to be repaired when it is opened."""
        if not self.trouble:
            self._attempt(self._writer.finish)
        self._disk.close()
        if not self.trouble:
            try:
                write_metadata(self.path)
            except (OSError, DataError):  # the file alone is as good
                pass
