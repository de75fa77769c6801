"""WriterWatch: other writers that could command the robot, and those that do."""

from __future__ import annotations

from typing import Any, Literal, Protocol

from cyclonedds.builtin import BuiltinDataReader, BuiltinTopicDcpsPublication
from cyclonedds.core import InstanceState
from cyclonedds.domain import DomainParticipant
from cyclonedds.internal import InvalidSample
from cyclonedds.qos import Policy, Qos
from cyclonedds.sub import DataReader
from cyclonedds.topic import Topic

from skill_stack.hardware.unitree.link import newest

MOST_NEWS = 64
"""Most writers that are processed at a time."""


class WriterWatch:
    """Tracks the writers of the command topic, and reads their messages.

    Our own writers, in whichever process of this stack, carry a mark; among those the lease decides.

    Attributes:
        strangers: The others, by DDS handle, each in words.
    """

    def __init__(self, participant: DomainParticipant, topic: str, message: Any, mark: bytes) -> None:
        """Starts the watch.

        Args:
            participant: Where.
            topic: The command topic.
            message: Class of its messages.
            mark: User data of our own writers.
        """
        self._topic, self._mark = topic, mark
        self._endpoints = BuiltinDataReader(participant, BuiltinTopicDcpsPublication)
        qos = newest(Policy.IgnoreLocal.Participant)
        self._reader = DataReader(participant, Topic(participant, topic, message), qos=qos)
        self._own: set[int] = set()
        self.strangers: dict[int, str] = {}

    def look(self) -> None:
        """Updates the known writers."""
        for endpoint in self._endpoints.take(MOST_NEWS):
            handle = endpoint.sample_info.instance_handle
            if endpoint.sample_info.instance_state != InstanceState.Alive:
                self.strangers.pop(handle, None)
                self._own.discard(handle)
            elif endpoint.topic_name == self._topic:
                if _user_data(endpoint.qos) == self._mark:
                    self._own.add(handle)
                else:
                    self.strangers[handle] = f"a program with DDS participant {endpoint.participant_key}"

    def speaker(self) -> str:
        """Another writer that has commanded since the last call, in words, or an empty string."""
        for sample in self._reader.take(1):
            handle = sample.sample_info.publication_handle
            if isinstance(sample, InvalidSample) or handle in self._own:
                continue
            self.look()
            if handle not in self._own:
                return self.strangers.get(handle, "a program that has left again")
        return ""


class Watch(Protocol):
    """The part of :class:`WriterWatch` that drivers use, over any transport."""

    strangers: dict[int, str]

    def look(self) -> None:
        """Updates the known writers."""

    def speaker(self) -> str:
        """Another writer that has commanded since the last call, in words, or an empty string."""


def objection(watch: Watch, silent_writers: Literal["refuse", "tolerate"], device: str) -> str:
    """Which other writer prevents driving, in words, or an empty string.

    Args:
        watch: The watch over other writers.
        silent_writers: Whether one that could command, but is silent, prevents it.
        device: What is commanded, in a word.
    """
    if speaker := watch.speaker():
        return f"{speaker} commands the {device}"
    if watch.strangers and silent_writers == "refuse":
        who = ", ".join(watch.strangers.values())
        return f"{who} could command the {device} too (if it is harmless: silent_writers: tolerate)"
    return ""


def _user_data(qos: Qos) -> bytes:
    found = qos[Policy.Userdata] if Policy.Userdata in qos else None
    return bytes(found.data) if found is not None else b""
