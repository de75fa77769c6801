"""The robot's services on the bus: requests in, answers out."""

from __future__ import annotations

from collections.abc import Callable

from unitree.bus import Bus, news
from unitree.firmware import Answer
from unitree.messages_rpc import Request, Response, ResponseHeader, Status

API_VERSION = 1  # request that every service answers
VERSION = "1.0.0.1"


class Service:
    """One service by its name, for example ``sport``."""

    def __init__(self, bus: Bus, name: str, answer: Callable[[int, str], Answer]) -> None:
        """Begins to listen.

        Args:
            bus: Where.
            name: Name of the service.
            answer: Makes code and text of an answer out of a request's number and parameter.
        """
        self._answer = answer
        self._requests = bus.reader(f"rt/api/{name}/request", Request)
        self._responses = bus.writer(f"rt/api/{name}/response", Response)

    def serve(self, reachable: bool) -> None:
        """Answers what came; nobody hears it while the link is down."""
        for request in news(self._requests):
            if not reachable:
                continue
            identity = request.header.identity
            code, text = (0, VERSION) if identity.api_id == API_VERSION else self._ask(identity.api_id, request)
            if not request.header.policy.noreply:
                self._responses.write(Response(ResponseHeader(identity, Status(code)), text, []))

    def _ask(self, api: int, request: Request) -> Answer:
        try:
            return self._answer(api, request.parameter)
        except ValueError:  # a parameter that is no JSON
            return 3204, ""
