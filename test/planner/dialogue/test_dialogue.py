"""Words while a robot works: what they do to the step that runs and to the task."""

import json

import pytest


def test_words_are_done_step_by_step_and_remembered(robot):
    job = robot.say("go to the red ball, then sit down")
    assert robot.step.skill == "go_to" and robot.result(job) is None
    assert robot.finish_all() == [("go_to", "red_ball"), ("sit", "")]
    assert robot.result(job)[0] == "succeeded"
    (memory,) = robot.memories
    assert memory.outcome == "succeeded" and [step.skill for step in memory.steps] == ["go_to", "sit"]


@pytest.mark.parametrize(
    ("task", "words", "name", "value"),
    [
        ("go to the red ball", "slower", "pace", 0.7),
        ("go to the red ball", "faster", "pace", 1.4),
        ("go to the red ball", "not so close", "gap", 0.34),
        ("go to the red ball", "no, the blue one", "target", "blue_ball"),
        ("go to the purple cylinder", "the other one", "target", "white_cylinder"),
        ("walk forward two metres", "a bit further", "forward", 2.25),
        ("walk forward two metres", "more to the left", "left", 0.3),
    ],
)
def test_a_correction_changes_the_running_request_under_its_id(robot, task, words, name, value):
    job = robot.say(task)
    began = robot.step
    words_job = robot.say(words)
    assert robot.result(words_job)[0] == "succeeded"
    assert robot.asked == [began] and robot.changes[-1].id == began.id
    now = robot.step
    shown = robot.shown[-1][0].steps[-1].arguments
    assert name == "pace" or shown[name] == now.arguments[name]
    assert (now.pace if name == "pace" else now.arguments[name]) == pytest.approx(value) or (
        now.arguments.get(name) == value
    )
    assert robot.result(job) is None
    robot.end()
    assert robot.result(job)[0] == "succeeded"
    (record,) = robot.log.records()
    assert record.taken and record.effect[name][1] == value and record.instruction == task
    assert record.situation["robot"] == [0.0, 0.0, 0.0] and record.words == words


def test_a_step_that_takes_no_change_begins_anew(robot):
    job = robot.say("go to the red ball")
    robot.refusing = "not while it runs"
    robot.say("the blue one")
    assert [one.arguments["target"] for one in robot.asked] == ["red_ball", "blue_ball"]
    assert robot.asked[0].id != robot.asked[1].id
    robot.end()
    assert robot.result(job)[0] == "succeeded"


def test_to_the_side_comes_first_then_the_way_goes_on(robot):
    job = robot.say("go to the red ball")
    robot.say("more to the right")
    assert robot.step.skill == "move" and robot.step.arguments["left"] == pytest.approx(-0.3)
    robot.end()
    assert robot.step.skill == "go_to" and robot.result(job) is None
    robot.end()
    assert robot.result(job)[0] == "succeeded"


def test_a_skipped_step_counts_as_done(robot):
    job = robot.say("go to the red ball, then sit down")
    robot.say("skip this")
    assert robot.cancelled == [robot.asked[0].id]
    robot.end("interrupted", reason="cancelled")
    assert robot.step.skill == "sit"
    robot.end()
    assert robot.result(job)[0] == "succeeded"


def test_again_does_the_running_step_once_more(robot):
    job = robot.say("go to the red ball, then sit down")
    robot.say("again")
    assert robot.finish_all() == [("go_to", "red_ball"), ("go_to", "red_ball"), ("sit", "")]
    assert robot.result(job)[0] == "succeeded"


def test_a_held_robot_waits_until_it_may_go_on(robot):
    job = robot.say("go to the red ball, then sit down")
    assert robot.result(robot.say("wait"))[0] == "succeeded"
    assert robot.step.pace == 0.0
    assert robot.result(robot.say("slower"))[0] == "succeeded"
    robot.say("go on")
    assert robot.step.pace == pytest.approx(0.7)
    robot.end()
    robot.say("hold on")  # a posture is finished, what follows waits
    robot.end()
    assert robot.result(job)[0] == "succeeded"


