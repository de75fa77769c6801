"""The ``metadata.yaml`` of rosbag2 beside a file, by which its tools open the folder as one bag."""

from __future__ import annotations

import os
from pathlib import Path

import yaml
from mcap.reader import make_reader

from skill_stack.core.errors import DataError
from skill_stack.recording.format import ENCODING

NAME = "metadata.yaml"
VERSION = 5
"""Of the format of rosbag2's file: the newest that every rosbag2 from Humble on reads."""


def write_metadata(path: Path) -> None:
    """Writes the file from the index of a recording.

    Args:
        path: The complete recording.

    Raises:
        DataError: It has no index.
        OSError: The file cannot be written.
    """
    with path.open("rb") as file:
        summary = make_reader(file).get_summary()
    if summary is None or summary.statistics is None:
        raise DataError(f"{path} has no index")
    numbers = summary.statistics
    start = {"nanoseconds_since_epoch": numbers.message_start_time}
    duration = {"nanoseconds": numbers.message_end_time - numbers.message_start_time}
    topics = [
        {
            "topic_metadata": {
                "name": channel.topic,
                "type": summary.schemas[channel.schema_id].name,
                "serialization_format": ENCODING,
                "offered_qos_profiles": channel.metadata.get("offered_qos_profiles", ""),
            },
            "message_count": numbers.channel_message_counts.get(number, 0),
        }
        for number, channel in sorted(summary.channels.items())
    ]
    file_facts = {"starting_time": start, "duration": duration, "message_count": numbers.message_count}
    content = {
        "version": VERSION,
        "storage_identifier": "mcap",
        "relative_file_paths": [path.name],
        "starting_time": start,
        "duration": duration,
        "message_count": numbers.message_count,
        "topics_with_message_count": topics,
        "compression_format": "",
        "compression_mode": "",
        "files": [{"path": path.name, **file_facts}],
    }
    draft = path.with_name(f"{NAME}.new-{os.getpid()}")
    try:
        draft.write_text(yaml.safe_dump({"rosbag2_bagfile_information": content}, sort_keys=False), encoding="utf-8")
        os.replace(draft, path.with_name(NAME))
    finally:
        draft.unlink(missing_ok=True)
