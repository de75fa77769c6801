"""What the Unitree driver does beyond the contract of drivers: start-up, other programs, the remote, bad states."""

import json
import threading

import numpy as np
import pytest
from contract import numbered
from fake_robot import DOMAIN
from test_unitree_contract import UnitreeRig
from unitree.remote import remote_bytes

from skill_stack.core.errors import DataError, LeaseRefused
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.network_interfaces import interfaces
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.unitree.driver import UnitreeDriver
from skill_stack.hardware.unitree.network import NetworkSettings, join
from skill_stack.hardware.unitree.settings import place_settings, robot_data


@pytest.fixture
def make(tmp_path):
    rigs = []

    def make(name="go2", builtin=None, **settings):
        folder = tmp_path / str(len(rigs))
        folder.mkdir()
        rig = UnitreeRig(folder, name, settings)
        if builtin is not None:
            rig.device.builtin = builtin
        rigs.append(rig)
        return rig

    yield make
    for rig in rigs:
        rig.close()


@pytest.fixture
def robot_go2():
    return load_robot(Resources.from_environment({}).robot("go2"))


def turns(rig, driver, command=None):
    driver.read()
    if command is not None:
        driver.write(command)
    rig.step()


def until(rig, driver, condition):
    def so():
        driver.read()
        return condition()

    rig.until(so)


def calls(rig, service):
    return [api for name, api, _ in rig.device.asked if name == service]


def test_the_builtin_controller_lowers_the_robot_and_is_switched_off_before_anything_is_commanded(make, monkeypatch):
    monkeypatch.setattr("skill_stack.hardware.unitree.controller_release.LOWERING", (0.05, 8.0))
    monkeypatch.setattr("skill_stack.hardware.unitree.controller_release.REST", 0.02)
    monkeypatch.setattr("skill_stack.hardware.unitree.controller_release.PAUSE", 0.0)
    rig = make(builtin="normal", give_back=True)
    driver = rig.open()
    command = numbered(rig.robot)

    def drives():
        driver.write(command)
        return driver.health.drives

    until(rig, driver, lambda: not driver.read().valid if driver.read() is not None else False)
    assert rig.device.commands == 0
    until(rig, driver, drives)
    assert calls(rig, "sport") == [1005]
    switched = calls(rig, "motion_switcher")
    assert switched[0] == 1001 and 1003 in switched and switched[-1] == 1001
    assert rig.device.builtin == ""
    thread = threading.Thread(target=driver.close)
    thread.start()
    while thread.is_alive():
        rig.step(pause=0.002)
    assert rig.device.builtin == "normal"
    assert rig.device.asked[-1][1:] == (1002, json.dumps({"name": "normal"}))


@pytest.mark.parametrize(
    ("name", "settings", "reason"),
    [
        ("go2", {"release": "never"}, "'normal' runs"),
        ("g1", {"release": "lower"}, "hang the robot up"),
    ],
)
def test_a_builtin_controller_that_may_not_be_switched_off_keeps_us_out(make, name, settings, reason):
    rig = make(name, builtin="normal", **settings)
    rig.robot = rig.robot.model_copy(update={"builtin": None})
    driver = rig.open()
    until(rig, driver, lambda: reason in driver.health.reason)
    with pytest.raises(LeaseRefused, match=reason):
        driver.write(numbered(rig.robot))
    driver.close()
    assert rig.device.commands == 0 and 1003 not in calls(rig, "motion_switcher")


def test_arms_alone_need_the_builtin_controller(make):
    rig = make("g1", builtin="", mode="arms")
    driver = rig.open()
    until(rig, driver, lambda: "needs the built-in controller" in driver.health.reason)
    with pytest.raises(LeaseRefused):
        driver.write(numbered(rig.robot))