def test_what_follows_a_step_that_cannot_be_held_waits(robot):
    job = robot.say("sit down, then stand up")
    robot.refusing = "it can only be ended"
    robot.say("wait")
    robot.end()
    assert robot.running == {} and robot.result(job) is None
    robot.refusing = ""
    robot.say("continue")
    assert robot.step.skill == "rise"


def test_an_ambiguous_correction_is_asked_about_while_the_robot_waits(robot):
    job = robot.say("go to the red ball")
    outcome, reason = robot.result(robot.say("the other one"))
    assert outcome == "question" and "blue ball" in reason and "green ball" in reason
    assert robot.step.pace == 0.0
    robot.say("the green one")
    assert robot.step.arguments["target"] == "green_ball" and robot.step.pace == 1.0
    robot.end()
    assert robot.result(job)[0] == "succeeded"


def test_what_cannot_be_corrected_is_said_and_nothing_changes(robot):
    robot.say("sit down")
    assert robot.result(robot.say("slower")) == ("refusal", "sit has one speed only")
    assert robot.changes == []
    (record,) = robot.log.records()
    assert not record.taken


def test_three_times_slower_makes_the_next_task_slower_and_says_so(robot):
    for _ in range(3):
        robot.say("go to the red ball")
        assert robot.step.pace == 1.0
        robot.say("slower")
        robot.end()
    robot.say("go to the blue ball")
    assert robot.step.pace == 0.7
    assert "slower than usual" in robot.heard("plan")[-1]
    robot.log.delete([one.id for one in robot.log.records()])
    robot.end()
    robot.say("go to the red ball")
    assert robot.step.pace == 1.0


def test_a_plain_new_instruction_replaces_and_says_so(robot):
    old = robot.say("go to the red ball, then sit down")
    new = robot.say("go to the blue ball")
    assert robot.result(old) == ("interrupted", 'replaced by "go to the blue ball"')
    assert 'in place of "go to the red ball' in robot.heard("plan")[-1]
    robot.end()
    assert robot.result(new)[0] == "succeeded"


@pytest.mark.parametrize("words", ["fly to the moon", "hello", "go to the ball"])
def test_words_that_make_no_plan_leave_the_task_alone(robot, words):
    job = robot.say("go to the red ball")
    assert robot.result(robot.say(words))[0] in ("refusal", "statement", "question")
    robot.end()
    assert robot.result(job)[0] == "succeeded"


@pytest.mark.parametrize("words", ["also sit down", "sit down afterwards", "and then sit", "when you are done, sit"])
def test_what_is_to_be_done_afterwards_is(robot, words):
    first = robot.say("go to the red ball")
    second = robot.say(words)
    assert robot.result(second) is None and robot.step.skill == "go_to"
    robot.end()
    assert robot.result(first)[0] == "succeeded" and robot.step.skill == "sit"
    robot.end()
    assert robot.result(second)[0] == "succeeded"


def test_first_something_else_then_the_rest_from_the_present_state(robot):
    old = robot.say("go to the red ball, then go to the yellow box, then sit down")
    robot.end()
    new = robot.say("first go to the blue ball")
    assert robot.step.arguments["target"] == "blue_ball" and robot.result(old) is None
    robot.end()
    assert robot.result(new)[0] == "succeeded" and robot.result(old) is None
    assert robot.finish_all() == [("go_to", "yellow_box"), ("sit", "")]
    assert robot.result(old)[0] == "succeeded"


def test_going_on_restores_what_the_next_step_counts_on(robot):
    old = robot.say("go to the red ball, then sit down")
    robot.end()
    robot.say("quickly go to the blue ball, then go on")
    robot.end()
    assert robot.finish_all() == [("go_to", "red_ball"), ("sit", "")]
    assert robot.result(old)[0] == "succeeded"
    assert any("going on" in text for text in robot.heard("replan"))


def test_of_a_way_only_what_is_left_is_walked_afterwards(robot):
    robot.say("walk forward two metres")
    robot.place(1.5, 0.0, 0.0)
    robot.say("first turn around")
    robot.end()
    assert robot.step.skill == "move" and robot.step.arguments["forward"] == pytest.approx(0.5)


