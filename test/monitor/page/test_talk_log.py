"""The conversation: words of this page with what the planner told of them, and those of others from their plans."""

from skill_stack.monitor.page.talk_log import MOST, TalkLog
from skill_stack.monitor.plan_view import PlanView


def lines(log):
    return [(one["who"], one["kind"], one["text"]) for one in log.section()]


def test_words_and_what_became_of_them():
    log = TalkLog(wall=lambda: 5.0)
    log.said("go to the ball")
    for event, text in (
        ("alive", ""), ("question", "Which ball?"), ("plan", "1 step: go to the red ball"), ("step_started", "go_to"),
        ("note", "the red one is meant"), ("succeeded", "done"), ("succeeded", "done"),
    ):  # fmt: skip
        log.told(event, text)
    assert lines(log) == [
        ("person", "said", "go to the ball"), ("robot", "asked", "Which ball?"),
        ("robot", "understood", "1 step: go to the red ball"), ("robot", "assumed", "the red one is meant"),
        ("robot", "done", "done"),
    ]  # fmt: skip
    assert log.section()[0] == {"id": 1, "at": 5.0, "who": "person", "kind": "said", "text": "go to the ball"}


def test_words_from_elsewhere_are_seen_by_their_plan_and_own_ones_are_not_doubled():
    log = TalkLog()
    log.said("sit")
    log.planned(PlanView("p1", "sit", "plan", "1 step: sit"))
    log.planned(PlanView("p2", "fly", "refusal", "it cannot fly"))
    log.planned(PlanView("p2", "fly", "refusal", "it cannot fly"))
    log.planned(PlanView("p3"))
    assert lines(log) == [("person", "said", "sit"), ("person", "said", "fly"), ("robot", "refused", "it cannot fly")]


def test_old_lines_go():
    log = TalkLog()
    for number in range(2 * MOST):
        log.said(str(number))
    assert len(log.section()) == MOST and log.section()[-1]["text"] == str(2 * MOST - 1)
