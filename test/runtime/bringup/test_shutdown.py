"""The end of a stack: who drives is asked first, the supervisor goes when that has damped, the device goes last."""

import json
import os
import signal
import subprocess
import sys
import textwrap

import pytest

from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.shared_memory.shared_block import BlockLayout, RecordFormat, SharedBlock
from skill_stack.runtime.bringup.shutdown import end_processes, end_stack, guard_command

PLAYS = """
    import signal, sys, time
    from pathlib import Path
    from skill_stack.core.processes.process_identity import ProcessIdentity
    from skill_stack.core.shared_memory.block_file import WordBlock

    block, role, notes = sys.argv[1:4]
    words = WordBlock(Path(block)).words

    def note(what):
        with open(notes, "a") as file:
            file.write(f"{role} {what}\\n")

    def end(*_):
        note("ends, driven" if words.lease.owner == "control" else "ends, held")
        if role == "control":
            words.set("control.active", 0)
            words.take_lease("nobody")
        raise SystemExit

    if sys.argv[4:] == ["--last"]:
        note("damps")
        words.set("control.active", 0)
        words.take_lease("supervisor")
        raise SystemExit
    signal.signal(signal.SIGTERM, end)
    if role != "device":
        words.register(role, ProcessIdentity.own())
    if role == "control":
        words.take_lease("control")
        words.set("control.active", 1)
    print("ready", flush=True)
    while True:
        if role == "supervisor" and words.get("control.active"):
            from skill_stack.core.processes.process_identity import is_stopped
            control = words.registered("control")
            if is_stopped(control.pid):
                note("takes over")
                import os
                os.kill(control.pid, signal.SIGKILL)
                words.set("control.active", 0)
                words.take_lease("supervisor")
        time.sleep(0.01)
"""


@pytest.fixture
def play(tmp_path):
    """Stand-ins for the processes of a stack, and what they noted."""
    script, block, notes = tmp_path / "plays.py", tmp_path / "block", tmp_path / "notes"
    script.write_text(textwrap.dedent(PLAYS))
    notes.touch()
    SharedBlock.create(block, BlockLayout("test", (RecordFormat("r", "q", 0),))).close()
    command = [sys.executable, str(script), str(block)]
    started = {}

    def start(*roles):
        for role in roles:
            process = subprocess.Popen([*command, role, str(notes)], stdout=subprocess.PIPE)
            assert process.stdout.readline() == b"ready\n"
            started[role] = process
        return started

    def end(guard=True):
        living = [ProcessIdentity.from_pid(process.pid) for process in started.values()]
        helper = guard_command([*command, "guard", str(notes)]) if guard else ""
        end_stack(block, [one for one in living if one], helper, os.environ)
        assert all(process.poll() is not None for process in started.values())
        return notes.read_text().splitlines()

    yield start, end
    end_processes(one for process in started.values() if (one := ProcessIdentity.from_pid(process.pid)))
    for process in started.values():
        process.wait()
        process.stdout.close()


def test_the_supervisor_goes_after_the_control_process_and_the_device_last(play):
    start, end = play
    start("device", "supervisor", "control")
    assert end() == ["control ends, driven", "supervisor ends, held", "device ends, held"]


def test_a_frozen_control_process_is_taken_over_before_the_supervisor_goes(play):
    start, end = play
    start("device", "supervisor", "control")["control"].send_signal(signal.SIGSTOP)
    assert end() == ["supervisor takes over", "supervisor ends, held", "device ends, held"]


def test_a_frozen_supervisor_is_woken_for_it(play):
    start, end = play
    started = start("device", "supervisor", "control")
    started["supervisor"].send_signal(signal.SIGSTOP)
    started["control"].send_signal(signal.SIGSTOP)
    assert end() == ["supervisor takes over", "supervisor ends, held", "device ends, held"]


def test_where_there_is_no_supervisor_a_fresh_one_damps_before_the_device_goes(play):
    start, end = play
    start("device", "control")["control"].kill()
    assert end() == ["guard damps", "device ends, held"]


def test_where_nobody_drives_none_is_started(play):
    start, end = play
    start("device")
    assert end() == ["device ends, held"]


def test_without_a_way_to_start_one_everything_ends_all_the_same(play):
    start, end = play
    start("device", "control")["control"].kill()
    assert end(guard=False) == ["device ends, driven"]


def test_a_guard_is_a_command_line_in_json():
    assert json.loads(guard_command(["python", "-m", "x"])) == ["python", "-m", "x", "--last"]
