"""Words to a moving robot and back, through all nodes, in lock-step."""

import json
import math
import threading

import pytest

WORDS = "walk to the red ball, then sit down"


@pytest.fixture(scope="module")
def stack(start):
    made = start("--speed", "max", namespace="task")
    made.wait_up()
    return made


@pytest.mark.slow
def test_the_demo_command_succeeds_and_reports(command_line) -> None:
    done = command_line("demo", "go2", WORDS, "--headless", "--speed", "max", "--json", "--namespace", "demo")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert set(result) == {"outcome", "steps", "reason", "seconds", "simulated_seconds"}
    assert result["outcome"] == "succeeded"
    assert [step["skill"] for step in result["steps"]] == ["rise", "go_to", "sit"]
    assert result["simulated_seconds"] > 3


def test_the_robot_is_really_where_the_words_said(stack, until) -> None:
    result = stack.say("walk to the red ball")
    assert result.outcome == "succeeded", result
    x, y, _ = stack.truth.position
    assert math.hypot(x - 2.2, y - 0.8) < 1.0
    until(stack.standing, 60, "standing")
    result = stack.say("sit down")
    assert [step.skill for step in result.steps][-1] == "sit"
    assert result.outcome == "succeeded"
    assert abs(stack.status.tilt) > 0.2


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("what is nearest to the red ball?", "The "),
        ("is the thing nearest to the red ball taller than the red ball?", ("Yes", "No")),
        ("what has moved since you came in?", "Nothing that I have seen."),
        ("how far is the stapler?", "I cannot know"),
    ],
)
def test_questions_about_places_are_answered_and_move_nothing(stack, words, answer) -> None:
    result = stack.say(words)
    assert result.outcome == "statement" and result.reason.startswith(answer), result
    assert not result.steps


@pytest.mark.parametrize(
    ("words", "outcomes"),
    [
        ("", {"refusal", "question"}),
        ("   \t ", {"refusal", "question"}),
        ("walk " * 2000, {"refusal"}),
        ("走到红球", {"refusal", "question"}),
        ("иди к красному мячу", {"refusal", "question"}),
        ("\x01\x02\x03\x7f", {"refusal"}),
        ("fly to the moon", {"refusal"}),
        ("hello", {"statement"}),
    ],
)
def test_words_that_make_no_plan_get_an_answer_and_move_nothing(stack, words: str, outcomes: set[str]) -> None:
    before = stack.truth.position.copy()
    result = stack.say(words)
    assert result.outcome in outcomes
    assert result.reason and not result.steps
    assert math.dist(before[:2], stack.truth.position[:2]) < 0.05


def test_bytes_that_are_no_text_get_an_answer_from_the_command_line(stack) -> None:
    done = stack.command("say", "\udcff\udcfe", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["outcome"] == "failed"


def test_newer_words_replace_older_ones(stack, until) -> None:
    heard = {}

    def older() -> None:
        heard["older"] = stack.say("walk to the purple cylinder, then wait 5 minutes")

    thread = threading.Thread(target=older)
    thread.start()
    until(stack.asked, 60, "the older words under way")
    newer = stack.say("sit down")
    thread.join(90)
    assert newer.outcome == "succeeded"
    assert heard["older"].outcome == "interrupted"
    assert 'replaced by "sit down"' in heard["older"].reason


def test_a_motion_that_no_skill_covers_is_planned_while_it_runs_and_really_made(stack, until) -> None:
    stack.say("stand up")
    until(stack.standing, 60, "standing")
    heard = {}
    thread = threading.Thread(target=lambda: heard.update(said=stack.say("lower your body to 20 cm for 3 seconds")))
    thread.start()
    until(lambda: abs(stack.truth.position[2] - 0.2) < 0.03 or heard, 90, "a body at 20 cm", lambda: heard)
    lowered = stack.truth
    assert abs(lowered.position[2] - 0.2) < 0.05, lowered
    thread.join(90)
    assert [step.skill for step in heard["said"].steps] == ["move_as_told"], heard
    assert heard["said"].outcome == "succeeded" and not lowered.fallen
    until(stack.standing, 60, "standing when the time is over")


def test_a_refused_sentence_does_not_end_the_running_task(stack, until) -> None:
    heard = {}

    def older() -> None:
        heard["older"] = stack.say("walk to the purple cylinder, then walk to the red ball")

    thread = threading.Thread(target=older)
    thread.start()
    until(lambda: stack.asked() or heard, 60, "the older words under way")
    assert stack.say("fly to the moon").outcome == "refusal"
    thread.join(120)
    assert heard["older"].outcome == "succeeded"


def test_a_task_can_be_cancelled(stack, until) -> None:
    from skill_stack.nodes.clients.client import TaskClient

    class Impatient(TaskClient):
        def give_up(self) -> None:
            if stack.asked():
                self.cancel()

    with Impatient(stack.namespace) as client:
        client._while_waiting = client.give_up
        result = client.do("walk to the purple cylinder, then wait 5 minutes")
    assert (result.outcome, result.reason) == ("interrupted", "cancelled")
    until(lambda: stack.status.skill == "stand", 60, "the stance")


def test_plans_can_be_asked_for_without_moving(stack) -> None:
    from skill_stack.nodes.clients.client import TaskClient

    with TaskClient(stack.namespace) as client:
        plan = client.plan("walk to the blue ball")
    assert plan["status"] == "plan"
    assert plan["steps"][-1]["skill"] == "go_to"
    assert plan["steps"][-1]["arguments"]["target"] == "blue_ball"


def test_diagnostics_name_every_part_and_its_state(stack) -> None:
    from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus

    from skill_stack.nodes.clients.client import TaskClient

    heard: dict[str, DiagnosticStatus] = {}

    def take(message: DiagnosticArray) -> None:
        heard.update({status.name: status for status in message.status})

    wanted = {f"{stack.namespace}: {part}" for part in ("controller", "control", "simulator", "supervisor", "nodes")}
    measured = {f"{stack.namespace}: {thing}" for thing in ("battery", "joint FL_calf_joint")}
    with TaskClient(stack.namespace) as client:
        client.node.create_subscription(DiagnosticArray, "/diagnostics", take, 20)
        assert client.spin(lambda: wanted | measured <= set(heard), 60), sorted(heard)
        # Just after the start a process may still be loading, which shows as silence for a moment.
        working = wanted - {f"{stack.namespace}: controller"}
        client.spin(lambda: all(heard[name].level == DiagnosticStatus.OK for name in working), 60)
    assert {name: heard[name].message for name in working if heard[name].level != DiagnosticStatus.OK} == {}
    values = {pair.key: pair.value for pair in heard[f"{stack.namespace}: controller"].values}
    assert values["localization"] == "start pose"
    assert heard[f"{stack.namespace}: battery"].level == DiagnosticStatus.OK
    knee = {pair.key for pair in heard[f"{stack.namespace}: joint FL_calf_joint"].values}
    assert knee == {"position", "velocity", "torque", "temperature"}


def test_words_on_the_instruction_topic_are_done_too(stack, until) -> None:
    from skill_stack.nodes.clients.client import TaskClient
    from skill_stack_interfaces.msg import Instruction

    stack.say("stand up")
    with TaskClient(stack.namespace) as client:
        publisher = client.node.create_publisher(Instruction, "instruction", 10)
        assert client.spin(lambda: publisher.get_subscription_count() > 0, 60)
        publisher.publish(Instruction(text="sit down", source="web"))
        assert client.spin(lambda: stack.status.skill == "sit" and stack.status.progress >= 1.0, 60)