def test_a_corrected_target_stays_corrected_after_an_interruption(robot):
    robot.say("go to the red ball")
    robot.say("the blue one")
    robot.say("first sit down")
    robot.end()
    assert robot.finish_all()[-1] == ("go_to", "blue_ball")


def test_rounds_that_were_done_are_not_done_again(robot):
    robot.say("sit down and stand up three times")
    for _ in range(3):
        robot.end()
    robot.say("first go to the red ball")
    done = [skill for skill, _ in robot.finish_all()]
    assert done.count("sit") == 1 or done.count("sit") == 2
    assert done[0] in ("rise", "go_to") and done[-1] == "rise"


def test_words_that_contradict_themselves_are_asked_about(robot):
    old = robot.say("go to the red ball")
    new = robot.say("first sit down instead")
    assert "instead" in robot.heard("question")[-1] and robot.result(new) is None
    robot.say("afterwards")
    robot.end()
    assert robot.result(old)[0] == "succeeded" and robot.step.skill == "sit"
    robot.end()
    assert robot.result(new)[0] == "succeeded"


def test_a_question_that_nobody_answers_lapses(robot):
    robot.say("go to the red ball")
    new = robot.say("first sit down instead")
    robot.look(200.0)
    assert robot.result(new)[0] == "question" and "nobody answered" in robot.result(new)[1]


def test_forget_that_gives_up_and_go_on_takes_it_up_again(robot):
    job = robot.say("go to the red ball, then sit down")
    robot.end()
    robot.say("forget that")
    assert robot.result(job)[0] == "interrupted" and robot.cancelled
    robot.running.clear()
    later = robot.say("continue")
    assert robot.finish_all() == [("sit", "")]
    assert robot.result(later)[0] == "succeeded"


def test_a_stop_ends_everything_and_is_a_stop(robot):
    jobs = [robot.say("go to the red ball"), robot.say("also sit down"), robot.say("first go to the blue ball")]
    robot.say("stop that")
    assert robot.stops == 1
    assert [robot.result(job) for job in jobs] == [("interrupted", "stopped")] * 3
    robot.running.clear()
    robot.say("go on")
    assert robot.step.arguments["target"] == "blue_ball"


@pytest.mark.parametrize(
    ("words", "counted"), [("Stopp, bitte!", (1, 0)), ("arrête d'avancer", (1, 0)), ("hey, emergency stop!", (0, 1))]
)
def test_a_stop_of_any_language_and_kind_ends_what_runs(robot, words, counted):
    job = robot.say("go to the red ball")
    robot.say(words)
    assert (robot.stops, robot.estops) == counted and robot.result(job) == ("interrupted", "stopped")


def test_a_stop_outruns_a_plan_that_is_being_made(robot):
    robot.later = []
    job = robot.say("go to the red ball")
    robot.say("stop")
    assert robot.result(job) == ("interrupted", "stopped")
    for then in robot.later:
        then()
    assert robot.asked == []


def test_a_correction_of_what_is_still_being_planned_counts_as_soon_as_it_runs(robot):
    robot.later = []
    job = robot.say("go to the red ball")
    slower, other = robot.say("slower"), robot.say("no, the blue one")
    assert robot.result(slower) is None and not robot.asked
    robot.later.pop()()
    assert robot.step.pace == 0.7 and robot.step.arguments["target"] == "blue_ball"
    assert robot.result(slower)[0] == robot.result(other)[0] == "succeeded"
    robot.later = None
    robot.end()
    assert robot.result(job)[0] == "succeeded"


def test_a_correction_of_what_gets_no_plan_is_told_so(robot):
    robot.later = []
    robot.say("escort the apple")
    slower = robot.say("slower")
    robot.later.pop()()
    assert robot.result(slower) == ("refusal", "nothing came of what that was to correct")


def test_what_is_still_being_planned_can_be_given_up_and_stopped(robot):
    robot.later = []
    job, given_up = robot.say("go to the red ball"), robot.say("forget that")
    assert robot.result(job)[0] == "interrupted" and robot.result(given_up)[0] == "succeeded"
    robot.say("go to the red ball")
    slower = robot.say("slower")
    robot.say("stop")
    assert robot.result(slower) == ("interrupted", "stopped") and robot.stops == 1
    for late in robot.later:
        late()
    assert not robot.asked


