"""A whole stack is recorded: every tick, what was said and done; a killed recorder begins anew and loses a second."""

import contextlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
from rosbags.highlevel import AnyReader

from skill_stack.core.errors import DataError
from skill_stack.recording.format import KEPT, EventKind, recordings_folder
from skill_stack.recording.recording import Recording

NAMESPACE = "recorded"
DESCRIPTION, TICKS = f"/{NAMESPACE}/robot_description", f"/{NAMESPACE}/body/control_tick"


@pytest.fixture(scope="module")
def stack(start, tmp_path_factory):
    overlay = tmp_path_factory.mktemp("an overlay")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKILL_STACK_OVERLAY", str(overlay))
        patch.delenv("SKILL_STACK_RECORDING", raising=False)
        made = start(namespace=NAMESPACE)
        made.wait_up()
        yield made


def runs() -> list[Path]:
    return sorted(recordings_folder(Path(os.environ["SKILL_STACK_OVERLAY"])).glob("2*"))


def topics_of_the_second() -> set[str]:
    """Topics of the run that the new recorder has begun; the latched ones reach it, too."""
    with contextlib.suppress(IndexError, DataError), Recording(runs()[1]) as recording:
        return set(recording.topics)
    return set()


def test_a_run_is_recorded_and_a_killed_recorder_begins_anew(stack, until) -> None:
    until(lambda: stack.say("stand up").outcome == "succeeded", 60, "the robot on its feet", lambda: stack.status)
    marked = stack.command("record", "mark", "it stands")
    assert marked.returncode == 0, marked.stderr
    state = json.loads(stack.command("record", "status", "--json").stdout)
    assert state["recording"] and state["lost_ticks"] == 0
    first = Path(state["file"]).parent
    assert (first / KEPT).read_text() == "it stands\n"
    stack.kill("recorder")
    until(lambda: {DESCRIPTION, TICKS} <= topics_of_the_second(), 60, "a second run", topics_of_the_second)
    stack.command("down")
    found = []
    for folder in runs():
        with Recording(folder) as recording:
            ticks = [one.message.sequence for one in recording.messages([TICKS])]
            found.append((recording.repaired is not None, ticks, {event.kind for event in recording.events()}))
            assert recording.about.robot == "go2" and recording.attachment("scene.yaml")
            assert DESCRIPTION in recording.topics
    (cut, ticks, kinds), (_, later, _) = found
    assert cut and set(np.diff(ticks)) == {1} and set(np.diff(later)) == {1}
    assert later[0] - ticks[-1] < 50 * 60 and later[0] <= ticks[-1] + 50 * 30
    assert {
        EventKind.INSTRUCTION,
        EventKind.PLAN,
        EventKind.STEP_STARTED,
        EventKind.OUTCOME,
        EventKind.MARK,
        EventKind.VERDICT,
    } <= kinds  # by the truth of the simulator
    with AnyReader([first]) as reader:
        names = {connection.topic.removeprefix(f"/{NAMESPACE}") for connection in reader.connections}
        for connection, _, data in reader.messages():
            reader.deserialize(data, connection.msgtype)
    assert {"/joint_states", "/skill_status", "/plan", "/tf", "/simulation/truth", "/body/joint_names"} <= names
