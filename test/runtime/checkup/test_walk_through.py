"""The walk-through finds what is wrong with a driver, and nothing else, on a simulated robot on a stand."""

import itertools
import math

import numpy as np
import pytest

from skill_stack.runtime.checkup.bench import RunAway
from skill_stack.runtime.checkup.device_steps import listen, lying
from skill_stack.runtime.checkup.foot_direction import FootDirection
from skill_stack.runtime.checkup.imu_steps import at_rest, by_hand
from skill_stack.runtime.checkup.joint_steps import each_joint, zero_gains
from skill_stack.runtime.checkup.operator import Nobody
from skill_stack.runtime.checkup.result import CheckupReport, Result
from skill_stack.runtime.checkup.walk_through import listening, moving

HALF = math.sqrt(0.5)


def verdicts(results):
    return {result.step: result.verdict for result in results}


def place(robot, name):
    return robot.joint_names.index(name)


def direction(bench):
    return FootDirection(bench.robot, bench.read(0.1).last.position)


def joint(bench, name, operator=None):
    """The result for one joint; those before it are moved too."""
    results = each_joint(bench, operator or Nobody(), direction(bench))
    return next(result for result in results if result.step == f"joint {name}")


def test_a_robot_as_it_should_be_passes_every_step(bench, device, person):
    before = list(listening(bench, person, ()))
    results = [*before, *moving(bench, person, before)]
    assert set(verdicts(results).values()) == {"good"}, [r for r in results if r.verdict != "good"]
    assert {f"joint {name}" for name in bench.robot.joint_names} < {result.step for result in results}
    assert any("foot FL going" in question for question in person.asked)
    assert device.device.truth().fallen is False


def test_without_a_person_what_needs_hands_stays_open(bench, device):
    results = verdicts(listening(bench, Nobody(), ()))
    assert {step for step, verdict in results.items() if verdict == "open"} == {
        "IMU nose up", "IMU left side up", "IMU turn",
    }  # fmt: skip
    assert device.written == 0, "listening commands nothing"


def test_nothing_moves_unless_the_person_agrees(bench, device, person):
    person.says = False
    results = list(moving(bench, person, ()))
    assert {result.verdict for result in results} == {"open"} and device.written == 0
    assert len(person.asked) == 1 and "power switch" in person.asked[0]


def test_nothing_moves_after_something_bad(bench, device, person):
    results = list(moving(bench, person, [Result("condition", "bad", "empty")]))
    assert {result.verdict for result in results} == {"open"} and device.written == 0
    assert "because of: condition" in results[0].found


def test_swapped_motors_are_named(bench, device):
    a, b = place(bench.robot, "FL_hip_joint"), place(bench.robot, "FR_hip_joint")
    device.command_order[[a, b]] = b, a
    result = joint(bench, "FL_hip_joint")
    assert result.verdict == "bad"
    assert "FR_hip_joint" in result.advice + result.found


def test_swapped_measurements_are_named(bench, device):
    a, b = place(bench.robot, "FL_thigh_joint"), place(bench.robot, "RL_thigh_joint")
    device.read_order[[a, b]] = b, a
    result = joint(bench, "FL_thigh_joint")
    assert result.verdict == "bad" and "RL_thigh_joint" in result.found


@pytest.mark.parametrize("name", ["FL_hip_joint", "FL_thigh_joint", "FL_calf_joint"])
def test_a_sign_that_is_wrong_on_one_way_runs_away_and_is_caught(bench, device, name):
    device.command_sign[place(bench.robot, name)] = -1.0
    results = list(itertools.islice(each_joint(bench, Nobody(), direction(bench)), 5))
    found = next(result for result in results if result.step == f"joint {name}")
    assert found.verdict == "bad" and "sign" in found.advice
    if "damped" in found.found:
        assert results[-1].verdict == "open", "nothing moves after a joint that ran away"


def test_a_sign_that_is_wrong_on_both_ways_shows_in_a_lying_robot(go2, bench, device):
    thigh = place(go2, "FL_thigh_joint")
    device.read_sign[thigh] = device.command_sign[thigh] = -1.0
    bench.rest(3.0)
    result = lying(bench, ("lie",))
    assert result.verdict == "bad" and "FL_thigh_joint" in result.found


def test_a_calf_with_the_wrong_sign_is_beyond_its_range(bench, device):
    device.read_sign[place(bench.robot, "RR_calf_joint")] = -1.0
    results = {result.step: result for result in listen(bench)}
    assert results["joint positions"].verdict == "bad" and "RR_calf_joint" in results["joint positions"].found


def test_only_a_person_sees_places_that_are_wrong_on_both_ways(bench, device, person):
    a, b = place(bench.robot, "FL_hip_joint"), place(bench.robot, "FR_hip_joint")
    for order in (device.command_order, device.read_order):
        order[[a, b]] = b, a
    assert joint(bench, "FL_hip_joint").verdict == "good", "measurements alone cannot tell"
    person.says = lambda question: "FL_hip_joint" not in question
    result = joint(bench, "FL_hip_joint", person)
    assert result.verdict == "bad" and "the person saw something else" in result.found


