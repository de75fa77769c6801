"""A report holds what is needed to understand a fault, and no secrets."""

import io
import json
import os
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import numpy as np
import pytest

from skill_stack.benchmarks.campaign.rig import FaultRig
from skill_stack.benchmarks.campaign.world import CampaignWorld
from skill_stack.core.resources import Resources
from skill_stack.core.shared_memory.black_box import BlackBox, read_black_box
from skill_stack.runtime.bringup import fault_report
from skill_stack.runtime.reports.flight_report import (
    AUTOMATIC,
    HIDDEN,
    KEPT,
    Origin,
    hidden,
    keep_newest,
    without_secrets,
    write_report,
)
from skill_stack.runtime.reports.flight_summary import requests, to_lines

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    """A black box of a simulated robot that rises and is stopped."""
    folder = tmp_path_factory.mktemp("box")
    rig, path = FaultRig(CampaignWorld.load(), 1, folder), folder / "box"
    written = BlackBox(path, rig.robot)
    rig.skill = "rise"
    for number in range(130):
        if number == 120:
            rig.channels.words.request_estop("local")
        rig.step()
        state = rig.channels.read_state()
        written.write(rig.command, rig.status, state, rig.core.safety.touched, rig.device.time)
    rig.close()
    return path


@pytest.fixture
def resources(tmp_path):
    return Resources((tmp_path, ROOT), tmp_path)


def test_everything_is_in_one_file(box, tmp_path, resources):
    log = tmp_path / "log" / "go2_sim"
    log.mkdir(parents=True)
    line = "[INFO] [control]: api_key=abcdefgh and http://me:geheim@host/ and Bearer xyz.123"
    (log / "control.log").write_text(line + "\n")
    origin = Origin("go2_sim", "go2_sim", "go2", "emergency stop", "20260101-000000")
    summary = write_report(tmp_path / "out.zip", resources, origin, {"": read_black_box(box)})
    with zipfile.ZipFile(tmp_path / "out.zip") as file:
        names = set(file.namelist())
        columns = np.load(io.BytesIO(file.read("black_box.npz")))
        picture = ElementTree.fromstring(file.read("black_box.svg"))
        said, text = file.read("log/control.log").decode(), file.read("summary.txt").decode()
        deployment = json.loads(file.read("config/deployment.json"))
        versions = json.loads(file.read("versions.json"))
    assert {"config/robot.yaml", "config/skills/walk.yaml", "summary.json"} <= names and "missing.txt" not in names
    assert len(columns["tilt"]) == 130 and columns["torque"].shape == (130, 12) and columns["rate"] == 50.0
    assert len(picture.findall(".//{http://www.w3.org/2000/svg}polyline")) == 2 + 12
    assert not any(secret in said for secret in ("abcdefgh", "geheim", "xyz.123")) and HIDDEN in said
    assert deployment["robot"] == "go2" and versions["numpy"] == np.__version__
    assert summary["mode"] == "estop" and summary["faults"] == 1 and "emergency stop" in text
    assert any(change["mode"] == "active" for change in summary["changes"])


def test_a_request_leads_to_the_first_command_that_carried_it(box):
    recording = read_black_box(box)
    (carried,) = requests(recording)
    assert (carried.request, carried.skill) == ("trial-0/1", "rise")
    row = recording.rows[recording.rows["command"] == carried.command][0]
    before = recording.rows[recording.rows["command"] == carried.command - 1][0]
    assert row["request"] == b"trial-0/1" and row["setpoint"] == carried.setpoint and before["request"] == b""
    assert row["sample"] == carried.sample


def test_without_deployment_and_black_box_the_rest_is_written(tmp_path, resources):
    origin = Origin("robot", "", "nobody", "asked", "now")
    write_report(tmp_path / "out.zip", resources, origin, {})
    with zipfile.ZipFile(tmp_path / "out.zip") as file:
        missing = file.read("missing.txt").decode()
        assert "versions.json" in file.namelist()
    assert "black box" in missing and "deployment" in missing and "no robot 'nobody'" in missing


def test_an_empty_ring_makes_a_report(tmp_path, resources):
    world = CampaignWorld.load()
    BlackBox(tmp_path / "box", world.robot)
    origin = Origin("r", "go2_sim", "go2", "asked", "now")
    summary = write_report(tmp_path / "out.zip", resources, origin, {"": read_black_box(tmp_path / "box")})
    assert summary["rows"] == 0 and to_lines(summary)


@pytest.mark.parametrize(
    "text",
    [
        "password: hunter22",
        '"openai_api_key": "hunter22"',
        "Authorization: Bearer hunter22",
        "TOKEN=hunter22",
        "http://user:hunter22@host",
        "sk-hunter22abc",
    ],
)
def test_secrets_are_hidden(text):
    assert "hunter22" not in without_secrets(text) and HIDDEN in without_secrets(text)
    assert "hunter22" not in json.dumps(hidden({"parameters": {"planner": {"note": text, "api_key": "hunter22"}}}))


def test_ordinary_text_stays():
    text = "joint FL_hip_joint: kp 25.0, key figures; http://127.0.0.1:8080/page, 3 tokens"
    assert without_secrets(text) == text


def test_old_reports_of_faults_go_and_those_of_people_stay(tmp_path):
    for number in range(KEPT + 3):
        (tmp_path / f"2026-{number:03}-x{AUTOMATIC}").touch()
    (tmp_path / "2020-mine.zip").touch()
    keep_newest(tmp_path)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert len(left) == KEPT + 1 and left[0] == "2020-mine.zip" and left[1].startswith("2026-003")


def test_the_process_that_the_supervisor_starts(box, tmp_path, monkeypatch):
    monkeypatch.setattr(fault_report, "AFTERMATH", 0.0)
    monkeypatch.setattr(fault_report, "boxes_of", lambda block: {"": box, "right_hand": box})
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path))
    assert fault_report.main(["--namespace", "nowhere_at_all", "--why", "test", "--part", "right_hand"]) == 0
    (made,) = (tmp_path / "reports").iterdir()
    assert made.name.endswith(AUTOMATIC) and os.path.getsize(made) > 1000
    with zipfile.ZipFile(made) as file:
        assert {"black_box.npz", "black_box.right_hand.npz"} <= set(file.namelist())
        assert json.loads(file.read("summary.json"))["part"] == "right_hand"
    monkeypatch.setattr(fault_report, "boxes_of", lambda block: {"": tmp_path / "none"})
    assert fault_report.main(["--why", "test"]) == 1


def test_every_part_of_a_robot_is_in_the_report(box, tmp_path, resources):
    origin = Origin("r", "go2_sim", "go2", "asked", "now")
    body = read_black_box(box)
    summary = write_report(tmp_path / "out.zip", resources, origin, {"": body, "right_hand": body})
    with zipfile.ZipFile(tmp_path / "out.zip") as file:
        columns = np.load(io.BytesIO(file.read("black_box.right_hand.npz")))
        ElementTree.fromstring(file.read("black_box.right_hand.svg"))
        text = file.read("summary.txt").decode()
    assert len(columns["tilt"]) == 130
    assert summary["parts"]["right_hand"]["mode"] == "estop" == summary["mode"]
    assert "part right_hand:" in text and text.count("last mode: estop") == 2
