"""The board: newest values, ages, and what becomes an event."""


import numpy as np
import pytest

from skill_stack.core.setpoint import ControlMode, SkillStatus, StepOutcome
from skill_stack.core.world.scene import Pose2
from skill_stack.monitor.plan_view import PlanView
from skill_stack.monitor.status_board import STALE_AFTER, StatusBoard


def status(**changes):
    values = {
        "task_time": 0.0, "part": "body", "skill": "walk", "phase": "trot", "mode": ControlMode.ACTIVE,
        "reason": "", "progress": 0.0,
        "request_id": "", "setpoint_sequence": 0, "sample_sequence": 0, "base_position": np.array([1.0, 0.0, 0.3]),
        "orientation": np.array([1.0, 0, 0, 0]), "base_velocity": np.zeros(3), "yaw_rate": 0.0, "tilt": 0.0,
    }  # fmt: skip
    return SkillStatus(**(values | changes))


def test_an_empty_board_is_not_connected_and_has_no_pose():
    snapshot = StatusBoard().snapshot(5.0)
    assert not snapshot.connected and snapshot.base is None and snapshot.status is None


def test_the_connection_counts_as_lost_when_no_status_came_for_a_second():
    board = StatusBoard()
    board.note_status(status(), 10.0)
    assert board.snapshot(10.0 + STALE_AFTER).connected
    assert not board.snapshot(10.01 + STALE_AFTER).connected
    board.note_status(status(), 12.0)
    assert board.snapshot(12.0).connected


def test_the_base_is_odometry_seen_from_the_map():
    board = StatusBoard()
    board.note_odom(Pose2(2.0, 3.0, np.pi / 2))
    board.note_status(status(), 0.0)
    base = board.snapshot(0.0).base
    assert base.translation == pytest.approx((2.0, 4.0, 0.3))
    assert base.rotation == pytest.approx((np.sqrt(0.5), 0, 0, np.sqrt(0.5)))


def test_a_stop_a_failure_and_a_refusal_are_events():
    board = StatusBoard()
    board.note_status(status(stop_count=3), 0.0)
    assert board.snapshot(0.0).events == ()
    board.note_status(status(stop_count=4, mode=ControlMode.STANCE, reason="stop"), 0.1)
    board.note_outcome(StepOutcome("p/1", "go_to", "failed", "the way is blocked", seconds=3.0))
    board.note_plan(PlanView("p2", "fly", "refusal", "there is no skill for flying"))
    texts = [event.text for event in board.snapshot(0.2).events]
    assert any("stopped" in text for text in texts)
    assert "go to failed after 3.0 s: the way is blocked" in texts
    assert texts[-1] == "there is no skill for flying"


def test_the_stance_after_a_step_is_no_event_and_no_note_is_repeated():
    board = StatusBoard()
    walks, rests = {"request_id": "p/1"}, {"mode": ControlMode.STANCE, "reason": "no setpoint"}
    board.note_status(status(**walks), 0.0)
    board.note_outcome(StepOutcome("p/1", "walk", "succeeded"))
    board.note_status(status(**rests), 0.1)
    assert [event.kind for event in board.snapshot(0.1).events] == ["good"]
    for _ in range(2):  # nothing told that this one ended: whoever sends setpoints is silent
        board.note_status(status(request_id="p/2"), 0.2)
        board.note_status(status(**rests), 0.3)
    assert [event.text for event in board.snapshot(0.3).events][1:] == ["stance: no setpoint"]


def test_only_the_last_events_are_kept():
    board = StatusBoard()
    for number in range(250):
        board.note_outcome(StepOutcome("p/1", f"skill_{number}", "succeeded"))
    events = board.snapshot(0.0).events
    assert len(events) == 200 and "skill 249" in events[-1].text
