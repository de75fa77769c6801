"""Who runs a deployment is noted, locked, and never mistaken for somebody else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.runtime.bringup.run_file import BRING_UP, AlreadyRunning, RunFile
from skill_stack.runtime.bringup.shutdown import end_processes


def sleeper() -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])


def test_what_was_noted_can_be_read_by_others(tmp_path: Path) -> None:
    mine, theirs = RunFile(tmp_path / "block"), RunFile(tmp_path / "block")
    assert not theirs.held_by_other
    assert theirs.noted() == {} and theirs.about == {}
    assert mine.hold() == []
    child = sleeper()
    identity = ProcessIdentity.from_pid(child.pid)
    assert identity
    mine.write({"planner": identity}, {"robot": "go2"})
    assert theirs.held_by_other
    assert theirs.noted() == {BRING_UP: ProcessIdentity.own(), "planner": identity}
    assert theirs.about == {"robot": "go2"}
    with pytest.raises(AlreadyRunning):
        theirs.hold()
    mine.release()
    assert not mine.path.exists()
    assert not theirs.held_by_other
    child.kill()
    child.wait()


def test_leftovers_are_living_processes_alone(tmp_path: Path) -> None:
    file = RunFile(tmp_path / "block")
    file.hold()
    child = sleeper()
    identity = ProcessIdentity.from_pid(child.pid)
    assert identity
    reused = ProcessIdentity(identity.pid, identity.start + 1)
    file.write({"a": identity, "b": reused, "c": ProcessIdentity(2**22 - 1, 5)}, {})
    assert file.leftover_processes() == [identity]
    end_processes([reused])  # its number belongs to another process by now
    assert identity.alive
    end_processes([identity])
    assert not identity.alive
    assert child.wait() == -15
    file.release()


@pytest.mark.parametrize("text", ["", "no json", "[1, 2]", "{}"])
def test_a_file_that_says_nothing_is_no_obstacle(tmp_path: Path, text: str) -> None:
    file = RunFile(tmp_path / "block")
    file.path.write_text(text)
    assert file.noted() == {}
    assert file.hold() == []
    file.release()
    assert os.listdir(tmp_path) == []
