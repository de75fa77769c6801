"""The peer itself: a test against it is worth as much as it is like a robot."""

import os
import time

import numpy as np
import pytest

pytest.importorskip("cyclonedds", reason="the extra 'unitree' is not installed")

from cyclonedds.util import duration
from unitree import messages_go, messages_hg
from unitree.bus import Bus, news
from unitree.campaign import FLOOR
from unitree.crc import checksum, checksum_by_definition
from unitree.family import FAMILIES
from unitree.messages_rpc import Identity, Lease, Policy, Request, RequestHeader, Response
from unitree.process import PeerProcess
from unitree.remote import remote_bytes

from skill_stack.core.errors import UnknownName
from skill_stack.core.joint_command import damping
from skill_stack.core.resources import Resources
from skill_stack.core.robots.driver import open_driver
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.skills.builtin import MotionCommand
from skill_stack.hardware.unitree import remote as project_remote
from test.eventually import eventually

PATIENCE = 20.0  # s

# Checksums of blank messages, as the vendor's own library (unitree_sdk2_python, crc_amd64.so) computes them.
VENDOR = [
    (messages_go.command_image, messages_go.blank_command, 0x322AC991),
    (messages_go.state_image, messages_go.blank_state, 0xD68106A0),
    (messages_hg.command_image, messages_hg.blank_command, 0xFE172F9F),
    (messages_hg.state_image, messages_hg.blank_state, 0x75110AF1),
]


@pytest.mark.parametrize(("image", "blank", "known"), VENDOR)
def test_checksums_are_the_vendors(image, blank, known):
    """Layout and checksum of the peer were not taken from the driver, and agree with the vendor's."""
    assert checksum(image(blank())[:-4]) == known
    assert checksum_by_definition(image(blank())[:-4]) == known


def test_checksum_notices_every_bit():
    """The two ways to compute it agree, and any flipped bit shows."""
    whole = bytes(range(64))
    for place in range(8 * len(whole)):
        spoilt = bytearray(whole)
        spoilt[place // 8] ^= 1 << place % 8
        assert checksum(bytes(spoilt)) == checksum_by_definition(bytes(spoilt)) != checksum(whole)


def test_remote_is_read_as_it_was_pressed():
    """What the peer presses, the driver reads."""
    seen = project_remote.decode(remote_bytes(("L2", "B", "down"), lx=-0.5, ly=1.0, rx=0.25, ry=-1.0))
    assert {name.lower() for name in seen.buttons} == {"l2", "b", "down"}
    assert (seen.left, seen.right) == ((-0.5, 1.0), (0.25, -1.0))
    with pytest.raises(UnknownName, match="R2"):
        remote_bytes(("R3",))


@pytest.fixture(scope="module")
def peer(tmp_path_factory, domain):
    with PeerProcess(tmp_path_factory.mktemp("peer"), "--domain", str(domain), "--service", "normal") as process:
        yield process


@pytest.fixture(scope="module")
def bus(domain):
    return Bus(domain)


def until(done, what, patience=PATIENCE):
    return eventually(done, patience, what)


def call(bus, service, api, parameter="{}"):
    answers = bus.reader(f"rt/api/{service}/response", Response)
    requests = bus.writer(f"rt/api/{service}/request", Request)
    until(lambda: requests.get_matched_subscriptions() and answers.get_matched_publications(), f"service {service}")
    identity = Identity(time.monotonic_ns(), api)
    requests.write(Request(RequestHeader(identity, Lease(0), Policy(0, False)), parameter, []))
    mine = until(lambda: [a for a in news(answers) if a.header.identity.id == identity.id], "an answer")
    return mine[0].header.status.code, mine[0].data


def standing_command(kp):
    command = messages_go.blank_command()
    for motor in command.motor_cmd[:12]:
        motor.mode, motor.q, motor.kp, motor.kd = 1, 0.0, kp, 3.0
    return command


def test_obeys_whole_commands_alone_and_tells_what_was_wrong(peer, bus):
    """One life of a client that does everything wrong in turn, then leaves without damping."""
    assert call(bus, "motion_switcher", 1001)[1].count('"normal"') == 1
    assert call(bus, "sport", 1004)[0] == 0
    until(lambda: peer.ask("report")["doing"] == "stand", "standing by its own")
    assert call(bus, "sport", 4711)[0] == 3203
    assert call(bus, "motion_switcher", 1002, "[]")[0] == 3204
    writer = bus.writer("rt/lowcmd", messages_go.LowCmd)
    until(lambda: writer.get_matched_subscriptions(), "the peer as a reader")
    family, command = FAMILIES["go2"], standing_command(kp=0.0)
    family.seal_command(command)

    def send(message, kind):
        def sent():
            writer.write(message)
            return peer.ask("report")["violations"].get(kind)

        until(sent, kind)

    send(command, "fights")  # its own controller has not been released
    assert call(bus, "motion_switcher", 1003)[0] == 0
    assert call(bus, "motion_switcher", 1001)[1].count('"name": ""') == 1
    assert call(bus, "sport", 1004)[0] == 4202
    command.crc ^= 1
    send(command, "checksum")
    assert peer.ask("report")["motors"] == "damped"
    for kind, kp in (("not finite", float("nan")), ("gains", 1e5), ("torque", 100.0)):
        command = standing_command(kp)
        family.seal_command(command)
        send(command, kind)
    # The last one was obeyed: now the client leaves, and the motors hold what they were told for ever.
    until(lambda: peer.ask("report")["violations"].get("left driven"), "noticing an undamped end")
    assert peer.ask("report")["motors"] == "driven"


def test_its_own_controller_tells_where_it_thinks_it_is(tmp_path, domains):
    """Off by what it was declared to be off by, never the truth itself; and the driver reads it."""
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot("go2"))
    channels = RobotChannels.open(tmp_path / "block", robot)
    where = ("--domain", str(domains[2]), "--service", "normal", "--walks", "--scene", str(FLOOR))
    with PeerProcess(tmp_path, *where) as dog:
        lease = channels.words.take_lease("control")
        driver = open_driver(robot, "unitree_sport", channels, lease, {"interface": "lo", "domain": domains[2]})
        started = until(lambda: (s := driver.read()) is not None and s.odometry, "an estimate")
        assert abs(started.position[0]) < 0.05 and abs(started.linear[0]) < 0.3
        begin = dog.ask("report")

        def gone():
            told = dog.ask("report")
            name = "move" if told["doing"] in ("stand", "move") else "stand_up"
            driver.motion(MotionCommand(name, {"vx": 0.5, "vy": 0.0, "wz": 0.0} if name == "move" else {}))
            driver.read()
            return np.hypot(*np.subtract(told["position"], begin["position"])[:2]) >= 0.6

        until(gone, "a way of 0.6 m", 4 * PATIENCE)
        sample, truth = driver.read(), dog.ask("report")
        way = np.hypot(*sample.odometry.position[:2])
        true_way = np.hypot(*np.subtract(truth["position"], begin["position"])[:2])
        assert way == pytest.approx(true_way, abs=0.15) and way != true_way
        driver.close()
    channels.close()


