"""Transport: one HTTP exchange, bounded by its deadline."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import urllib3

from skill_stack.core.processes.worker_thread import WorkerThread
from skill_stack.planner.model.model_error import ModelError

LARGEST_REPLY = 1_000_000
"""Bytes of a reply that are read; a plan needs a few thousand."""

MOST_UNDERWAY = 8
"""Exchanges at a time, given up ones included: a server that never ends them must not gather threads."""

GLANCE = 0.05
"""Seconds between two checks whether the wait was cancelled."""

CONNECT = 3.0
"""Seconds for connecting; longer than a lost first packet, shorter than a plan's time."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said.

    Attributes:
        status: HTTP status.
        headers: By lower-case name.
        body: Whole body.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """What to send.

    Attributes:
        method: HTTP method.
        url: Address.
        headers: Headers, key included.
        body: Content, or None.
        last: Bytes after which nothing more is awaited (the end mark of a stream), or empty.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None
    last: bytes = b""


class Transport:
    """Sends calls. Each runs in a thread of its own, because neither a name lookup nor a header that comes byte by
    byte can be bounded from within; the caller stops waiting at the deadline and the thread ends when it can.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """Takes the clock.

        Args:
            clock: Monotonic time, s.
        """
        self._clock = clock
        self._pool = urllib3.PoolManager(num_pools=8, maxsize=MOST_UNDERWAY, retries=False)
        self._places = threading.BoundedSemaphore(MOST_UNDERWAY)

    def send(self, call: Call, deadline: float, cancelled: threading.Event) -> Reply:
        """One exchange.

        Args:
            call: What to send.
            deadline: Time of the clock at which the wait ends, s.
            cancelled: Ends the wait when set.

        Raises:
            ModelError: No whole reply came in time; redirects are not followed, they would carry the key elsewhere.
        """
        if not self._places.acquire(blocking=False):
            raise ModelError("timeout", f"{MOST_UNDERWAY} earlier exchanges have not ended yet")
        answers: queue.SimpleQueue[Reply | ModelError] = queue.SimpleQueue()
        given_up = threading.Event()
        thread = WorkerThread("model-exchange", self._work, call, deadline, given_up, answers)
        try:
            thread.start()
        except RuntimeError as error:  # the system has no thread to give
            self._places.release()
            raise ModelError("unreachable", "no thread can be started") from error
        try:
            return self._await(answers, deadline, cancelled)
        finally:
            given_up.set()

    def _await(
        self, answers: queue.SimpleQueue[Reply | ModelError], deadline: float, cancelled: threading.Event
    ) -> Reply:
        """The first answer, or the error for none."""
        while not cancelled.is_set():
            left = deadline - self._clock()
            if left <= 0:
                raise ModelError("timeout", "no whole answer in time")
            try:
                answer = answers.get(timeout=min(left, GLANCE))
            except queue.Empty:
                continue
            if isinstance(answer, ModelError):
                raise answer
            return answer
        raise ModelError("cancelled", "newer words came")

    def _work(
        self,
        call: Call,
        deadline: float,
        given_up: threading.Event,
        answers: queue.SimpleQueue[Reply | ModelError],
    ) -> None:
        """The thread: one exchange, its outcome into the queue."""
        try:
            answers.put(self._exchange(call, deadline, given_up))
        except ModelError as error:
            answers.put(error)
        except Exception as error:  # noqa: BLE001 - whatever a library raises, somebody waits for the outcome
            answers.put(_named(error))
        finally:
            self._places.release()

    def _exchange(self, call: Call, deadline: float, given_up: threading.Event) -> Reply:
        """Sends and reads until the end, the end mark, the limit or the deadline."""
        left = max(deadline - self._clock(), 0.001)
        response = self._pool.request(
            call.method, call.url, body=call.body, headers=dict(call.headers), redirect=False, retries=False,
            preload_content=False, timeout=urllib3.Timeout(connect=min(left, CONNECT), read=left),
        )  # fmt: skip
        body = bytearray()
        ended = False
        while not ended:
            if given_up.is_set() or self._clock() > deadline:
                response.close()
                raise ModelError("timeout", "no whole answer in time")
            piece = response.read1(65536)
            body += piece
            if len(body) > LARGEST_REPLY:
                response.close()
                raise ModelError("invalid", f"the answer is longer than {LARGEST_REPLY} bytes")
            marked = bool(call.last) and call.last in body[-len(piece) - len(call.last) :]
            ended = not piece or marked
        if marked:
            response.close()
        else:
            response.release_conn()
        return Reply(response.status, {k.lower(): v for k, v in response.headers.items()}, bytes(body))


def _named(error: Exception) -> ModelError:
    """An error in words of our own: those of libraries may quote what was sent."""
    if isinstance(error, urllib3.exceptions.NewConnectionError | urllib3.exceptions.NameResolutionError):
        return ModelError("unreachable", "nothing answers there")
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return ModelError("timeout", "no whole answer in time")
    if isinstance(error, urllib3.exceptions.SSLError):
        return ModelError("unreachable", "its certificate is not trusted")
    if isinstance(error, urllib3.exceptions.ProtocolError):
        return ModelError("dropped", "the connection broke off")
    return ModelError("unreachable", f"the exchange failed ({type(error).__name__})")