def test_the_weight_of_the_arms_grows_and_sinks(make):
    rig = make("g1", mode="arms", weight=0.5, weight_rate=1.0)
    driver = rig.started()
    seen = []

    def full():
        driver.write(numbered(rig.robot))
        seen.append(rig.device.weight or 0.0)
        return seen[-1] == pytest.approx(0.5)

    until(rig, driver, full)
    assert len({round(weight, 3) for weight in seen}) > 3 and seen == sorted(seen)
    assert set(rig.device.obeyed) == set(robot_data(rig.robot).arms)
    thread = threading.Thread(target=driver.close)
    thread.start()
    while thread.is_alive():
        rig.step(pause=0.002)
    rig.step()
    assert rig.device.weight == 0.0


def test_gains_grow_when_damping_ends(make):
    rig = make(gain_ramp=0.2)
    driver = rig.started()
    command, seen = numbered(rig.robot), []

    def full():
        driver.write(command)
        if rig.device.obeyed:
            seen.append(rig.device.obeyed["FL_hip_joint"][3])
        return bool(seen) and seen[-1] == pytest.approx(command.kp[0])

    until(rig, driver, full)
    assert seen[0] < 0.5 * command.kp[0] and seen == sorted(seen) and len(set(seen)) > 3


class Stranger:
    """Another program with the same topic."""

    def __init__(self, rig):
        from cyclonedds.pub import DataWriter
        from cyclonedds.topic import Topic

        messages = rig.device.messages
        self._participant = join(NetworkSettings(interface="lo", domain=DOMAIN))
        self._writer = DataWriter(self._participant, Topic(self._participant, "rt/lowcmd", messages.LowCmd))
        self._command = messages.blank_command()

    def write(self):
        self._writer.write(self._command)


@pytest.mark.parametrize("tolerated", [False, True])
def test_another_writer_keeps_us_from_beginning(make, tolerated):
    rig = make(silent_writers="tolerate" if tolerated else "refuse")
    other = Stranger(rig)
    driver = rig.open()
    if tolerated:
        until(rig, driver, lambda: driver.health.drives)
        other.write()
    until(rig, driver, lambda: "participant" in driver.health.reason)
    with pytest.raises(LeaseRefused, match="program with DDS participant"):
        driver.write(numbered(rig.robot))
    count = rig.device.commands
    driver.close()
    rig.step()
    assert rig.device.commands == count, "nobody fights over a robot"


def test_another_writer_that_comes_later_has_the_robot(make):
    rig = make()
    driver = rig.started()
    turns(rig, driver, numbered(rig.robot))
    other = Stranger(rig)
    other.write()

    def refused():
        try:
            driver.write(numbered(rig.robot))
        except LeaseRefused:
            return True
        return False

    until(rig, driver, refused)
    assert not driver.read().valid or not driver.health.drives


def test_the_remotes_stop_damps_at_once_and_until_a_person_resets(make):
    rig = make()
    driver = rig.started()
    command = numbered(rig.robot)
    words = rig.channels.words
    turns(rig, driver, command)
    turns(rig, driver, command)
    assert rig.device.obeyed["FL_hip_joint"][3] > 0
    rig.device.remote = remote_bytes(("L2", "B"))
    rig.step()
    turns(rig, driver, command)
    rig.step()
    assert rig.device.obeyed["FL_hip_joint"][3] == 0.0 < rig.device.obeyed["FL_hip_joint"][4]
    assert words.flags().estop == 1
    assert driver.remote.buttons == {"L2", "B"}
    rig.device.remote = bytes(40)
    for _ in range(5):
        turns(rig, driver, command)
    assert rig.device.obeyed["FL_hip_joint"][3] == 0.0, "letting go is no reset"
    assert "remote" in driver.health.reason and driver.remote is None
    words.request_reset("local")
    for _ in range(3):
        turns(rig, driver, command)
    assert rig.device.obeyed["FL_hip_joint"][3] > 0 and words.flags().estop == 1