def test_a_lost_link_goes_both_ways(peer, bus):
    """States stop, commands are not heard, and both come back."""
    reader = bus.reader("rt/lowstate", messages_go.LowState)
    until(lambda: news(reader), "states")
    peer.bite("link")
    until(lambda: not news(reader), "silence")
    before = peer.ask("report")["commands"]
    command = standing_command(kp=0.0)
    FAMILIES["go2"].seal_command(command)
    writer = bus.writer("rt/lowcmd", messages_go.LowCmd)
    until(lambda: writer.get_matched_subscriptions(), "the peer as a reader")
    for _ in range(5):
        writer.write(command)
    assert writer.wait_for_acks(duration(seconds=PATIENCE)), "they are there"
    peer.ask("report")  # by its answer it has turned, and may have taken them before the next one
    assert peer.ask("report")["commands"] == before
    peer.ask("heal")
    states = until(lambda: news(reader), "states again")
    assert checksum(messages_go.state_image(states[-1])[:-4]) == states[-1].crc


def test_states_can_be_spoilt(peer, bus):
    """What a bite promises is what is published."""
    reader = bus.reader("rt/lowstate", messages_go.LowState)

    whole = messages_go.state_image
    for shows, bite, values in (
        (lambda s: checksum(whole(s)[:-4]) != s.crc, "checksum", {}),
        (lambda s: s.motor_state[2].temperature == 130 and checksum(whole(s)[:-4]) == s.crc, "hot",
         {"motor": 2, "degrees": 130}),
        (lambda s: s.bms_state.soc == 10, "battery", {"charge": 0.1}),
        (lambda s: s.motor_state[1].dq != s.motor_state[1].dq, "not_finite", {"motor": 1, "field": "dq"}),
        (lambda s: project_remote.decode(bytes(s.wireless_remote)).buttons == {"A"}, "remote", {"buttons": ["A"]}),
    ):  # fmt: skip
        peer.bite(bite, **values)
        until(lambda shows=shows: any(shows(state) for state in news(reader)), f"a state spoilt by '{bite}'")
        peer.ask("heal")
    with pytest.raises(ValueError, match="second_writer"):
        peer.bite("third_writer")


def test_a_g1_obeys_the_driver(tmp_path, domains):
    """The humanoid's family: its kind repeated, motors by name, a battery that reports by itself."""
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot("g1"))
    channels = RobotChannels.open(tmp_path / "block", robot)
    where = ("--robot", "g1", "--domain", str(domains[1]), "--scene", str(FLOOR))
    with PeerProcess(tmp_path, *where) as humanoid:
        lease = channels.words.take_lease("control")
        driver = open_driver(robot, "unitree", channels, lease, {"interface": "lo", "domain": domains[1]})
        until(lambda: driver.read() is not None and driver.health.drives, "a driver that drives")

        def motors():
            driver.read()
            driver.write(damping(np.zeros(robot.size), robot.column("damp_kd")))
            return humanoid.ask("report")["motors"] == "damped"

        until(motors, "damped motors")
        humanoid.bite("battery", charge=0.1)
        until(lambda: driver.read().battery == pytest.approx(0.1), "an empty battery")
        assert not humanoid.ask("report")["violations"]
        driver.close()
    channels.close()
