"""An emergency stop by socket, and what the supervisor does with it and with faults."""

import io
import os
import socket
import stat
import threading

import pytest

from skill_stack.controllers.processes.supervisor import Supervisor
from skill_stack.controllers.processes.supervisor_watch import ANSWER_WITHIN, REPORT_EVERY, SupervisorWatch
from skill_stack.core.errors import ResourceNotFound
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.shared_memory.black_box import BlackBox, box_path
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.estop_socket import MOST_AT_ONCE, REQUEST, EstopSocket, estop_path, send_estop
from skill_stack.core.shared_memory.shared_block import remove_block


@pytest.fixture
def channels(tmp_path, robot):
    made = RobotChannels.open(tmp_path / "block", robot)
    yield made
    made.close()


@pytest.fixture
def reports():
    return []


@pytest.fixture
def watch(channels, robot, reports):
    log = ProcessLog("supervisor", io.StringIO())
    supervisor = Supervisor(channels, lambda lease: None, 0.15, log)
    made = SupervisorWatch(supervisor, channels, log, lambda why, part: reports.append(why))
    yield made
    made.close()


def heed(channels):
    channels.words.set("control.latched", 1)
    channels.words.set("control.estops_seen", channels.words.flags().estop)


def ask(path, answers, patience=5.0):
    thread = threading.Thread(target=lambda: answers.append(send_estop(path, patience)))
    thread.start()
    return thread


def test_stores_the_flag_and_answers_once_it_is_heeded(watch, channels):
    path, answers = estop_path(channels.block.path), []
    assert watch.listens and stat.S_IMODE(path.stat().st_mode) == 0o600
    thread = ask(path, answers)
    now = 100.0
    while not channels.words.flags().estop:
        watch.turn(now)
    watch.turn(now)
    assert not answers
    heed(channels)
    watch.turn(now)
    thread.join(5)
    assert answers == ["latched"]


def test_says_so_when_no_control_process_heeds_it(watch, channels):
    answers = []
    thread = ask(estop_path(channels.block.path), answers)
    while not channels.words.flags().estop:
        watch.turn(100.0)
    watch.turn(100.0 + ANSWER_WITHIN + 1.0)
    thread.join(5)
    assert answers[0].startswith("stored") and "does not answer" in answers[0]


def test_rubbish_and_a_flood_do_no_harm(watch, channels):
    path = str(estop_path(channels.block.path))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        for text in (b"", b"walk", b"estopp", b"\xff" * 60):
            client.sendto(text, path)
        watch.turn(1.0)
        assert channels.words.flags().estop == 0
        client.setblocking(False)
        for _ in range(2 * MOST_AT_ONCE):
            try:
                client.sendto(REQUEST, path)
            except BlockingIOError:
                break
    for turn in range(4):
        watch.turn(2.0 + turn)
    assert 1 <= channels.words.flags().estop <= 4


def test_nobody_listens(tmp_path):
    with pytest.raises(ResourceNotFound, match="supervisor does not run"):
        send_estop(tmp_path / "none.estop", 0.1)
    dead = EstopSocket(tmp_path / "dead")
    dead._socket.close()  # as when its process was killed: the file stays
    with pytest.raises(ResourceNotFound):
        send_estop(tmp_path / "dead", 0.1)
    EstopSocket(tmp_path / "dead").close()  # the next one takes its place
    assert not (tmp_path / "dead").exists()


def test_a_place_that_is_too_long_costs_the_socket_alone(tmp_path, robot, reports):
    folder = tmp_path / ("x" * 100)
    folder.mkdir()
    channels = RobotChannels.open(folder / "block", robot)
    log = io.StringIO()
    said = ProcessLog("supervisor", log)
    supervisor = Supervisor(channels, lambda lease: None, 0.15, said)
    made = SupervisorWatch(supervisor, channels, said, lambda why, part: reports.append(why))
    made.turn(1.0, lambda seconds: None)
    assert not made.listens and "no emergency stop by socket" in log.getvalue()
    channels.close()


def test_a_fault_is_reported_once_and_not_too_often(watch, channels, robot, library, kit, reports):
    rig = kit.Rig(robot, library)
    box = BlackBox(box_path(channels.block.path), robot)

    def record():
        tick = rig.tick()
        box.write(tick.command, tick.status, tick.state, 0, rig.time)
        return tick.status.mode

    rig.walk()
    record()
    watch.turn(100.0)
    assert reports == []
    rig.flags = type(rig.flags)(estop=1)
    assert record() is ControlMode.ESTOP
    watch.turn(101.0)
    watch.turn(102.0)
    assert reports == ["damped or stopped by the control process"]
    rig.flags = type(rig.flags)(estop=1, reset=1)
    record()
    rig.flags = type(rig.flags)(estop=2, reset=1)
    record()
    watch.turn(103.0)
    assert len(reports) == 1
    watch.turn(101.0 + REPORT_EVERY)
    assert len(reports) == 2
    assert os.path.exists(box_path(channels.block.path))
    remove_block(channels.block.path)
    assert not os.path.exists(box_path(channels.block.path))
