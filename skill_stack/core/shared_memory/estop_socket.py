"""Emergency stop through a Unix datagram socket beside the shared block: no ROS, no network, no mapped memory.

A client sends ``estop`` and may bind its own end to receive the result.
"""

from __future__ import annotations

import os
import select
import socket
from pathlib import Path

from skill_stack.core.errors import ResourceNotFound

REQUEST = b"estop"
LATCHED = b"latched"
MOST_AT_ONCE = 16
"""Most datagrams taken at once, so that a flood does not keep the owner from its other work."""


def estop_path(block: Path) -> Path:
    """Where the socket of a shared block is."""
    return block.with_name(block.name + ".estop")


class EstopSocket:
    """The listening end; only its user may write to it.

    Attributes:
        path: The socket.
        pending: Who waits for an answer.
    """

    def __init__(self, path: Path) -> None:
        """Creates the socket, replacing one left by a dead process; raises OSError on failure."""
        self.path = path
        self.pending: list[bytes | str] = []
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        mask = os.umask(0o177)
        try:
            self._socket.bind(str(path))
        except OSError:
            self._socket.close()
            raise
        finally:
            os.umask(mask)
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)

    def wait(self, seconds: float) -> bool:
        """Waits for a request; returns at once when there is one.

        Args:
            seconds: Longest wait, s.

        Returns:
            Whether an emergency stop was requested.
        """
        if not self._poll.poll(max(1e3 * seconds, 0.0)):
            return False
        asked = False
        for _ in range(MOST_AT_ONCE):
            try:
                data, address = self._socket.recvfrom(64)
            except OSError:  # nothing left
                break
            if data.strip() == REQUEST:
                asked = True
                if address:
                    self.pending.append(address)
        return asked

    def answer(self, text: bytes) -> None:
        """Sends the result to every waiting client; clients that have gone are ignored."""
        for address in self.pending:
            try:
                self._socket.sendto(text, address)
            except OSError:
                pass
        self.pending.clear()

    def close(self) -> None:
        """Removes the socket."""
        self._socket.close()
        self.path.unlink(missing_ok=True)


def send_estop(path: Path, patience: float) -> str:
    """Requests an emergency stop through a socket.

    Args:
        path: The socket, see :func:`estop_path`.
        patience: How long to wait for the answer, s.

    Returns:
        ``latched``, or another answer of the owner; empty when it accepted the request but did not answer in time.

    Raises:
        ResourceNotFound: There is no listener.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours:
        ours.bind("")  # Linux gives it a name of its own, to which the owner can answer
        ours.settimeout(patience)
        try:
            ours.sendto(REQUEST, str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            raise ResourceNotFound(
                f"nobody listens at {path}: the supervisor does not run. 'skill-stack estop' without --socket needs "
                "only the control process"
            ) from None
        try:
            return ours.recv(256).decode(errors="replace")
        except TimeoutError:
            return ""
