"""What the Dex3-1 driver does beyond the contract of drivers: start-up, other programs, time-outs, bad states."""

import numpy as np
import pytest
from dex3.messages import HandCmd, blank_command
from fake_hand import DOMAIN, Dex3Rig

from skill_stack.core.errors import DataError, LeaseRefused
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.network_interfaces import interfaces
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.unitree.hand.driver import Dex3Driver
from skill_stack.hardware.unitree.hand.settings import hand_data
from skill_stack.hardware.unitree.network import NetworkSettings, join

LONG = 1.2  # s of the hand's time: longer than motors obey without a command


@pytest.fixture
def make(tmp_path):
    rigs = []

    def make(**settings):
        folder = tmp_path / str(len(rigs))
        folder.mkdir()
        rigs.append(Dex3Rig(folder, **settings))
        return rigs[-1]

    yield make
    for rig in rigs:
        rig.close()


@pytest.fixture
def robot():
    return load_robot(Resources.from_environment({}).robot("dex3_right"))


def command(robot, pose="fist", **changes):
    zero = np.zeros(robot.size)
    parts = {"q": robot.pose(pose), "dq": zero, "tau": zero, "kp": robot.column("kp"), "kd": robot.column("kd")}
    return JointCommand(**{**parts, **changes}, mode=CommandMode.ACTIVE)


def turn(rig, driver, wanted=None):
    driver.read()
    if wanted is not None:
        driver.write(wanted)
    rig.step()


def until(rig, driver, condition, wanted=None):
    rig.until(lambda: (turn(rig, driver, wanted) or True) and condition())


def test_a_hand_that_says_nothing_is_named_with_where_it_was_looked_for(make):
    rig = make()
    driver = rig.open()
    assert driver.read() is None
    assert "rt/dex3/right/state (lo" in driver.health.reason


def test_nothing_is_sent_before_the_hand_may_be_driven(make):
    rig = make()
    driver = rig.open()
    while not driver.health.drives:
        turn(rig, driver, command(rig.robot))
        assert driver.health.drives or not rig.firmware.commands
    until(rig, driver, lambda: rig.firmware.commands, command(rig.robot))


@pytest.mark.parametrize("mute", [True, False])
def test_a_hand_that_was_never_driven_is_left_alone(make, mute):
    rig = make(listen=60.0)
    rig.device.mute = mute
    driver = rig.open()
    until(rig, driver, lambda: ("waits" if mute else "listens") in driver.health.reason)
    driver.close()
    rig.step()
    assert not rig.firmware.commands


def test_a_joint_goes_where_it_is_told_and_the_others_stay(make):
    rig = make()
    driver = rig.started()
    rest = driver.read().position
    for joint in ("right_hand_thumb_1_joint", "right_hand_index_0_joint"):
        place, motor = rig.robot.joint_names.index(joint), rig.device.joints.index(joint)
        goal = rest.copy()
        goal[place] += 0.3
        wanted = command(rig.robot, q=goal)
        until(
            rig, driver, lambda place=place, goal=goal: abs(driver.read().position[place] - goal[place]) < 0.02, wanted
        )
        assert rig.firmware.angles[motor] == pytest.approx(goal[place], abs=0.05)
        until(rig, driver, lambda: np.allclose(driver.read().position, rest, atol=0.02), command(rig.robot, q=rest))
    assert not rig.firmware.violations


def test_a_fist_is_made_within_the_limits_of_the_vendor(make):
    rig = make()
    driver = rig.started()
    fist = command(rig.robot)
    until(rig, driver, lambda: np.allclose(driver.read().position, fist.q, atol=0.05), fist)
    assert not rig.firmware.violations and rig.firmware.protected.all()


def test_a_closed_hand_is_damped_and_its_motors_stop_by_themselves(make):
    rig = make()
    driver = rig.started()
    until(rig, driver, lambda: rig.firmware.doing == "driven", command(rig.robot))
    driver.close()
    rig.until(lambda: rig.firmware.doing == "damped" and rig.firmware.protected.all())
    rig.firmware.advance(LONG)
    assert rig.firmware.stopped.all() and not rig.firmware.violations


