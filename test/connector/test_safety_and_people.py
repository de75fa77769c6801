"""Stops, emergency stops, falls and teleoperation: who wins, and what it says."""

import math
from dataclasses import replace

import numpy as np
import pytest

from skill_stack.connector.controller_watch import ACTIVE, ControllerWatch
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.connector.stops import StopLedger
from skill_stack.connector.teleop import TeleopLease
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robot_state import BaseKnowledge
from skill_stack.core.setpoint import ControlMode, plan_of

SETTINGS = ConnectorSettings()


def walking(worlds):
    world = worlds()
    world.start("p/1", "go_to", target="red_ball")
    world.run(3.5)
    assert world.status.skill == "walk"
    return world


def test_a_stop_interrupts_and_its_plan_stays_stopped(worlds):
    world = walking(worlds)
    world.controller.stop()
    outcome = world.finish()
    assert (outcome.outcome, outcome.reason) == ("interrupted", "stop")
    with pytest.raises(DataError, match="stopped"):
        world.start("p/2", "sit")
    world.run(1.0)
    assert world.status.skill == "stand"
    here = world.map_pose
    world.run(1.0)
    assert world.map_pose.distance_to(here.x, here.y) < 0.01
    world.start("q/1", "sit")
    assert world.finish().outcome == "succeeded"


def test_a_stop_between_two_steps_stops_the_plan_too(worlds):
    world = worlds()
    world.start("p/1", "stand")
    world.finish()
    world.controller.stop()
    world.run(0.2)
    with pytest.raises(DataError, match="stopped"):
        world.start("p/2", "sit")


def test_no_setpoint_from_before_a_stop_counts_after_it(worlds):
    world = walking(worlds)
    old = world.cycle.setpoint
    world.controller.stop()
    assert old.stop_count < world.controller.stops
    world.run(0.2)
    assert world.cycle.setpoint.stop_count == world.controller.stops


def test_a_connector_that_starts_late_takes_old_stops_for_known(worlds):
    world = worlds()
    world.controller.stops = 7
    world.status = world.controller.status()
    world.start("p/1", "stand")
    assert world.finish().outcome == "succeeded"
    assert world.cycle.setpoint.stop_count == 7


def test_an_emergency_stop_fails_the_step_and_refuses_others(worlds):
    world = walking(worlds)
    world.controller.damp("button", ControlMode.ESTOP)
    outcome = world.finish()
    assert outcome.outcome == "failed"
    assert "button" in outcome.reason
    with pytest.raises(DataError, match="reset"):
        world.start("q/1", "sit")
    assert not world.connector.teleop(0.5, 0.0, 0.0, world.now)
    world.run(0.6)
    assert world.connector.teleop(0.5, 0.0, 0.0, world.now)
    world.run(0.2)
    assert world.cycle.setpoint.skills == ()
    assert world.status.mode is ControlMode.ESTOP


def test_a_fall_fails_the_step_with_the_controllers_reason(worlds):
    world = walking(worlds)
    world.controller.damp("tilt 1.2 rad is over 1.0")
    outcome = world.finish()
    assert (outcome.outcome, outcome.violated) == ("failed", "controller is active")
    assert "tilt" in outcome.reason
    world.run(0.5)
    setpoint = world.cycle.setpoint
    assert setpoint.skills == (), "nobody asks a fallen robot to move"
    assert setpoint.valid_until > world.now, "but time goes on"


def test_tilting_fails_by_the_skills_own_condition(worlds):
    world = walking(worlds)
    world.controller.tilt = 0.95
    assert world.finish().violated == "tilt >= 0.9 rad"


@pytest.mark.parametrize(
    ("base", "why"),
    [
        (BaseKnowledge("legs", age=0.8), "base motion by legs is 0.80 s old"),
        (BaseKnowledge("legs", position=3.0), "the position by legs is known within 3.0 m"),
        (BaseKnowledge("none", age=math.inf), "nothing measures how the base moves"),
    ],
)
def test_a_place_that_is_not_known_fails_what_needs_it(worlds, base, why):
    world = walking(worlds)
    world.controller.base = base
    outcome = world.finish()
    assert (outcome.outcome, outcome.violated) == ("failed", "position is known")
    assert why in outcome.reason
    assert world.connector.locate(world.status) is None
    world.start("q/1", "sit")  # needs no place
    assert world.finish().outcome == "succeeded"


def test_a_controller_that_stays_damped_fails_a_new_step(worlds):
    world = worlds()
    world.controller.damp("battery 0.1 is below 0.2")
    world.start("p/1", "stand")
    outcome = world.finish(5.0)
    assert outcome.outcome == "failed"
    assert "battery" in outcome.reason
    assert outcome.seconds >= 1.0


