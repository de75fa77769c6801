"""The way of a request can be followed, and what a run leaves behind can be reported."""

import json
import os
import zipfile

import numpy as np
import pytest

from skill_stack.cli import main
from skill_stack.commands.debug.trace import chosen
from skill_stack.core.errors import UnknownName
from skill_stack.core.processes.journal import Journal, journal_path, read_journal
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.black_box import (
    SECONDS,
    BlackBox,
    BlackBoxRecording,
    box_path,
    read_black_box,
    row_type,
)
from skill_stack.core.shared_memory.block_name import block_path, domain_of, part_path
from skill_stack.runtime.bringup.death_reporter import NOTES, REPORT_EVERY, DeathReporter
from skill_stack.runtime.bringup.last_run import about_run
from skill_stack.runtime.bringup.run_file import KEEP, RunFile
from skill_stack.runtime.reports.recordings import boxes_of, read_boxes
from skill_stack.runtime.reports.trace import traces


def said(block):
    """A journal of one instruction with two steps."""
    block.touch()
    planner, connector, front = (Journal(block, name) for name in ("planner", "connector", "front_end"))
    planner.note("words", "words-1", 10.000, 1010.0, text="stand up and sit", source="cli")
    planner.note("plan", "plan-a", 10.020, 1010.02, "words-1", status="plan")
    for number, begin in enumerate((10.021, 12.0)):
        name = f"plan-a/{number}"
        planner.note("request", name, begin, 1000.0 + begin, "plan-a", skill="rise" if not number else "sit")
        connector.note("accepted", name, begin + 0.002, 1000.0 + begin)
        connector.note("setpoint", name, begin + 0.012, 1000.0 + begin, sequence=5 + number)
        front.note("written", name, begin + 0.013, 1000.0 + begin, sequence=5 + number)
        connector.note("ended", name, begin + 1.5, 1000.0 + begin, outcome="succeeded")
        planner.note("outcome", name, begin + 1.501, 1000.0 + begin, outcome="succeeded")
    return read_journal(journal_path(block))


def carried():
    rows = np.zeros(4, row_type(1))
    rows["mono"] = 10.0, 10.04, 10.06, 12.02
    rows["request"] = b"", b"plan-a/0", b"plan-a/0", b"plan-a/1"
    rows["setpoint"], rows["command"], rows["sample"], rows["skill"] = (
        (0, 5, 5, 6),
        (1, 2, 3, 4),
        (7, 8, 9, 10),
        b"rise",
    )
    return BlackBoxRecording("go2", 50.0, ("j",), rows, 0, 0)


def test_every_hand_over_has_its_time(tmp_path):
    first, second = traces(said(tmp_path / "block"), {"": carried()})
    assert [hop.stage for hop in first.hops] == [
        "words", "plan", "request", "accepted", "setpoint", "written", "command", "ended", "outcome",
    ]  # fmt: skip
    rows = first.to_json()["hops"]
    assert all(row["latency_ms"] >= 0.0 for row in rows)
    command = next(row for row in rows if row["stage"] == "command")
    assert (command["setpoint"], command["command"], command["sample"]) == (5, 2, 8)
    assert command["total_ms"] == pytest.approx(40.0) and command["wall"] == pytest.approx(1010.04)
    assert first.names() == {"words-1", "plan-a", "plan-a/0"} and second.request == "plan-a/1"
    assert any("stand up and sit" in line for line in first.to_lines())


def test_ids_of_words_plans_and_requests_find_them(tmp_path):
    found = traces(said(tmp_path / "block"))
    assert chosen(found, "", 1) == found[1:]
    assert chosen(found, "words-1", 1) == chosen(found, "plan-a", 1) == found
    assert chosen(found, "plan-a/1", 5) == found[1:]
    with pytest.raises(UnknownName, match="plan-a/0"):
        chosen(found, "plan-z", 5)


def test_a_request_without_words_has_a_trace_too(tmp_path):
    (tmp_path / "block").touch()
    Journal(tmp_path / "block", "connector").note("accepted", "r1", 1.0, 2.0)
    (trace,) = traces(read_journal(journal_path(tmp_path / "block")), {"": carried()})
    assert [hop.stage for hop in trace.hops] == ["accepted"]


def test_a_request_to_another_part_is_found_in_its_black_box(tmp_path):
    hand = carried()
    hand.rows["request"] = b"", b"", b"", b"plan-a/1"
    body = carried()
    body.rows["request"] = b"", b"plan-a/0", b"plan-a/0", b"plan-a/0"
    first, second = traces(said(tmp_path / "block"), {"": body, "right_hand": hand})
    assert [hop.process for hop in first.hops if hop.stage == "command"] == ["control"]
    assert [hop.process for hop in second.hops if hop.stage == "command"] == ["control_right_hand"]