def test_without_commands_the_motors_stop_and_the_next_commands_start_them_anew(make):
    rig = make()
    driver = rig.started()
    until(rig, driver, lambda: rig.firmware.doing == "driven", command(rig.robot))
    rig.firmware.advance(LONG)
    assert rig.firmware.stopped.all() and not rig.firmware.violations
    until(rig, driver, lambda: "right_hand_index_1_joint" in driver.health.reason)
    assert driver.health.drives and driver.read().valid
    driver.write(command(rig.robot))
    rig.until(lambda: not rig.firmware.stopped.any())
    assert rig.firmware.doing == "damped", "no jump to a target that is a second old"
    until(rig, driver, lambda: rig.firmware.doing == "driven", command(rig.robot))
    assert driver.health.counts["timed_out"] and not driver.health.reason


def test_the_motors_time_out_may_be_left_alone(make):
    rig = make(timeout=False)
    driver = rig.started()
    until(rig, driver, lambda: rig.firmware.doing == "driven", command(rig.robot))
    assert not rig.firmware.protected.any()
    rig.device.alter = lambda state: setattr(state.motor_state[2], "mode", 0x92)
    until(rig, driver, lambda: rig.firmware.commands > 20, command(rig.robot))
    assert not driver.health.reason and rig.firmware.doing == "driven"
    assert "indefinitely" in driver.capabilities.when_silent


class Stranger:
    """Another program with the same topic."""

    def __init__(self):
        from cyclonedds.pub import DataWriter
        from cyclonedds.topic import Topic

        self._participant = join(NetworkSettings(interface="lo", domain=DOMAIN))
        self._writer = DataWriter(self._participant, Topic(self._participant, "rt/dex3/right/cmd", HandCmd))

    def write(self):
        self._writer.write(blank_command())


@pytest.mark.parametrize("tolerated", [False, True])
def test_another_writer_keeps_us_from_beginning(make, tolerated):
    rig = make(silent_writers="tolerate" if tolerated else "refuse")
    other = Stranger()
    driver = rig.open()
    if tolerated:
        until(rig, driver, lambda: driver.health.drives)
        other.write()
    until(rig, driver, lambda: "participant" in driver.health.reason)
    with pytest.raises(LeaseRefused, match="DDS participant .* the hand"):
        driver.write(command(rig.robot))
    count = rig.firmware.commands
    driver.close()
    rig.step()
    assert rig.firmware.commands == count, "nobody fights over a hand"


def test_another_writer_that_comes_later_has_the_hand(make):
    rig = make()
    driver = rig.started()
    turn(rig, driver, command(rig.robot))
    Stranger().write()
    until(rig, driver, lambda: not driver.health.drives)
    rig.step()
    assert not driver.read().valid
    with pytest.raises(LeaseRefused):
        driver.write(command(rig.robot))


def test_silence_begins_start_up_anew_and_damps_first(make):
    rig = make()
    driver = rig.started()
    until(rig, driver, lambda: rig.firmware.doing == "driven", command(rig.robot))
    rig.restart()
    until(rig, driver, lambda: driver.health.counts.get("restarted"))
    assert not driver.health.drives and not driver.read().valid
    rig.until(lambda: rig.firmware.doing == "damped")
    until(rig, driver, lambda: driver.health.drives and driver.read().valid)


@pytest.mark.parametrize(
    ("motors", "pads", "said"), [(6, 9, "6 motors instead of 7"), (12, 0, "12 motors instead of 7"), (7, 65, "tactile")]
)
def test_states_of_another_shape_are_dropped_and_named(make, motors, pads, said):
    rig = make()
    rig.firmware.motors, rig.firmware.pads = motors, pads
    driver = rig.open()
    until(rig, driver, lambda: said in driver.health.reason)
    assert driver.read() is None and not driver.health.drives and not rig.firmware.commands


@pytest.mark.parametrize("pads", [0, 7, 9])
def test_hands_with_and_without_tactile_modules_are_driven(make, pads):
    rig = make()
    rig.firmware.pads = pads
    driver = rig.started()
    assert np.allclose(driver.read().position, rig.firmware.angles, atol=1e-6)
    rig.firmware.error = 0x42
    until(rig, driver, lambda: "0x42" in driver.health.reason)
    assert driver.health.drives


