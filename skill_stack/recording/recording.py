"""Recording: a recorded run, opened for reading; repaired first where its writer was killed."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from mcap.exceptions import McapError
from mcap.reader import McapReader, make_reader
from mcap.summary import Summary
from mcap_ros2.decoder import DecoderFactory

from skill_stack.core.errors import DataError
from skill_stack.recording.format import (
    ABOUT,
    METADATA,
    RUN_EVENTS,
    SUFFIX,
    About,
    EventKind,
    RunEvent,
    check_version,
    topic,
)
from skill_stack.recording.repair import Repaired, is_being_written, is_whole, repair, salvage

TRANSIENT_LOCAL = (1, "transient_local")
"""Durability of latched topics, as rosbag2 writes it up to Iron and since."""


class RecordedMessage(NamedTuple):
    """One message.

    Attributes:
        topic: Its topic.
        time: When it was received, ns; see :mod:`skill_stack.recording.format`.
        message: The message, with the attributes of its type.
    """

    topic: str
    time: int
    message: Any


def recording_file(path: Path) -> Path:
    """Returns the file of a recording that is named by its folder or by the file itself.

    Raises:
        DataError: There is none.
    """
    if path.is_dir():
        found = sorted(path.glob(f"*{SUFFIX}"))
        if not found:
            raise DataError(f"{path} has no recording: no file *{SUFFIX}")
        return found[0]
    if not path.is_file():
        raise DataError(f"there is no recording {path}; name a file *{SUFFIX} or the folder of a run")
    return path


def name_of(path: Path) -> str:
    """Returns the name of the run in a file: of its folder, or of a file that stands alone."""
    return path.parent.name if path.stem.startswith(path.parent.name) else path.stem


class Recording:
    """A recorded run, opened for reading.

    A file that was cut off is repaired first. Of one that is still being written, or that cannot be written where it
    lies, what is there now is read from a copy.

    Attributes:
        path: The file.
        repaired: What a repair found, or None where none was needed.
        metadata: The metadata record of this software; empty for a file of others.
    """

    def __init__(self, path: Path) -> None:
        """Opens a recording.

        Args:
            path: The file, or the folder of the run.

        Raises:
            DataError: There is none, it is no recording, or it is of a newer format.
        """
        self.path = recording_file(path)
        self.repaired: Repaired | None = None
        self._stack = contextlib.ExitStack()
        try:
            self._reader, self._summary = self._open()
            records = (record for record in self._reader.iter_metadata() if record.name == METADATA)
            self.metadata: dict[str, str] = next((dict(record.metadata) for record in records), {})
            if self.metadata:
                check_version(self.metadata.get("format_version", ""), self.path)
        except (McapError, ValueError) as error:
            self._stack.close()
            raise DataError(f"{self.path} cannot be read: {error}") from None
        except BaseException:
            self._stack.close()
            raise

    def _open(self) -> tuple[McapReader, Summary]:
        path = self.path
        if is_being_written(path):
            file = self._copy()
        elif is_whole(path):
            file = self._stack.enter_context(path.open("rb"))
        else:
            try:
                self.repaired = repair(path)
                file = self._stack.enter_context(path.open("rb"))
            except OSError:
                file = self._copy()
        reader = make_reader(file, decoder_factories=[DecoderFactory()])
        summary = reader.get_summary()
        if summary is None or summary.statistics is None:
            raise DataError(f"{path} has no index; make one with 'mcap recover'")
        return reader, summary

    def _copy(self) -> Any:
        """What is whole in the file now, in a temporary one."""
        file = self._stack.enter_context(tempfile.TemporaryFile())
        self.repaired = salvage(self.path, file)
        file.seek(0)
        return file

    @property
    def about(self) -> About:
        """What it is of; raises DataError where nobody stated it."""
        return About.from_json(self.attachment(ABOUT), self.path)

    @property
    def namespace(self) -> str:
        """ROS namespace of its robot."""
        return self.metadata.get("namespace", "")

    @property
    def topics(self) -> dict[str, str]:
        """Type of every topic, by its name."""
        schemas = self._summary.schemas
        channels = self._summary.channels.values()
        return {one.topic: schemas[one.schema_id].name for one in channels if one.schema_id in schemas}

    @property
    def latched(self) -> frozenset[str]:
        """Topics whose last message late subscribers got: those with durability transient local."""
        return frozenset(
            channel.topic
            for channel in self._summary.channels.values()
            for profile in yaml.safe_load(channel.metadata.get("offered_qos_profiles", "")) or ()
            if profile["durability"] in TRANSIENT_LOCAL
        )

    @property
    def counts(self) -> dict[str, int]:
        """Number of messages of every topic, by its name."""
        assert self._summary.statistics is not None
        counts = self._summary.statistics.channel_message_counts
        return {one.topic: counts.get(number, 0) for number, one in self._summary.channels.items()}

    @property
    def span(self) -> tuple[int, int]:
        """Wall time of the first and of the last message, ns; 0 of an empty recording."""
        statistics = self._summary.statistics
        assert statistics is not None
        return statistics.message_start_time, statistics.message_end_time

    @property
    def name(self) -> str:
        """Name of the run: of its folder, or of a file that stands alone."""
        return name_of(self.path)

    def attachment(self, name: str) -> bytes:
        """Content of an attachment.

        Raises:
            DataError: There is none; lists those that there are.
        """
        names = []
        for found in self._reader.iter_attachments():
            if found.name == name:
                return found.data
            names.append(found.name)
        raise DataError(f"{self.path} has no attachment {name}; it has {', '.join(names) or 'none'}")

    def messages(
        self, topics: Iterable[str] | None = None, start: int | None = None, end: int | None = None
    ) -> Iterator[RecordedMessage]:
        """Messages in the order of their reception.

        Args:
            topics: Names of their topics; None for all.
            start: First time, wall time, ns.
            end: Time before which they were received, wall time, ns.
        """
        wanted = None if topics is None else list(topics)
        found = self._reader.iter_decoded_messages(wanted, starting_at=start, ending_before=end)
        for _, channel, message, decoded in found:
            yield RecordedMessage(channel.topic, message.log_time, decoded)

    def raw_messages(
        self, topics: Iterable[str] | None = None, start: int | None = None, end: int | None = None
    ) -> Iterator[tuple[str, str, int, bytes]]:
        """Topic, type, time of reception, ns, and CDR bytes of messages; arguments as of :meth:`messages`."""
        wanted = None if topics is None else list(topics)
        for schema, channel, message in self._reader.iter_messages(wanted, starting_at=start, ending_before=end):
            if schema is not None:
                yield channel.topic, schema.name, message.log_time, message.data

    def events(self) -> list[RunEvent]:
        """What happened, in order."""
        found = []
        for _, time, one in self.messages([topic(self.namespace, RUN_EVENTS)]):
            payload = json.loads(one.payload) if one.payload else {}
            found.append(RunEvent(time, EventKind(one.kind), one.task_id, one.text, payload))
        return sorted(found, key=lambda event: event.time)

    def close(self) -> None:
        """Closes the file."""
        self._stack.close()

    def __enter__(self) -> Recording:
        """Returns itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the file."""
        self.close()