def test_half_a_combination_stops_nothing(make):
    rig = make()
    driver = rig.started()
    rig.device.remote = remote_bytes(("L2",), lx=0.5, ly=-0.25, rx=0.125, ry=1.0)
    rig.step()
    driver.read()
    assert rig.channels.words.flags().estop == 0
    assert driver.remote.left == (0.5, -0.25) and driver.remote.right == (0.125, 1.0)


def test_sticks_of_the_remote_are_stated_while_they_are_pushed_and_once_when_let_go(make):
    rig = make()
    driver = rig.started()

    def stated(**sticks):
        rig.device.remote = remote_bytes((), **sticks)
        rig.step()
        driver.read()
        return rig.channels.words.sticks()

    resting = stated(lx=0.03, ly=-0.05)
    assert resting == (0, (0.0, 0.0, 0.0)), "a stick that hardly moved holds nothing"
    first = stated(ly=0.5, lx=0.25, rx=-1.0)
    assert first == (1, (0.5, -0.25, 1.0))
    assert stated(ly=0.5)[0] == 2, "said again as long as it is pushed"
    assert stated() == (3, (0.0, 0.0, 0.0))
    assert stated()[0] == 3, "said once that it was let go"


def test_a_command_that_is_no_number_damps(make):
    rig = make()
    driver = rig.started()
    command = numbered(rig.robot)
    turns(rig, driver, command)
    q = command.q.copy()
    q[3] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        driver.write(JointCommand(q, command.dq, command.tau, command.kp, command.kd, CommandMode.ACTIVE))
    rig.step()
    for row in rig.device.obeyed.values():
        assert row[3] == 0.0 < row[4] and np.all(np.isfinite(row))


def test_damaged_states_are_dropped(make):
    rig = make()
    driver = rig.started()
    before = driver.read().sequence
    rig.device.unsealed = True
    rig.step()
    assert driver.read().sequence == before
    assert driver.health.counts["damaged"] == 1


def test_a_counter_that_goes_back_means_another_start(make):
    rig = make()
    driver = rig.started()
    rig.device.tick, rig.device.builtin = 0, "normal"
    rig.step()
    assert not driver.read().valid
    for _ in range(3):
        driver.write(numbered(rig.robot))
        rig.step()
    assert rig.device.commands == 1, "damped once, in case it only lost count; then the vendor's controller has it"
    assert rig.device.obeyed["FL_hip_joint"][3] == 0.0
    assert driver.health.counts["restarted"] == 1


def test_a_silence_is_followed_by_a_look_at_who_has_the_robot(make, monkeypatch):
    rig = make()
    driver = rig.started()
    rig.device.builtin = "normal"
    with monkeypatch.context() as patch:
        patch.setattr("skill_stack.hardware.unitree.state_stream.LOST", 0.0)
        turns(rig, driver)
        turns(rig, driver)
    until(rig, driver, lambda: "'normal' runs" in driver.health.reason)
    with pytest.raises(LeaseRefused, match="'normal' runs"):
        driver.write(numbered(rig.robot))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda device: setattr(device, "orientation", np.array([0.2, 0.0, 0.0, 0.98])), "w-x-y-z"),
        (lambda device: setattr(device, "orientation", np.array([0.9, 0.0, 0.0, 0.0])), "length"),
    ],
)
def test_an_imu_in_another_order_keeps_us_out(make, spoil, reason):
    rig = make()
    spoil(rig.device)
    rig.device.state.imu_state.rpy = [0.1, 0.2, 0.1]
    driver = rig.open()
    until(rig, driver, lambda: reason in driver.health.reason)
    assert not driver.read().valid


def test_the_humanoids_kind_of_machine_is_repeated(make):
    rig = make("g1")
    rig.device.machine = 2
    driver = rig.started()
    for _ in range(3):
        turns(rig, driver, numbered(rig.robot))
    assert rig.device.commands > 0 and rig.device.refused == 0
    rig.device.machine = 6
    rig.step()
    for _ in range(3):
        turns(rig, driver, numbered(rig.robot))
    assert rig.device.obeyed["left_knee_joint"][3] > 0 and rig.device.refused <= 1