def test_drives_that_heed_no_gains_are_found(bench, device):
    device.deaf = True
    result = zero_gains(bench)
    assert result.verdict == "bad" and "gains" in result.advice


def test_a_motor_without_power_is_found(bench, device, monkeypatch):
    write = device.write
    off = place(bench.robot, "FL_hip_joint")

    def without(command):
        command.kp[off] = 0.0
        write(command)

    monkeypatch.setattr(device, "write", without)
    result = joint(bench, "FL_hip_joint")
    assert result.verdict == "bad" and "powered" in result.advice


@pytest.mark.parametrize("mount", [(HALF, HALF, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (HALF, 0.0, HALF, 0.0)])
def test_an_imu_whose_up_is_not_up_is_found_at_rest(bench, device, mount):
    device.mount = mount
    assert next(at_rest(bench)).verdict == "bad"


@pytest.mark.parametrize(
    ("mount", "bad"),
    [
        ((HALF, 0.0, 0.0, HALF), {"IMU nose up", "IMU left side up"}),  # a quarter turn about the vertical
        ((0.0, 0.0, 0.0, 1.0), {"IMU nose up", "IMU left side up"}),  # half a turn: both signs
    ],
)
def test_an_imu_whose_axes_are_turned_is_found_in_a_persons_hands(bench, device, person, mount, bad):
    device.mount = mount
    assert next(at_rest(bench)).verdict == "good"
    results = verdicts(by_hand(bench, person))
    assert {step for step, verdict in results.items() if verdict == "bad"} == bad


def test_a_gyroscope_with_the_wrong_sign_is_found(bench, device, person, monkeypatch):
    read = device.read

    def mirrored():
        sample = read()
        sample.angular_velocity[2] *= -1
        return sample

    monkeypatch.setattr(device, "read", mirrored)
    assert verdicts(by_hand(bench, person))["IMU turn"] == "bad"


def test_a_lazy_person_is_told_to_tilt_further(bench, device, person):
    person.wait = lambda task: device.hold((1.0, 0.0, 0.0, 0.0))
    result = next(by_hand(bench, person))
    assert result.verdict == "bad" and "tilt it further" in result.advice


def test_a_step_by_hand_may_be_repeated(bench, device, person):
    tries = []
    wait, confirm = person.wait, person.confirm
    person.wait = lambda task: tries.append(task) if "front" in task and not tries else wait(task)
    person.confirm = lambda question: "Once more?" in question or confirm(question)
    assert set(verdicts(by_hand(bench, person)).values()) == {"good"} and len(tries) == 1


def test_old_and_missing_measurements_are_found(bench, device):
    device.late = 0.2
    assert verdicts(listen(bench))["measurements"] == "bad"
    device.frozen = True
    results = list(listening(bench, Nobody(), ()))
    assert [result.verdict for result in results] == ["bad"] and "no new measurement" in results[0].found


def test_a_link_that_breaks_while_moving_ends_damped(bench, device, person):
    results = []
    for result in moving(bench, person, ()):
        results.append(result)
        device.frozen = len(results) == 3
    assert results[-1].verdict in ("bad", "open")
    assert any("no new measurement" in result.found for result in results)


def test_a_robot_that_moves_fast_is_let_go(bench, device, monkeypatch):
    read = device.read

    def fast():
        sample = read()
        sample.velocity[3] = 9.0
        return sample

    monkeypatch.setattr(device, "read", fast)
    damped = []
    monkeypatch.setattr(device, "damp", lambda: damped.append(True))
    with pytest.raises(RunAway, match="moves at 9.0 rad/s"):
        bench.rest(0.1)
    assert damped


def test_flat_and_hot_robots_are_not_moved(bench, device, monkeypatch):
    read = device.read

    def changed(**values):
        import dataclasses

        monkeypatch.setattr(device, "read", lambda: dataclasses.replace(read(), **values))
        return verdicts(listen(bench))["condition"]

    assert changed(battery=0.1) == "bad"
    assert changed(battery=float("nan")) == "bad"
    assert changed(temperature=np.full(bench.robot.size, 115.0)) == "bad"
    assert changed(temperature=np.full(bench.robot.size, float("nan"))) == "bad"


def test_the_report_names_every_step():
    results = (Result("a", "good", "1 | 2", "", {"x, rad": 0.1234567}), Result("b", "bad", "broken", "mend it"))
    report = CheckupReport("go2", "mujoco", "2026-01-01 10:00", "nobody watched", results)
    text = report.to_markdown()
    assert "| good | a | 1 / 2 |  |" in text and "| **BAD** | b | broken | mend it |" in text
    assert "| a | x, rad | 0.1235 |" in text and "1 good, 1 bad, 0 left open" in text
    assert report.to_json()["good"] is False and report.to_json()["results"][1]["advice"] == "mend it"
