"""Who has the robot, asked of a motion switcher written by hand."""

import json
from pathlib import Path

import pytest

from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.builtin import BuiltInMotion, BuiltInSpec, MotionCommand
from skill_stack.hardware.command_inlet import longest_silence
from skill_stack.hardware.unitree.controller_restore import PATIENCE, ControllerRestore
from skill_stack.hardware.unitree.sport.motion_dialogue import MotionDialogue
from skill_stack.hardware.unitree.sport.motion_worker import PERIOD, MotionWorker
from skill_stack.hardware.unitree.sport.rpc import RpcAnswer


class Switcher:
    """A motion switcher that answers at once, or not at all."""

    def __init__(self, name=""):
        self.name, self.code, self.silent = name, 0, False
        self.calls, self.waiting = [], []

    def send(self, api, parameter=None, reply=True):
        self.calls.append((api, parameter))
        if api == 1002 and not self.code:
            self.name = parameter["name"]
        if not self.silent:
            self.waiting.append(RpcAnswer(len(self.calls), api, self.code, json.dumps({"name": self.name})))
        return len(self.calls)

    def answers(self):
        out, self.waiting = self.waiting, []
        return out


def turned(back, begin, seconds, safe=False):
    for i in range(round(seconds / 0.05)):
        back.turn(begin + 0.05 * i, safe)
    return back


def test_a_controller_that_runs_is_taken_as_it_is():
    switcher = Switcher("ai")
    back = turned(ControllerRestore(switcher, "normal", "lying"), 0.0, 3.0)
    assert (back.found, back.trouble) == ("ai", "")
    assert {api for api, _ in switcher.calls} == {1001} and len(switcher.calls) == 3


def test_none_is_switched_on_only_while_the_robot_lies():
    switcher = Switcher()
    back = turned(ControllerRestore(switcher, "normal", "lying"), 0.0, 5.0, safe=False)
    assert "lay it down" in back.trouble and not back.found
    turned(back, 5.0, 4.0, safe=True)
    assert (back.found, back.trouble) == ("normal", "")
    assert switcher.calls.count((1002, {"name": "normal"})) == 1


def test_none_is_switched_on_where_that_is_refused():
    switcher = Switcher()
    back = turned(ControllerRestore(switcher, "normal", "never"), 0.0, 3.0, safe=True)
    assert "switch it on" in back.trouble and not back.found
    assert {api for api, _ in switcher.calls} == {1001}


def test_a_controller_that_somebody_switched_off_is_not_taken_back():
    switcher = Switcher("normal")
    back = turned(ControllerRestore(switcher, "normal", "lying"), 0.0, 2.0, safe=True)
    switcher.name = ""
    turned(back, 2.0, 5.0, safe=True)
    assert back.lost and "somebody else" in back.trouble
    assert {api for api, _ in switcher.calls} == {1001}
    switcher.name = "normal"
    assert turned(back, 7.0, 3.0, safe=True).lost, "a person decides, by starting again"


def test_a_silent_or_refusing_switcher_is_trouble():
    switcher = Switcher("normal")
    switcher.silent = True
    back = turned(ControllerRestore(switcher, "normal", "lying"), 0.0, PATIENCE + 0.2)
    assert "does not answer" in back.trouble
    switcher.silent, switcher.code = False, 3203
    assert "code 3203" in turned(back, 10.0, 2.0).trouble
    switcher.code = 0
    assert turned(back, 20.0, 2.0).trouble == ""


MOTIONS = {
    "stop": BuiltInMotion(api=3), "damp": BuiltInMotion(api=1), "stand": BuiltInMotion(api=2),
    "move": BuiltInMotion(api=8, repeat=0.05, reply=False, leave="stop"),
}  # fmt: skip
GO2 = load_robot(Path(__file__).resolve().parents[3] / "urdf" / "go2")
SPEC = BuiltInSpec(service="sport", mode="normal", motions=MOTIONS)


@pytest.fixture
def worker():
    """A worker whose turns a test makes itself: its thread ends with its first one."""

    def make(switcher, sport, clock=lambda: 0.0, may=lambda: True):
        dialogue = MotionDialogue(SPEC, sport)
        made = MotionWorker(ControllerRestore(switcher, "normal", "lying"), dialogue, longest_silence(GO2), clock, may)
        made.close()
        return made

    return make


def apis(service):
    return [api for api, _ in service.calls]


def test_nothing_is_asked_of_a_controller_that_does_not_run_but_damping(worker):
    sport = Switcher()
    made = worker(Switcher(), sport)
    made.want(MotionCommand("stand"), False)
    made._turn(0.1)
    assert apis(sport) == [] and not made.runs
    made.want(MotionCommand("damp"), False)
    made._turn(0.2)
    assert apis(sport) == [1]


def test_who_lost_the_lease_calls_nothing_any_more_even_if_it_hung(worker):
    sport, ours = Switcher(), [True]
    made = worker(Switcher("normal"), sport, may=lambda: ours[0])
    made.want(MotionCommand("move", {"vx": 0.3}), False)
    made._turn(0.04)
    before, ours[0] = apis(sport), False
    for i in range(1, 40):
        made._turn(0.05 * i)
    assert 8 in before and apis(sport) == before and "another process" in made.trouble


def test_a_control_loop_that_hangs_stops_the_robot(worker):
    sport = Switcher()
    made = worker(Switcher("normal"), sport)
    made.want(MotionCommand("move", {"vx": 0.3}), False)
    for i in range(1, 9):
        made._turn(0.05 * i - 0.01)
    assert apis(sport)[-1] == 3 and 8 in apis(sport)
    before = len(sport.calls)
    made._turn(1.0)
    assert len(sport.calls) == before, "it does not go on walking"


def test_a_control_loop_that_misses_two_periods_walks_on_and_one_that_dies_stops_in_time(worker):
    sport, now, said = Switcher(), 0.0, 0.0
    made = worker(Switcher("normal"), sport, lambda: now)
    period, limit = 1 / GO2.control_rate, GO2.safety.command_age  # s
    told = {round((4 * k + beat) * period, 9) for k in range(20) for beat in (0, 1)}  # s; then it is dead
    for turn in range(round((max(told) + 0.2) / PERIOD)):
        now = round(turn * PERIOD, 9)
        if now in told:
            made.want(MotionCommand("move", {"vx": 0.3}), False)
            said = now
        made._turn(now)
        if now - said < limit - 1e-9:
            assert set(apis(sport)) == {8}, f"walking was ended at {now} s, last told at {said} s"
        elif now - said > limit + PERIOD - 1e-9:
            assert apis(sport)[-1] == 3


def test_a_thread_that_ended_is_trouble(worker):
    made = worker(Switcher("normal"), Switcher())
    made.want(MotionCommand("stand"), False)
    assert "has ended" in made.trouble
