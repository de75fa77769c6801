"""The driver of the built-in controller against the peer, over the network, in real time."""

import subprocess
import sys
from pathlib import Path

import pytest
from fake_robot import DOMAIN
from unitree.control import PeerControl

from skill_stack.core.errors import DataError, LeaseRefused
from skill_stack.core.joint_command import damping
from skill_stack.core.robots.driver import open_driver
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.skills.builtin import MotionCommand, MotionDriver
from skill_stack.hardware.unitree.controller_release import RELEASE_MODE
from skill_stack.hardware.unitree.sport_driver import SportDriver
from test.eventually import eventually

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 60.0  # s until a state must have come, however busy the machine is

pytestmark = pytest.mark.e2e

def driver_robot():
    return load_robot(ROOT / "urdf" / "go2")


@pytest.fixture(scope="module")
def peer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("peer")
    command = [sys.executable, str(ROOT / "test" / "peers" / "unitree" / "peer.py"), "--walks"]
    process = subprocess.Popen(
        [*command, "--domain", str(DOMAIN), "--control", str(folder / "control")],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout.readline().strip() == "ready"
    control = PeerControl(folder / "control")
    yield control
    control.close()
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture
def channels(tmp_path):
    made = RobotChannels.open(tmp_path / "block", driver_robot())
    yield made
    made.close()


@pytest.fixture
def opened(channels):
    """Drivers for a lease, closed in the end."""
    made = []

    def open_one(owner="control", **settings):
        lease = channels.words.take_lease(owner)
        given = {"interface": "lo", "domain": DOMAIN, **settings}
        made.append(open_driver(driver_robot(), "unitree_sport", channels, lease, given))
        return made[-1]

    yield open_one
    for driver in made:
        driver.close()


def drive(driver, command, until):
    """Tells it the same thing again and again until something is so."""

    def so():
        driver.read()
        driver.motion(command)
        return until()

    eventually(so, PATIENCE, else_=lambda: (driver.health, driver.trouble))


def test_takes_a_lying_robot_stands_walks_stops_and_leaves_it_standing(peer, opened):
    driver = opened()
    assert isinstance(driver, MotionDriver) and driver.capabilities.commanded == ()
    assert peer.ask("report")["service"] == ""
    drive(driver, MotionCommand(), lambda: driver.health.drives)
    assert peer.ask("report")["service"] == "normal", "it was switched on, since the robot lies"
    drive(driver, MotionCommand("stand_up"), lambda: peer.ask("report")["position"][2] > 0.27)
    begin = peer.ask("report")["path"]
    drive(driver, MotionCommand("move", {"vx": 0.4}), lambda: peer.ask("report")["path"] > begin + 0.3)
    assert driver.trouble == ""
    driver.close()
    eventually(lambda: peer.ask("report")["doing"] != "move", PATIENCE, "the end of walking")
    report = peer.ask("report")
    assert (report["doing"], report["service"], report["fallen"]) == ("stand", "normal", False)


def test_joints_cannot_be_commanded(opened):
    driver = opened()
    drive(driver, MotionCommand(), lambda: driver.read() is not None)
    sample = driver.read()
    with pytest.raises(DataError, match="control: vendor"):
        driver.write(damping(sample.position, sample.position))


def test_a_lease_that_went_elsewhere_ends_it(opened, channels):
    driver = opened()
    channels.words.take_lease("supervisor")
    with pytest.raises(LeaseRefused, match="supervisor"):
        driver.motion(MotionCommand("move"))
    with pytest.raises(LeaseRefused):
        driver.damp()


def test_a_supervisor_damps_with_a_fresh_driver(peer, opened):
    driver = opened()
    drive(driver, MotionCommand("stand_up"), lambda: peer.ask("report")["doing"] == "stand")
    opened("supervisor").damp()
    assert peer.ask("report")["doing"] == "damp"


def test_a_controller_that_somebody_else_switches_off_is_lost(peer, opened):
    driver = opened()
    drive(driver, MotionCommand(), lambda: driver.health.drives)
    another = SportDriver.prepare(driver_robot(), None, {"interface": "lo", "domain": DOMAIN})
    another.switcher.call(RELEASE_MODE, timeout=PATIENCE)
    with pytest.raises(LeaseRefused, match="somebody else"):
        drive(driver, MotionCommand("stand_up"), lambda: False)


def test_nobody_there_is_trouble(opened):
    driver = opened(domain=210)  # above those of all tests
    drive(driver, MotionCommand("stand_up"), lambda: "does not answer" in driver.trouble)
    assert not driver.health.drives
    with pytest.raises(LeaseRefused, match="did not answer"):
        driver.damp()


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"interface": ""}, "state the network interface"), ({"interface": "wlan77"}, "up are"),
     ({"select": "always"}, "select")],
)  # fmt: skip
def test_wrong_settings_are_named(opened, settings, message):
    with pytest.raises(DataError, match=message):
        opened(**settings)


def test_the_vendors_remote_is_an_emergency_stop_of_the_stack_too(peer, opened, channels):
    driver = opened()
    drive(driver, MotionCommand(), lambda: driver.read() is not None)
    assert channels.flags().estop == 0
    peer.ask("bite", name="remote", buttons=["L2", "B"], seconds=1.0)
    drive(driver, MotionCommand(), lambda: channels.flags().estop == 1)
    peer.ask("heal")
    last = driver.read().sequence
    drive(driver, MotionCommand(), lambda: driver.read().sequence > last + 100)
    assert channels.flags().estop == 1, "one press, one stop"
