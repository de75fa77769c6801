"""How a test speaks to the peer: JSON datagrams through a Unix socket, each answered by one."""

from __future__ import annotations

import json
import os
import socket
import time
from pathlib import Path
from typing import Any

Message = dict[str, Any]

LARGEST = 1 << 16  # bytes of a datagram


class ControlSocket:
    """The peer's end."""

    def __init__(self, path: Path) -> None:
        """Listens at a path."""
        path.unlink(missing_ok=True)
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)

    def requests(self) -> list[tuple[Message, str]]:
        """What was asked since the last look, and by whom."""
        found = []
        while True:
            try:
                data, sender = self._socket.recvfrom(LARGEST)
            except BlockingIOError:
                return found
            found.append((json.loads(data), sender))

    def answer(self, message: Message, sender: str) -> None:
        """Answers one who asked, if it is still there."""
        try:
            self._socket.sendto(json.dumps(message).encode(), sender)
        except (FileNotFoundError, ConnectionRefusedError):
            pass

    def close(self) -> None:
        """Leaves nothing behind."""
        self._socket.close()
        self._path.unlink(missing_ok=True)


class PeerDied(Exception):
    """The peer does not answer."""


class PeerControl:
    """The test's end."""

    def __init__(self, path: Path) -> None:
        """Binds an end of its own beside the peer's."""
        self._peer = str(path)
        self._own = path.with_name(f"{path.name}.{os.getpid()}.{time.monotonic_ns()}")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self._own))

    def ask(self, do: str, patience: float = 10.0, **values: Any) -> Message:
        """Asks and waits for the answer.

        Args:
            do: ``report``, ``bite``, ``heal``, ``push`` or ``upright``.
            patience: Longest wait, s.
            values: Parameters.

        Raises:
            PeerDied: There was no answer.
            ValueError: The peer refused, with its reason.
        """
        self._socket.settimeout(patience)
        try:
            self._socket.sendto(json.dumps({"do": do, **values}).encode(), self._peer)
            answer: Message = json.loads(self._socket.recv(LARGEST))
        except (TimeoutError, FileNotFoundError, ConnectionRefusedError) as error:
            raise PeerDied(f"the peer at {self._peer} does not answer: {error}") from error
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer

    def close(self) -> None:
        """Leaves nothing behind."""
        self._socket.close()
        self._own.unlink(missing_ok=True)
