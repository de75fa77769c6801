"""ServiceClient: calls one of the services on the robot, over a pair of topics."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from cyclonedds.domain import DomainParticipant
from cyclonedds.internal import InvalidSample
from cyclonedds.pub import DataWriter
from cyclonedds.qos import Policy, Qos
from cyclonedds.sub import DataReader
from cyclonedds.topic import Topic
from cyclonedds.util import duration

from skill_stack.core.errors import SkillStackError
from skill_stack.hardware.unitree.messages.messages_api import (
    Request,
    RequestHeader,
    RequestIdentity,
    RequestPolicy,
    Response,
)
from skill_stack.hardware.unitree.topics import request_topic, response_topic

OK = 0
MEANINGS = {
    3104: "no answer in time",
    3203: "the robot does not know this call",
    3204: "the robot does not understand the argument",
    3205: "another program holds the robot",
}
"""Codes that every service may answer, as the vendor's SDK numbers them."""

_POLL = 0.002  # s between looks for an answer
_QOS = Qos(Policy.Reliability.Reliable(duration(milliseconds=100)), Policy.History.KeepLast(16))


class NoAnswer(SkillStackError):
    """A service did not answer in time."""


@dataclass(frozen=True, slots=True)
class RpcAnswer:
    """Answer of a service.

    Attributes:
        request: Number of the request.
        api: Number of the call.
        code: 0 when it was done, else why not.
        data: JSON, or an empty string.
    """

    request: int
    api: int
    code: int
    data: str = ""

    def read(self) -> dict[str, Any]:
        """The data as a dictionary; empty without one."""
        try:
            found = json.loads(self.data or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class Service(Protocol):
    """Interface of a service for the drivers, over any transport."""

    def send(self, api: int, parameter: dict[str, Any] | None = None, reply: bool = True) -> int:
        """Sends a request and returns its number."""

    def answers(self) -> list[RpcAnswer]:
        """Answers since the last call."""

    def call(self, api: int, parameter: dict[str, Any] | None = None, timeout: float = 1.0) -> RpcAnswer:
        """Sends a request and waits for its answer; raises NoAnswer."""


def meaning(code: int) -> str:
    """Meaning of a code, in words where it is known."""
    return f"code {code}: {MEANINGS[code]}" if code in MEANINGS else f"code {code}"


class ServiceClient:
    """One service of the robot. Not for use from two threads at once.

    Attributes:
        service: Name of the service, e.g. ``sport``.
    """

    def __init__(
        self, participant: DomainParticipant, service: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Joins the topics of the service.

        Args:
            participant: Where they are.
            service: Name of the service.
            clock: Monotonic time, s; gives requests their numbers, so that those of two clients differ.
        """
        self.service = service
        self._clock = clock
        self._last = 0
        requests = Topic(participant, request_topic(service), Request)
        responses = Topic(participant, response_topic(service), Response)
        self._writer = DataWriter(participant, requests, qos=_QOS)
        self._reader = DataReader(participant, responses, qos=_QOS)

    def send(self, api: int, parameter: dict[str, Any] | None = None, reply: bool = True) -> int:
        """Sends a request without waiting for its answer, and returns its number.

        Args:
            api: Number of the call.
            parameter: Its argument.
            reply: Whether the service shall answer.
        """
        self._last = max(int(self._clock() * 1e9), self._last + 1)
        header = RequestHeader(RequestIdentity(self._last, api), policy=RequestPolicy(noreply=not reply))
        self._writer.write(Request(header, json.dumps(parameter or {})))
        return self._last

    def answers(self) -> list[RpcAnswer]:
        """Answers since the last call, those to other clients included."""
        return [
            RpcAnswer(r.header.identity.id, r.header.identity.api_id, r.header.status.code, r.data)
            for r in self._reader.take(16)
            if not isinstance(r, InvalidSample)
        ]

    @property
    def heard(self) -> bool:
        """Whether the service subscribes to requests and publishes answers."""
        return bool(self._writer.get_matched_subscriptions() and self._reader.get_matched_publications())

    def call(self, api: int, parameter: dict[str, Any] | None = None, timeout: float = 1.0) -> RpcAnswer:
        """Sends a request and waits for its answer; not for the control loop.

        Args:
            api: Number of the call.
            parameter: Its argument.
            timeout: Longest wait, for the service to be found and for the answer, s.

        Raises:
            NoAnswer: There was none.
        """
        deadline = self._clock() + timeout
        while not self.heard and self._clock() < deadline:
            time.sleep(_POLL)
        request = self.send(api, parameter)
        while True:
            for answer in self.answers():
                if answer.request == request:
                    return answer
            if self._clock() >= deadline:
                why = "" if self.heard else ": nobody is there; is the robot on, and the network interface right?"
                raise NoAnswer(f"service '{self.service}' did not answer call {api} within {timeout:g} s{why}")
            time.sleep(_POLL)