def test_all_parts_of_a_run_that_ended_are_kept_and_read(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path / "overlay"))
    namespace = f"parts{os.getpid()}"
    block = block_path(namespace, domain_of(os.environ), os.getuid())
    robot = load_robot(Resources.from_environment(os.environ).robot("go2"))
    file = RunFile(block)
    file.hold()
    settings = json.dumps({"name": "go2_sim", "namespace": namespace})
    kept = tmp_path / "overlay" / "reports" / "last" / namespace
    file.write({}, {"deployment": "go2_sim", "robot": "go2", "settings": settings, KEEP: str(kept)})
    for path in (block, part_path(block, "right_hand"), part_path(block, "left_hand")):
        path.touch()
        BlackBox(box_path(path), robot).close()
    part_box = box_path(part_path(block, "left_hand"))
    part_box.write_bytes(b"of another version" + part_box.read_bytes()[18:])
    assert set(read_boxes(boxes_of(block))) == {"", "right_hand"}
    assert main(["report", "--namespace", namespace, "--output", str(tmp_path / "now.zip")]) == 0
    file.release()
    assert not list(block.parent.glob(f"{block.name}*"))
    assert main(["report", "--namespace", namespace, "--output", str(tmp_path / "last.zip")]) == 0
    capsys.readouterr()
    for name in ("now.zip", "last.zip"):
        with zipfile.ZipFile(tmp_path / name) as made:
            boxes = {entry for entry in made.namelist() if entry.endswith(".npz")}
        assert boxes == {"black_box.npz", "black_box.right_hand.npz"}


def test_a_death_is_noted_and_reported_but_not_over_and_over(tmp_path):
    now, started = [100.0], []
    tell = DeathReporter("zoo", tmp_path, lambda: now[0], started.append)
    tell("planner", "was ended by SIGKILL")
    tell("connector", "ended with exit code 1")
    now[0] += REPORT_EVERY
    tell("control", "was ended by SIGKILL")  # the supervisor reports that
    tell("control_right_hand", "was ended by SIGKILL")
    tell("controller", "was ended by SIGKILL")
    assert [command[-1] for command in started] == ["planner was ended by SIGKILL", "controller was ended by SIGKILL"]
    assert all(command[3:5] == ["--namespace", "zoo"] for command in started)
    assert len((tmp_path / NOTES).read_text().splitlines()) == 5


def test_a_run_that_ended_can_still_be_reported(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path / "overlay"))
    namespace = f"left{os.getpid()}"
    block = block_path(namespace, domain_of(os.environ), os.getuid())
    robot = load_robot(Resources.from_environment(os.environ).robot("go2"))
    file = RunFile(block)
    file.hold()
    kept = tmp_path / "overlay" / "reports" / "last" / namespace
    settings = json.dumps({"name": "go2_sim", "namespace": namespace, "seed": 7, "api_key": "geheim"})
    about = {"deployment": "go2_sim", "robot": "go2", "settings": settings, "changes": '{"seed": 7}', KEEP: str(kept)}
    file.write({}, about)
    said(block)
    BlackBox(box_path(block), robot).close()
    file.release()
    assert not list(block.parent.glob(f"{block.name}*")) and about_run(kept)["deployment"] == "go2_sim"
    assert main(["trace", "--namespace", namespace, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["traces"]) == 2
    assert main(["report", "--namespace", namespace, "--output", str(tmp_path / "r.zip")]) == 0
    with zipfile.ZipFile(tmp_path / "r.zip") as made:
        deployment = json.loads(made.read("config/deployment.json"))
        assert deployment["seed"] == 7 and "geheim" not in str(deployment)
        assert json.loads(made.read("config/command_line.json")) == {"seed": 7}
        assert len(json.loads(made.read("traces.json"))) == 2
    assert "last run" in capsys.readouterr().err


def test_a_minute_at_500_hz_fits_and_is_read(tmp_path):
    robot = load_robot(Resources.from_environment(os.environ).robot("go2")).model_copy(update={"control_rate": 500.0})
    BlackBox(tmp_path / "box", robot).close()
    assert (tmp_path / "box").stat().st_size == pytest.approx(SECONDS * 500 * row_type(12, 4).itemsize, rel=0.01)
    assert (tmp_path / "box").stat().st_size < 64e6
    assert read_black_box(tmp_path / "box").rate == 500.0
