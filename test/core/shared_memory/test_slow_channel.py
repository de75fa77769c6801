"""Where loop and worker meet: numbered questions, whole answers, and what people are told."""

import dataclasses
import os

import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.setpoint import Shortfall
from skill_stack.core.shared_memory.block_file import remove_block
from skill_stack.core.shared_memory.shared_block import SharedBlock
from skill_stack.core.shared_memory.slow_channel import (
    SlowAnswer,
    SlowChannel,
    SlowQuestion,
    SlowUse,
    SlowWork,
    slow_path,
)
from skill_stack.core.shared_memory.slow_report import slow_reports

LAYOUT = SlowChannel.layout("push", 5, 3, 2)


@pytest.fixture
def block(tmp_path):
    return tmp_path / "block"


@pytest.fixture
def pair(block):
    """The loop's end and the worker's."""
    path = slow_path(block, "push")
    return SlowChannel(SharedBlock.open(path, LAYOUT), 3, 2), SlowChannel(SharedBlock.attach(path, LAYOUT), 3, 2)


def question(number):
    return SlowQuestion(number, 10 * number, 0.5, np.arange(5.0) + number)


def answer(number):
    return SlowAnswer(number, 10 * number, 0.02, np.arange(6.0).reshape(3, 2) + number, np.array([0.1, 0.2, 0.3]))


def test_the_newest_question_is_given_once(pair) -> None:
    loop, worker = pair
    assert worker.question() is None
    loop.ask(question(1))
    loop.ask(question(2))
    found = worker.question()
    assert (found.sequence, found.tick, found.task_time) == (2, 20, 0.5) and found.values.tolist() == [2, 3, 4, 5, 6]
    assert worker.question() is None


def test_a_void_answer_is_told_as_such(pair) -> None:
    loop, worker = pair
    worker.reply(dataclasses.replace(answer(1), void=True))
    worker.reply(answer(2))
    assert [one.void for one in loop.answers()[0]] == [True, False]


def test_what_comes_no_nearer_is_told(pair) -> None:
    loop, worker = pair
    worker.reply(dataclasses.replace(answer(1), lacks=Shortfall(2, 0.15)))
    assert [one.lacks for one in loop.answers()[0]] == [Shortfall(2, 0.15)]


def test_answers_come_whole_once_and_in_order(pair) -> None:
    loop, worker = pair
    assert loop.answers() == ([], 0)
    worker.reply(answer(1))
    worker.reply(answer(2))
    found, broken = loop.answers()
    assert [one.sequence for one in found] == [1, 2] and broken == 0
    assert found[1].actions.tolist() == answer(2).actions.tolist() and found[1].progress.tolist() == [0.1, 0.2, 0.3]
    assert loop.answers() == ([], 0)
    for number in (3, 4, 5):
        worker.reply(answer(number))
    assert [one.sequence for one in loop.answers()[0]] == [4, 5]


def test_half_an_answer_is_refused_and_counted_and_the_other_one_read(block, pair) -> None:
    loop, worker = pair
    worker.reply(answer(1))
    worker.reply(answer(2))
    path = slow_path(block, "push")
    data = path.read_bytes()
    place = data.rfind(answer(2).actions.tobytes())
    with path.open("r+b") as file:
        file.seek(place)
        file.write(b"\xff")
    found, broken = loop.answers()
    assert [one.sequence for one in found] == [1] and broken == 1


def test_another_shape_is_another_layout(block, pair) -> None:
    with pytest.raises(DataError, match="another layout than slow policy push: 5 values in, 4 × 2 out"):
        SharedBlock.attach(slow_path(block, "push"), SlowChannel.layout("push", 5, 4, 2))


def test_people_are_told_what_there_is_to_know(block, pair) -> None:
    loop, worker = pair
    assert [(one.skill, one.ok, one.text) for one in slow_reports(block)] == [
        ("push", False, "no worker has answered for it yet")
    ]
    worker.report_worker(SlowWork(ProcessIdentity.own(), 0.3, 4, 1))
    assert slow_reports(block)[0].text.endswith("ready") and slow_reports(block)[0].ok
    loop.report_loop_use(SlowUse(0.4, 0.6, 5, 3, 1, 1, 2, False, 15))
    report = slow_reports(block)[0]
    assert report.ok and "3 of 5 answers used, 1 late, 1 broken; the fallback took over 2×" in report.text
    assert report.values["age"] == "0.400 s" and report.values["inference"] == "300.0 ms"
    assert report.values["ticks to the answer"] == "15" and report.values["overtaken questions"] == "1"
    loop.report_loop_use(SlowUse(0.9, 0.6, 5, 3, 1, 1, 3, True, 15))
    assert not slow_reports(block)[0].ok and "it drives now" in slow_reports(block)[0].text
    worker.report_worker(SlowWork(ProcessIdentity.own(), problem="camera 'front' has no picture"))
    assert slow_reports(block)[0].text == "camera 'front' has no picture"
    worker.report_worker(SlowWork(ProcessIdentity(os.getpid(), 1)))
    assert "is dead" in slow_reports(block)[0].text


def test_the_block_goes_with_the_robots_own(block, pair) -> None:
    block.write_bytes(b"")
    remove_block(block)
    assert not slow_path(block, "push").exists() and slow_reports(block) == ()
