"""What the page says."""

import numpy as np

from skill_stack.core.setpoint import ControlMode, SkillStatus
from skill_stack.monitor import page_text
from skill_stack.monitor.plan_view import PlanView, StepView
from skill_stack.monitor.status_board import PageEvent, StatusBoard, StatusSnapshot


def snapshot(age=0.0, **changes):
    values = {
        "task_time": 0.0, "part": "body", "skill": "walk", "phase": "trot", "mode": ControlMode.ACTIVE,
        "reason": "", "progress": 0.5,
        "request_id": "", "setpoint_sequence": 0, "sample_sequence": 0, "base_position": np.zeros(3),
        "orientation": np.array([1.0, 0, 0, 0]), "base_velocity": np.array([0.3, 0.4, 0]), "yaw_rate": 0.0, "tilt": 0.0,
    }  # fmt: skip
    board = StatusBoard()
    board.note_status(SkillStatus(**(values | changes)), 0.0)
    return board.snapshot(age)


def test_the_banner_tells_a_living_a_lost_and_an_unknown_robot_apart():
    assert "ACTIVE" in page_text.banner(snapshot())
    assert "CONNECTION LOST" in page_text.banner(snapshot(age=2.0))
    assert "WAITING" in page_text.banner(StatusSnapshot())


def test_the_banner_says_why_the_robot_does_not_do_what_was_asked():
    text = page_text.banner(snapshot(mode=ControlMode.ESTOP, reason="e-stop from web"))
    assert "ESTOP" in text and "e-stop from web" in text


def test_every_mode_has_a_colour():
    for mode in ControlMode:
        assert mode.value.upper() in page_text.banner(snapshot(mode=mode))


def test_words_from_outside_cannot_become_markup():
    evil = "<img src=x onerror=alert(1)>"
    plan = PlanView("p", evil, "plan", evil, (StepView(evil, {evil: evil}, "running", f'"{evil}'),))
    texts = [
        page_text.plan_text(plan),
        page_text.event_text((PageEvent(evil, "bad"),)),
        page_text.banner(snapshot(skill=evil, reason=evil)),
        page_text.robot_text(snapshot(skill=evil, phase=evil)),
    ]
    assert all("<img" not in text for text in texts)


def test_numbers_have_units_and_an_unknown_progress_is_no_number():
    text = page_text.robot_text(snapshot())
    assert "0.50 m/s" in text and "50 %" in text
    assert "nan" not in page_text.robot_text(snapshot(progress=float("nan"))).lower()


def test_the_answer_is_named_for_what_it_is():
    for status, title in (("question", "Question"), ("refusal", "Refused"), ("statement", "Answer"), ("plan", "Plan")):
        assert f"<h4>{title}</h4>" in page_text.plan_text(PlanView("p", "x", status, "y"))