def test_a_controller_that_still_loads_gets_time(worlds):
    world = worlds()
    world.controller.mode = ControlMode.ESTOP
    world.status = world.controller.status()
    loading = type(world.status)
    fields = {name: getattr(world.status, name) for name in loading.__slots__}
    world.start("p/1", "stand")
    for time in (0.0, 5.0):
        cycle = world.connector.update(
            loading(**{**fields, "mode": ControlMode.STARTING, "task_time": time}), world.scene
        )
        assert not cycle.outcomes
    late = world.connector.update(loading(**{**fields, "mode": ControlMode.STARTING, "task_time": 20.0}), world.scene)
    assert late.outcomes[0].outcome == "failed"


def test_teleoperation_drives_and_letting_go_ends_in_the_stance(worlds):
    world = worlds()
    world.start("p/1", "stand")
    world.finish()
    for _ in range(40):
        world.connector.teleop(0.4, 0.0, 0.0, world.now)
        world.step()
    assert world.status.skill == "walk"
    assert world.cycle.setpoint.source == "teleop"
    assert world.map_pose.x > 0.4
    world.run(1.0)
    assert world.status.skill == "stand"
    assert world.cycle.setpoint.source == "connector"


def test_teleoperation_rises_first(worlds):
    world = worlds()
    for _ in range(80):
        world.connector.teleop(0.0, 0.0, 0.5, world.now)
        world.step()
    assert world.skills == ["rise", "walk"]


def test_teleoperation_takes_over_from_a_plan_and_nothing_resumes(worlds):
    world = walking(worlds)
    world.connector.teleop(0.0, 0.3, 0.0, world.now)
    outcome = world.finish()
    assert (outcome.outcome, outcome.reason) == ("interrupted", "teleoperation took over")
    with pytest.raises(DataError, match="teleoperation"):
        world.start("p/2", "sit")
    world.run(1.0)
    assert world.status.skill == "stand"
    assert world.connector.active is None
    world.start("p/2", "sit")
    assert world.finish().outcome == "succeeded"


def test_zeros_take_nothing_from_a_plan(worlds):
    world = walking(worlds)
    for _ in range(20):
        assert world.connector.teleop(0.0, 0.0, 0.0, world.now) is False
        world.step()
    assert world.connector.active.id == "p/1"
    assert "teleop" not in world.sources


def test_velocities_are_clipped_to_what_the_skill_allows(worlds):
    world = worlds()
    world.start("p/1", "stand")
    world.finish()
    world.connector.teleop(9.0, -9.0, 9.0, world.now)
    world.step()
    assert world.cycle.setpoint.goals == {"vx": 1.0, "vy": -0.4, "wz": 1.0}


def test_bad_teleoperation_is_refused(worlds):
    world = worlds()
    with pytest.raises(DataError, match="finite"):
        world.connector.teleop(math.nan, 0.0, 0.0, 0.0)
    for velocity in ((1e9, 0.0, 0.0), (0.0, -1e300, 0.0), (0.0, 0.0, math.inf)):
        with pytest.raises(DataError, match="finite velocities up to 100 m/s and rad/s"):
            world.connector.teleop(*velocity, 0.0)
    with pytest.raises(UnknownName, match="local"):
        world.connector.teleop(0.1, 0.0, 0.0, 0.0, source="somebody")


def test_after_a_stop_the_hand_must_let_go_first(worlds):
    world = worlds()
    world.start("p/1", "stand")
    world.finish()
    for _ in range(20):
        world.connector.teleop(0.4, 0.0, 0.0, world.now)
        world.step()
    world.controller.stop()
    world.run(0.1)
    for _ in range(40):
        assert world.connector.teleop(0.4, 0.0, 0.0, world.now) is False
        world.step()
    assert world.status.skill == "stand"
    world.connector.teleop(0.0, 0.0, 0.0, world.now)
    assert world.connector.teleop(0.4, 0.0, 0.0, world.now) is False  # no hand lets go for so short a time
    world.run(0.6)
    assert world.connector.teleop(0.4, 0.0, 0.0, world.now) is True


def test_after_a_stop_the_zeros_of_one_hand_do_not_speak_for_another():
    lease = TeleopLease(0.5)
    assert lease.command((0.4, 0.0, 0.0), 0.0, "network")
    lease.stop(0.0)
    for tick in range(1, 200):
        assert not lease.command((0.0, 0.0, 0.0), 0.05 * tick, "network")
        assert not lease.command((0.4, 0.0, 0.0), 0.05 * tick, "network")
    assert lease.command((0.4, 0.0, 0.0), 10.0, "local")  # a hand at the robot that was not on when it stopped
    lease.stop(10.1)
    assert not lease.command((0.4, 0.0, 0.0), 10.2, "local")
    assert lease.command((0.4, 0.0, 0.0), 10.9, "local")


def test_every_lease_of_teleoperation_is_a_request_of_its_own(worlds):
    world = worlds()
    world.start("p/1", "stand")
    world.finish()
    ids = set()
    for _ in range(2):
        for _ in range(10):
            world.connector.teleop(0.4, 0.0, 0.0, world.now)
            world.step()
            ids.add(world.cycle.setpoint.request_id)
        world.run(1.0)
    assert len({one for one in ids if one.startswith("teleop-")}) == 2


