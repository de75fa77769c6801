"""The prompt as a person meets it, on a terminal."""

import io
import os
import queue

import pytest

from skill_stack.core.processes.operator_callbacks import OperatorCallbacks
from skill_stack.teleop.prompt_session import PromptSession

PROGRAM = """
import os, queue, threading, time
from pathlib import Path
from skill_stack.core.processes.operator_callbacks import OperatorCallbacks
from skill_stack.teleop.prompt_session import PromptSession

events = queue.Queue()
def say(text):
    print(f"<{text}>", flush=True)
def instruct(words):
    say("do " + words)
    time.sleep(float(os.environ.get("TAKES", "0")))
callbacks = OperatorCallbacks(instruct, lambda: say("stop"), lambda: say("estop"),
                            lambda: say("reset"))
def heartbeat():
    events.put(Path("event").read_text() or None)  # a pipe: waits for who writes
threading.Thread(target=heartbeat, daemon=True).start()
PromptSession(callbacks, ["red ball", "walk to {target}"], events, Path(os.environ["FOLDER"]),
              colour="NO_COLOR" not in os.environ).run()
print("<left>", flush=True)
"""
ESC, CTRL_C, CTRL_D, UP = "\x1b", "\x03", "\x04", "\x1b[A"


@pytest.fixture
def prompt(terminal, tmp_path):
    os.mkfifo(tmp_path / "event")

    def start(folder=tmp_path / "overlay", **environment):
        running = terminal(PROGRAM, FOLDER=str(folder), **environment)
        running.expect("robot>")
        return running

    return start


def test_a_line_reaches_the_robot_and_ctrl_d_leaves(prompt):
    running = prompt()
    running.type("walk to  the red ball\r")
    running.expect("<do walk to the red ball>")
    running.type(CTRL_D)
    running.expect("<left>")
    assert running.end() == 0


def test_keys_count_while_a_line_is_handed_on(prompt):
    running = prompt(TAKES="0.5")
    for keys, answer in ((CTRL_C, "<stop>"), (CTRL_D, "<left>")):
        running.type("walk\r")
        running.expect("<do walk>", times=1 if keys == CTRL_C else 2)
        running.type(keys)
        running.expect(answer)
    assert running.end() == 0


def test_ctrl_c_stops_the_robot_and_not_the_prompt(prompt):
    running = prompt()
    running.type("sit do" + CTRL_C)
    running.expect("<stop>")
    running.type("wn\r")
    running.expect("<do sit down>")


def test_two_escapes_are_an_emergency_stop_and_one_is_not(prompt):
    running = prompt()
    running.type(ESC)
    running.read(1.5)
    assert "<estop>" not in running.screen
    running.type("x" + ESC + ESC)
    running.expect("<estop>")
    running.type("reset\r")  # the half sentence is gone
    running.expect("<reset>")


@pytest.mark.parametrize(
    ("typed", "asked"),
    [("E-STOP", "<estop>"), ("halt, bitte!", "<stop>"), ("停", "<stop>")],
)
def test_stops_can_be_typed_and_need_no_planner(prompt, typed, asked):
    running = prompt()
    running.type(typed + "\r")
    running.expect(asked)
    assert "<do" not in running.screen


def test_tab_completes_the_end_of_a_sentence(prompt):
    running = prompt()
    running.type("walk to the re\t")
    running.expect("red ball")
    running.type("\r")
    running.expect("<do walk to the red ball>")


def test_what_happens_is_printed_above_the_line_that_is_being_typed(prompt, tmp_path):
    running = prompt()
    running.type("half a sent")
    running.expect("half a sent")
    (tmp_path / "event").write_text("step 1 succeeded")
    running.expect("step 1 succeeded")
    running.type("ence\r")
    running.expect("<do half a sentence>")


def test_the_end_of_the_stack_ends_the_prompt(prompt, tmp_path):
    running = prompt()
    (tmp_path / "event").write_text("")
    running.expect("<left>")
    assert running.end() == 0


def test_what_was_typed_comes_back_in_the_next_session(prompt):
    first = prompt()
    first.type("turn left\r" + CTRL_D)
    first.expect("<left>")
    second = prompt()
    second.type(UP + "\r")
    second.expect("<do turn left>")


def test_a_place_that_cannot_be_written_costs_the_history_alone(prompt, tmp_path):
    (tmp_path / "file").write_text("")
    running = prompt(tmp_path / "file" / "overlay")
    running.expect("will be forgotten")
    running.type("turn left\r")
    running.expect("<do turn left>")
    running.type(UP + "\r")
    running.expect("<do turn left>", times=2)


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_it_works_without_colours(prompt, environment):
    running = prompt(**environment)
    running.type("sit down\r")
    running.expect("<do sit down>")
    assert "\x1b[36" not in running.screen and "\x1b[96" not in running.screen


def test_without_a_terminal_it_reads_lines(tmp_path, capsys):
    asked = []
    callbacks = OperatorCallbacks(
        asked.append, lambda: asked.append("<stop>"), lambda: asked.append("<estop>"), lambda: asked.append("<reset>")
    )
    lines = io.StringIO("walk\n\n  stop \nArrêt d'urgence !\nstop at the box\nstop waving\nquit\nnever\n")
    PromptSession(callbacks, [], queue.Queue(), tmp_path, lines=lines).run()
    assert asked == ["walk", "<stop>", "<estop>", "stop at the box", "stop waving"]
    assert not list(tmp_path.iterdir())


TALKING = PROGRAM.replace(
    'colour="NO_COLOR" not in os.environ).run()',
    "talk=lambda: talk()); presses = iter(('show', 'offer'))\n"
    "def talk():\n"
    "    acts = {'show': lambda: session.show('… walk'), 'offer': lambda: session.offer('walk to the red bull')}\n"
    "    acts[next(presses)]()\n"
    "session.run()",
).replace("PromptSession(callbacks", "session = PromptSession(callbacks")


def test_the_key_to_talk_and_what_was_heard_is_corrected_before_it_goes(terminal, tmp_path):
    os.mkfifo(tmp_path / "event")
    running = terminal(TALKING, FOLDER=str(tmp_path / "overlay"))
    running.expect("\x1b[6n")  # where the cursor is: as long as the terminal does not say it, nothing is shown below
    running.type("\x1b[4;1R")
    running.type(" ")
    running.expect("… walk")
    running.type("\x14")  # Ctrl-T
    running.expect("walk to the red bull")
    assert "<do" not in running.screen
    running.type("\x7f\x7f\x7fall\r")
    running.expect("<do walk to the red ball>")
    running.type("sit down\r")  # a space within words is one
    running.expect("<do sit down>")
    running.type(CTRL_D)
    running.expect("<left>")
    assert running.end() == 0
