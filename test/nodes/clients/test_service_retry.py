"""A question is repeated until it is answered, once."""

from typing import Any

import pytest

pytest.importorskip("rclpy")

from skill_stack.nodes.clients import service_retry as asking


class Done:
    """A future that is done."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    def add_done_callback(self, take: Any) -> None:
        if self._answer:
            take(self)

    def cancelled(self) -> bool:
        return False

    def exception(self) -> None:
        return None

    def result(self) -> str:
        return self._answer


class Server:
    """A client whose server loses some answers."""

    def __init__(self, answers: list[str], ready: bool = True) -> None:
        self.answers, self.ready, self.asked = answers, ready, 0

    def service_is_ready(self) -> bool:
        return self.ready

    def call_async(self, request: str) -> Done:
        self.asked += 1
        return Done(self.answers.pop(0))


def test_lost_answers_are_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(asking.time, "monotonic", lambda: now[0])
    heard: list[str] = []
    server = Server(["", "", "yes", "late"])
    question = asking.ServiceRetry(server, "?", heard.append)
    assert not question.look() and server.asked == 1
    assert not question.look() and server.asked == 1  # not before it is time
    for _ in range(2):
        now[0] += 2 * asking.REPEAT
        question.look()
    assert question.answer == "yes"
    now[0] += 10
    assert question.look()
    assert server.asked == 3
    assert heard == ["yes"]


def test_nothing_is_asked_of_a_server_that_is_not_there() -> None:
    server = Server([], ready=False)
    assert not asking.ServiceRetry(server, "?").look()
    assert server.asked == 0
