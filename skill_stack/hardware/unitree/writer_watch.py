"""WriterWatch: other writers that could command the robot, and those that do."""

from __future__ import annotations

from typing import Any

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


def _user_data(qos: Qos) -> bytes:
    found = qos[Policy.Userdata] if Policy.Userdata in qos else None
    return bytes(found.data) if found is not None else b""