def test_the_interface_must_be_named_and_the_error_names_those_there_are(make):
    for interface in ("", "nothing7"):
        with pytest.raises(DataError, match=r"interface.*\blo\b"):
            make(interface=interface).open()
    assert "lo" in interfaces()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"mode": "legs"}, "driver_settings"),
        ({"mode": "arms"}, "no arms-only mode"),
        ({"weight": 1.5}, "weight"),
        ({"domain": 999}, "domain"),
        ({"releese": "never"}, "releese"),
    ],
)
def test_wrong_settings_are_named(make, settings, message):
    with pytest.raises(DataError, match=message):
        make(**settings).open()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d["motors"].pop("FL_hip_joint"), "no slot for FL_hip_joint"),
        (lambda d: d["motors"].update(FL_hip_joint=0), "slot of its own"),
        (lambda d: d["motors"].update(FL_hip_joint=20), "from 0 to 19"),
        (lambda d: d.update(arms=["FL_hip_joint"]), "weight_slot"),
        (lambda d: d.update(messages="b2"), "messages"),
    ],
)
def test_wrong_robot_data_are_named(make, change, message):
    rig = make()
    data = json.loads(json.dumps(rig.robot.driver_data["unitree"]))
    change(data)
    rig.robot = rig.robot.model_copy(update={"driver_data": {"unitree": data}})
    with pytest.raises(DataError, match=message):
        rig.open()


LEFT_OUT = {
    "checksum": "crc is 0 where it should be the sum",
    "tick": "tick stays 0 while states come; it should count 1 ms each",
    "battery": "charge (bms_state.soc) is 0 %",
}


@pytest.mark.parametrize("field", LEFT_OUT)
def test_what_a_simulator_leaves_out_is_named(make, field):
    rig = make()
    rig.device.left_out = (field,)
    driver = rig.open()
    until(rig, driver, lambda: LEFT_OUT[field] in driver.health.reason)
    assert not driver.health.drives and f"lacks: [{field}]" in driver.health.reason


@pytest.mark.parametrize("field", LEFT_OUT)
def test_what_a_simulator_leaves_out_may_be_declared(make, field):
    rig = make(lacks=[field])
    rig.device.left_out = (field,)
    driver = rig.started()
    assert driver.read().valid and driver.read().battery > 0.0
    assert driver.capabilities.battery == (field != "battery")  # or people would be shown a full one
    before = driver.read()
    for _ in range(3):
        rig.step()
        after = driver.read()
    assert after.sequence > before.sequence and after.task_time > before.task_time


def test_a_robot_that_says_nothing_is_named_with_where_it_was_looked_for(make):
    rig = make()
    rig.device.mute = True
    driver = rig.open()
    driver.read()
    assert driver.health.reason == f"waits for the robot's state: none came on rt/lowstate (lo, domain {DOMAIN})"


def test_nothing_is_left_out_on_a_real_network_unless_it_is_said_to_be_unsafe(robot_go2):
    data = robot_data(robot_go2)
    away = {"interface": "eth7", "lacks": ["checksum"]}
    with pytest.raises(DataError, match="a robot fills these in.*simulators on this machine"):
        place_settings(away, data, robot_go2)
    assert place_settings({**away, "unsafe": True}, data, robot_go2).lacks == ("checksum",)
    with pytest.raises(DataError, match="lacks"):
        place_settings({"interface": "lo", "lacks": ["imu"]}, data, robot_go2)


def test_contacts_are_told_by_torque_where_feet_are_left_out(robot_go2):
    assert UnitreeDriver.adapt(robot_go2, {"interface": "lo"}) is robot_go2
    adapted = UnitreeDriver.adapt(robot_go2, {"interface": "lo", "lacks": ["foot_force"]})
    assert adapted.estimation.contact == "joint_torque"
