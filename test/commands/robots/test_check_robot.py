"""``skill-stack check --robot`` on a simulated robot: unattended, by a person at a terminal, and asked wrongly."""

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from skill_stack import cli
from skill_stack.runtime.checkup.machine_steps import network

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 120.0  # s


@pytest.fixture(autouse=True)
def overlay(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path / "overlay"))
    return tmp_path / "overlay"


def test_unattended_it_walks_through_and_writes_reports(overlay, capsys):
    code = cli.main(["check", "--robot", "go2", "--yes", "--json"])
    found = json.loads(capsys.readouterr().out)
    verdicts = {result["step"]: result["verdict"] for result in found["results"]}
    assert len([step for step in verdicts if step.startswith("joint ")]) == 13  # 12 joints, and their positions
    assert {v for step, v in verdicts.items() if step.startswith(("joint ", "gains", "IMU at", "meas"))} == {"good"}
    assert {step for step, verdict in verdicts.items() if verdict == "open"} == {
        "IMU nose up", "IMU left side up", "IMU turn",
    }  # fmt: skip
    assert code == (0 if found["good"] else 1)
    report = Path(found["report"])
    assert report.parent == overlay / "reports" and "| good | joint FL_hip_joint |" in report.read_text()
    assert json.loads(report.with_suffix(".json").read_text())["robot"] == "go2"


class Person:
    """Types answers into a terminal of its own."""

    def __init__(self, *words):
        self.end, theirs = pty.openpty()
        command = [sys.executable, "-m", "skill_stack.cli", "check", *words]
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT)
        os.close(theirs)
        self.seen = ""

    def until(self, text):
        """Reads until a text has been shown."""
        end = time.monotonic() + PATIENCE
        while text not in self.seen and time.monotonic() < end:
            if select.select([self.end], [], [], 0.5)[0]:
                try:
                    self.seen += os.read(self.end, 4096).decode()
                except OSError:  # the other end is closed
                    break
        assert text in self.seen, self.seen
        self.seen = self.seen.split(text, 1)[1]

    def types(self, text):
        os.write(self.end, text.encode())

    def ends(self):
        code = self.process.wait(timeout=PATIENCE)
        os.close(self.end)
        return code


def test_a_person_who_says_no_moves_nothing(tmp_path):
    person = Person("--robot", "go2", "--report", str(tmp_path / "mine.md"))
    person.until("Go on? [y/N]")
    person.types("y\n")
    person.until("Is that so? [y/N]")
    person.types("n\n")
    person.until("report:")
    person.ends()
    text = (tmp_path / "mine.md").read_text()
    assert "| open | joint RR_calf_joint | not tried: the person said no" in text
    assert (tmp_path / "mine.json").is_file()


def test_an_empty_answer_is_a_no(tmp_path):
    person = Person("--robot", "go2", "--report", str(tmp_path / "mine.md"))
    person.until("Go on? [y/N]")
    person.types("\n")
    person.until("not started: the person said no")
    assert person.ends() == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--robot", "go2", "--yes", "--deployment", "go2_builtin"], "a person must watch"),
        (["--robot", "go2"], "answer at a terminal"),
        (["--robot", "go3", "--yes"], "no simulation of a robot 'go3'"),
        (["--robot", "g1", "--yes", "--deployment", "go2_sim"], "of robot 'go2', not 'g1'"),
        (["--yes"], "belong to --robot"),
        (["--robot", "go2", "--yes", "--deployment", "mars"], "no deployment 'mars'"),
    ],
)
def test_wrong_questions_say_what_would_have_worked(words, message, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", open(os.devnull))
    assert cli.main(["check", *words]) == 1
    assert message in capsys.readouterr().err


def test_a_report_that_cannot_be_written_is_an_error(capsys, tmp_path):
    (tmp_path / "file").touch()
    assert cli.main(["check", "--robot", "go2", "--yes", "--report", str(tmp_path / "file" / "r.md")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_the_network_to_the_robot(tmp_path):
    (tmp_path / "eth7").mkdir()
    (tmp_path / "eth7" / "flags").write_text("0x1002\n")
    assert "is down" in network("eth7", "", tmp_path).found
    (tmp_path / "eth7" / "flags").write_text("0x1003\n")
    wrong = network("eth7", "192.168.123.0/24", tmp_path)
    assert wrong.verdict == "bad" and "192.168.123.222/24 dev eth7" in wrong.advice
    assert network("eth7", "", tmp_path).verdict == "good"
    assert network("lo", "192.168.123.0/24").verdict == "good"
    missing = network("eth9", "", tmp_path)
    assert missing.verdict == "bad" and "eth7" in missing.advice
