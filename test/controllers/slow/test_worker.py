"""The worker at its desks: it answers the newest question, tells why it cannot, and leaves when nobody will ask."""

import subprocess
import sys

import numpy as np
import pytest

from skill_stack.controllers.slow.slow_network import SlowNetwork
from skill_stack.controllers.slow.worker import DESERTED, Served, Worker
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.shared_memory.shared_block import SharedBlock
from skill_stack.core.shared_memory.slow_channel import SlowChannel, SlowQuestion, slow_path
from skill_stack.core.shared_memory.slow_report import slow_reports

from .conftest import STEPS, chunk_manifest, chunks

LAYOUT = SlowChannel.layout("push", 4, STEPS, 4)


@pytest.fixture
def block(tmp_path):
    return tmp_path / "block"


@pytest.fixture
def served(robot, tmp_path, block):
    manifest = chunk_manifest(robot)
    network = SlowNetwork(chunks(tmp_path / "p.onnx"), "0" * 64, manifest)
    return Served("push", manifest, 4, network, slow_path(block, "push"))


def channel(block):
    return SlowChannel(SharedBlock.open(slow_path(block, "push"), LAYOUT), STEPS, 4)


def ask(loop, number):
    loop.ask(SlowQuestion(number, number, 0.0, np.full(4, float(number))))


def test_it_answers_the_newest_question_and_counts_those_overtaken(served, block) -> None:
    worker = Worker([served], ProcessLog("worker", sys.stderr))
    assert not worker.turn(0.0), "the control process has not made the block yet"
    loop = channel(block)
    assert not worker.turn(1.0)
    ask(loop, 1)
    assert worker.turn(2.0) and not worker.turn(2.1)
    ask(loop, 2)
    ask(loop, 3)
    ask(loop, 4)
    assert worker.turn(3.0)
    assert [answer.sequence for answer in loop.answers()[0]] == [1, 4]
    report = slow_reports(block)[0]
    assert report.ok and report.values["overtaken questions"] == "2"


def test_a_control_process_that_starts_again_is_found(served, block) -> None:
    worker = Worker([served], ProcessLog("worker", sys.stderr))
    first = channel(block)
    worker.turn(0.0)
    slow_path(block, "push").unlink()
    loop = channel(block)
    ask(first, 1)
    ask(loop, 1)
    assert worker.turn(1.0) and len(loop.answers()[0]) == 1 and first.answers() == ([], 0)


def test_a_network_that_does_not_load_shows_in_the_report(served, block) -> None:
    broken = Served("push", served.manifest, 4, None, served.path, "policy file p.onnx is missing")
    worker = Worker([broken], ProcessLog("worker", sys.stderr))
    loop = channel(block)
    ask(loop, 1)
    assert not worker.turn(0.0)
    assert slow_reports(block)[0].text == "policy file p.onnx is missing" and not slow_reports(block)[0].ok


def test_it_leaves_some_time_after_the_control_process_has_ended(served, block) -> None:
    code = f"""
import sys
from pathlib import Path
from skill_stack.core.shared_memory.shared_block import SharedBlock
from skill_stack.core.shared_memory.slow_channel import SlowChannel
SharedBlock.create(Path({str(served.path)!r}), SlowChannel.layout("push", 4, {STEPS}, 4))
print("made", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as control:
        control.stdout.readline()
        worker = Worker([served], ProcessLog("worker", sys.stderr))
        worker.turn(100.0)
        worker.turn(100.0 + 5 * DESERTED)
        assert not worker.deserted
        control.stdin.close()
    worker.turn(101.0 + 5 * DESERTED)
    assert not worker.deserted, "a restart takes a moment"
    worker.turn(102.0 + 6 * DESERTED)
    assert worker.deserted