def test_the_dead_man_switch_wins_over_the_network():
    lease = TeleopLease(0.5)
    assert lease.command((0.1, 0.0, 0.0), 0.0, "network")
    assert lease.command((0.2, 0.0, 0.0), 0.1, "local")
    assert not lease.command((0.3, 0.0, 0.0), 0.2, "network")
    assert lease.goals()["vx"] == 0.2
    assert lease.command((0.3, 0.0, 0.0), 0.7, "network")


def test_the_robots_own_remote_wins_over_every_other_hand_and_loses_to_a_stop():
    lease = TeleopLease(0.5)
    assert lease.command((0.1, 0.0, 0.0), 0.0, "local")
    assert lease.command((0.2, 0.0, 0.0), 0.1, "remote")
    assert not lease.command((0.3, 0.0, 0.0), 0.2, "local")
    assert not lease.command((0.3, 0.0, 0.0), 0.2, "network")
    assert lease.goals()["vx"] == 0.2
    lease.stop(0.2)
    assert not lease.fresh(0.2) and not lease.command((0.2, 0.0, 0.0), 0.3, "remote")


def test_each_holder_takes_the_walking_robot_from_the_one_below_and_gives_it_back(worlds):
    world = walking(worlds)
    for source, speed in (("cmd_vel", 0.1), ("network", 0.2), ("local", 0.3), ("remote", 0.4)):
        for _ in range(12):
            assert world.connector.teleop(speed, 0.0, 0.0, world.now, source)
            world.step()
        assert world.cycle.setpoint.goals["vx"] == speed
    for weaker in ("cmd_vel", "network", "local"):
        assert not world.connector.teleop(0.1, 0.0, 0.0, world.now, weaker)
    world.run(0.7)  # the remote's sticks rest
    for _ in range(12):
        assert world.connector.teleop(0.3, 0.0, 0.0, world.now, "local")
        world.step()
    assert world.status.skill == "walk" and world.cycle.setpoint.goals["vx"] == 0.3
    world.run(0.7)
    world.start("p/2", "sit")
    assert world.finish().outcome == "succeeded", "the plan has it again"


def test_zeros_do_not_prolong_the_lease():
    lease = TeleopLease(0.5)
    lease.command((0.1, 0.0, 0.0), 0.0, "network")
    assert lease.command((0.0, 0.0, 0.0), 0.4, "network")
    assert lease.goals()["vx"] == 0.0
    assert not lease.fresh(0.6)


def test_plans_are_named_by_what_stands_before_the_last_slash():
    assert plan_of("a/b/3") == "a/b"
    assert plan_of("alone") == "alone"


def test_the_ledger_does_not_take_a_restarted_counter_for_a_stop():
    ledger = StopLedger()
    assert [ledger.observe(n) for n in (3, 3, 4, 0, 1)] == [False, False, True, False, True]


def test_time_that_begins_anew_voids_step_and_hand(worlds):
    world = walking(worlds)
    world.controller.time = 0.0
    world.status = world.controller.status()
    outcome = world.finish(1.0)
    assert (outcome.outcome, outcome.reason) == ("interrupted", "time began anew")
    assert outcome.seconds >= 0.0
    world.run(2.0)
    world.connector.teleop(0.3, 0.0, 0.0, world.now)
    world.step()
    world.controller.time = 0.0
    world.status = world.controller.status()
    world.run(0.2)
    assert world.cycle.setpoint.source == "connector", "a hand of the old time does not drive in the new one"


@pytest.fixture
def refusals(worlds):
    """What a new watch says at each of some times, s, at which it sees the controller in a mode."""

    def refusals(mode: ControlMode, times: np.ndarray) -> list[tuple[str, str] | None]:
        watch, seen = ControllerWatch("p/1", SETTINGS, holds=False), replace(worlds([]).status, reason="no setpoint")
        return [watch.refusal(replace(seen, task_time=float(now), mode=mode)) for now in times]

    return refusals


@pytest.mark.parametrize(("mode", "patience"), [
    (ControlMode.STANCE, SETTINGS.grace), (ControlMode.STARTING, SETTINGS.loading),
])  # fmt: skip
def test_a_controller_that_is_looked_at_may_need_so_long_and_no_longer(refusals, mode, patience):
    *within, after = refusals(mode, np.arange(0.0, patience + 0.15, 0.1))
    assert not any(within)
    assert after == ("no setpoint", ACTIVE)


def test_time_in_which_setpoints_ran_out_unseen_does_not_count(refusals):
    times = np.arange(0.0, 5.0, SETTINGS.validity + 0.1)
    assert not any(refusals(ControlMode.STANCE, times))
    assert any(refusals(ControlMode.STANCE, np.append(times, times[-1] + np.arange(0.05, 1.2, 0.05))))