def test_states_that_lose_their_shape_are_counted_and_not_believed(make):
    rig = make()
    driver = rig.started()
    before = driver.read().sequence
    rig.firmware.motors = 5
    until(rig, driver, lambda: driver.health.counts.get("damaged", 0) > 3)
    assert driver.read().sequence <= before + 1 and "5 motors" in driver.health.reason
    until(rig, driver, lambda: driver.health.counts.get("restarted"))
    assert not driver.health.drives
    rig.firmware.motors = 7
    until(rig, driver, lambda: not driver.health.reason)


@pytest.mark.parametrize("field", ["q", "dq", "tau", "kp", "kd"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_command_that_is_no_number_damps(make, field, value):
    rig = make()
    driver = rig.started()
    until(rig, driver, lambda: rig.firmware.doing == "driven", command(rig.robot))
    good = command(rig.robot)
    spoilt = getattr(good, field).copy()
    spoilt[3] = value
    with pytest.raises(ValueError, match="not finite"):
        driver.write(command(rig.robot, **{field: spoilt}))
    rig.until(lambda: rig.firmware.doing == "damped")
    assert not rig.firmware.violations


@pytest.mark.parametrize(("angle", "said"), [(np.nan, "middle_0_joint stands at nan"), (-1.0, "middle_0_joint stands")])
def test_a_joint_that_stands_nowhere_it_could_keeps_us_out(make, angle, said):
    """As that of the other hand would."""
    rig = make()
    rig.device.alter = lambda state: setattr(state.motor_state[3], "q", angle)
    driver = rig.open()
    until(rig, driver, lambda: said in driver.health.reason)
    assert not driver.health.drives and not rig.firmware.commands


def test_a_motor_without_contact_is_named_and_the_hand_damped(make):
    rig = make()
    driver = rig.started()
    until(rig, driver, lambda: rig.firmware.doing == "driven", command(rig.robot))
    before = driver.read().sequence
    rig.firmware.dead.add(5)
    until(rig, driver, lambda: "right_hand_index_0_joint" in driver.health.reason, command(rig.robot))
    rig.until(lambda: rig.firmware.doing == "damped")
    until(rig, driver, lambda: not driver.read().valid)
    rig.firmware.dead.clear()
    until(rig, driver, lambda: driver.health.drives and driver.read().valid)
    assert driver.health.counts["motor_lost"] == 1
    assert driver.read().sequence > before, "it is the same hand"


def test_the_hotter_thermometer_of_a_motor_counts(make):
    rig = make()
    driver = rig.started()
    rig.firmware.temperatures[:] = 40, 41
    rig.firmware.temperatures[6] = 66, 50
    until(rig, driver, lambda: driver.read().temperature[rig.robot.joint_names.index(rig.device.joints[6])] == 66.0)
    assert sorted(driver.read().temperature)[:-1] == [41.0] * 6
    assert driver.read().touch.size == 0


def test_the_interface_must_be_named_and_the_error_names_those_there_are(robot):
    with pytest.raises(DataError, match=f"up are: .*{interfaces()[0]}"):
        Dex3Driver.check(robot, {"interface": ""})
    with pytest.raises(DataError, match="nowhere0"):
        Dex3Driver.check(robot, {"interface": "nowhere0"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data.pop("unitree_hand"), "is missing"),
        (lambda data: data["unitree_hand"].update(side="upper"), "side"),
        (lambda data: data["unitree_hand"]["motors"].pop("right_hand_thumb_0_joint"), "not the joints"),
        (lambda data: data["unitree_hand"]["motors"].update(right_hand_thumb_0_joint=1), "one of its own"),
        (lambda data: data["unitree_hand"]["motors"].update(right_hand_thumb_0_joint=7), "one of its own"),
    ],
)
def test_wrong_robot_data_are_named(robot, change, said):
    data = {"unitree_hand": {**robot.driver_data["unitree_hand"]}}
    data["unitree_hand"]["motors"] = dict(data["unitree_hand"]["motors"])
    change(data)
    with pytest.raises(DataError, match=said):
        hand_data(robot.model_copy(update={"driver_data": data}))
