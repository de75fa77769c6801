"""Any words in any order, with any outcomes in between: every task ends once, and a stop ends everything."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

WORDS = (
    "go to the red ball, then sit down", "walk forward two metres", "sit down and stand up three times", "slower",
    "the other one", "no, the blue one", "not so close", "a bit further", "more to the left", "wait", "go on",
    "skip this",
    "again", "also sit down", "first go to the yellow box", "quickly turn left, then go on", "stand up instead",
    "first sit down instead", "afterwards", "forget that", "yes", "no", "stop", "try again", "skip it", "hello",
    "the red ball is called Bob", "forget everything I told you", "fly to the moon", "go to the ball",
)  # fmt: skip
FAILURES = ("way is free", "stalled_for >= 4 s", "controller is active", "")
ACTIONS = st.one_of(
    st.sampled_from(WORDS).map(lambda words: ("say", words)),
    st.just(("end", "succeeded")),
    st.just(("end", "succeeded")),
    st.sampled_from(FAILURES).map(lambda name: ("fail", name)),
    st.just(("end", "interrupted")),
    st.just(("look", 0.1)),
    st.just(("look", 40.0)),
    st.just(("vanish", "blue_ball")),
    st.just(("limp", "")),
    st.just(("refuse", "")),
)


def act(robot, kind, what):
    if kind == "say":
        return robot.say(what)
    if kind == "look":
        robot.look(what)
    elif kind == "vanish":
        objects = {name: thing for name, thing in robot.base.objects.items() if name != what}
        robot.base = type(robot.base)(objects, robot.base.facts, robot.base.robot)
        robot.scene = type(robot.scene)(objects, robot.scene.facts, robot.scene.robot)
    elif kind == "limp":
        robot.body = frozenset()
    elif kind == "refuse":
        robot.refusing = "" if robot.refusing else "not while it runs"
    elif robot.running and kind == "fail":
        robot.end("failed", reason="it did not work", violated=what)
    elif robot.running:
        robot.end(what, reason="")
    return None


@pytest.fixture(scope="module")
def make(planner, library, scene):
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("stand_in", Path(__file__).parent / "conftest.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return lambda folder: module.Robot(planner, library, scene, folder)


@settings(max_examples=25)
@given(actions=st.lists(ACTIONS, min_size=12, max_size=30))
def test_every_task_ends_once_and_a_stop_ends_everything(make, actions):
    folder = Path(tempfile.mkdtemp(prefix="skill-stack-any-"))
    try:
        robot = make(folder)
        finished: list[int] = []
        record = robot.finish
        robot.finish = lambda job, outcome, reason: (finished.append(id(job)), record(job, outcome, reason))
        jobs = [job for kind, what in actions if (job := act(robot, kind, what)) is not None]
        waiting = {id(job) for job in robot.dialogue.jobs()}
        for job in jobs:
            assert (robot.result(job) is None) == (id(job) in waiting), job.instruction.text
        robot.say("stop")
        assert list(robot.dialogue.jobs()) == [] and robot.dialogue.running is None
        assert all(robot.result(job) is not None for job in jobs)
        assert len(finished) == len(set(finished))
        assert robot.warnings == []
    finally:
        shutil.rmtree(folder)