def test_newer_words_overtake_older_ones_that_are_still_being_planned(robot):
    robot.later = []
    slow = robot.say("go to the red ball")
    fast = robot.say("sit down")
    robot.later.pop()()
    assert robot.step.skill == "sit"
    assert robot.result(slow) == ("interrupted", 'replaced by "sit down"')
    robot.later.pop()()
    robot.end()
    assert robot.result(fast)[0] == "succeeded" and len(robot.asked) == 1


def test_a_cancelled_client_ends_its_task_alone(robot):
    gone = []
    first = robot.say("go to the red ball", cancelled=lambda: bool(gone))
    second = robot.say("also sit down")
    gone.append(1)
    robot.look()
    assert robot.result(first) == ("interrupted", "cancelled")
    robot.running.pop(next(iter(robot.running)), None)
    assert robot.asked[-1].skill == "sit" and robot.result(second) is None


@pytest.mark.parametrize(
    ("task", "words", "expected"),
    [
        ("go to the red ball", "again", ("go_to", {"target": "red_ball"})),
        ("go to the red ball", "not so close", ("go_to", {"target": "red_ball", "gap": 0.34})),
        ("go to the red ball", "no, the blue one", ("go_to", {"target": "blue_ball"})),
        ("walk forward two metres", "a bit further", ("move", {"forward": 0.25})),
        ("walk back one metre", "30 cm further", ("move", {"forward": -0.3})),
        ("turn left", "a bit more to the right", ("turn", {"angle": -0.175})),
    ],
)
def test_what_was_just_done_can_be_corrected(robot, task, words, expected):
    robot.say(task)
    robot.end()
    job = robot.say(words)
    assert robot.step.skill == expected[0]
    for name, value in expected[1].items():
        found = robot.step.arguments[name]
        assert found == (pytest.approx(value, abs=1e-3) if isinstance(value, float) else value)
    robot.end()
    assert robot.result(job)[0] == "succeeded"


def test_words_about_nothing_that_was_done_go_to_the_planner(robot):
    for words in ("again", "go on", "a bit further", "the blue one", "yes"):
        assert robot.result(robot.say(words))[0] in ("refusal", "question", "statement")
    assert robot.asked == [] and robot.log.records() == ()


def test_every_decision_is_a_line_of_the_log(robot):
    robot.say("go to the red ball")
    robot.say("slower")
    robot.say("also sit down")
    robot.say("stop")
    lines = [json.loads(line) for line in robot.decisions]
    assert [line["decision"] for line in lines] == ["correction", "append", "stop"]
    assert all(line["instruction"] and "time" in line for line in lines)


UNREAD = "say hello"


@pytest.mark.parametrize("trusted", [True, False])
def test_what_was_not_read_word_by_word_runs_after_a_yes_of_anybody(robot, trusted):
    job = robot.say(UNREAD)
    assert robot.asked == [] and "Shall I wave" in robot.heard("question")[-1]
    assert robot.result(robot.say("yes", trusted=trusted))[0] == "succeeded"
    assert robot.finish_all() == [("wave", "")] and robot.result(job)[0] == "succeeded"


def test_what_was_not_meant_does_not_run(robot):
    job = robot.say(UNREAD)
    robot.say("no")
    assert robot.result(job)[0] == "refusal" and robot.asked == []


def test_a_guess_that_nobody_answers_ends_as_the_question(robot):
    job = robot.say(UNREAD)
    robot.look(31.0)
    outcome, reason = robot.result(job)
    assert outcome == "question" and "Shall I wave" in reason and robot.asked == []


def test_a_guess_for_later_is_asked_about_once(robot):
    robot.say("go to the red ball")
    robot.say(f"then {UNREAD}")
    assert "Shall I" in robot.heard("question")[-1]
    robot.say("yes")
    assert robot.finish_all() == [("go_to", "red_ball"), ("wave", "")]


def test_a_deployment_may_run_guesses_unasked(make_robot):
    robot = make_robot(ask_inferred=False)
    robot.say(UNREAD)
    assert robot.finish_all() == [("wave", "")]
