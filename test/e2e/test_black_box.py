"""Emergency stop by socket, reports of faults and reports on demand, with a whole stack."""

import io
import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.setpoint import ControlMode

NAMESPACE = "box"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stack(start, tmp_path_factory):
    before = os.environ.get("SKILL_STACK_OVERLAY")
    os.environ["SKILL_STACK_OVERLAY"] = str(tmp_path_factory.mktemp("overlay"))
    made = start(namespace=NAMESPACE)
    made.wait_up()
    yield made
    if before is None:
        del os.environ["SKILL_STACK_OVERLAY"]
    else:
        os.environ["SKILL_STACK_OVERLAY"] = before


def reports():
    return sorted((Path(os.environ["SKILL_STACK_OVERLAY"]) / "reports").glob("*-fault.zip"))


def test_estop_by_socket_latches_and_is_reported(stack, until):
    until(lambda: stack.say("stand up").outcome == "succeeded", 60, "the robot on its feet", lambda: stack.status)
    done = stack.command("estop", "--socket", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["estop"] is True
    assert stack.status.mode is ControlMode.ESTOP
    (made,) = until(reports, 90, "a report of the fault")
    with zipfile.ZipFile(made) as file:
        summary = json.loads(file.read("summary.json"))
        columns = np.load(io.BytesIO(file.read("black_box.npz")))
        assert "log/control.log" in file.namelist() and "config/deployment.json" in file.namelist()
    assert summary["mode"] == "estop" and summary["robot"] == "go2"
    assert summary["requests"] and summary["requests"][-1]["command"] > 0
    assert len(columns["mono"]) > 50 and np.diff(columns["mono"]).min() > 0
    assert stack.command("reset").returncode == 0


def test_report_on_demand(stack, tmp_path):
    done = stack.command("report", "--json", "--output", str(tmp_path / "mine.zip"))
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["file"] == str(tmp_path / "mine.zip") and said["rows"] > 50
    assert any(request["skill"] == "rise" for request in said["requests"])


def test_the_black_box_survives_a_killed_control_process(stack, until):
    until(lambda: stack.status.mode is ControlMode.DISARMED, 60, "disarmed")
    known = len(reports())
    killed = stack.kill("control")
    until(lambda: len(reports()) > known, 90, "a report")
    with zipfile.ZipFile(reports()[-1]) as file:
        summary = json.loads(file.read("summary.json"))
    assert f"control process {killed}" in summary["why"] and summary["rows"] > 50
    until(lambda: stack.pid("control") != killed, 60, "a new control process")


def test_a_node_that_dies_is_reported_and_the_way_of_a_request_can_be_followed(stack, until):
    stack.kill("planner")

    def told():
        for made in reports():
            with zipfile.ZipFile(made) as file:
                if json.loads(file.read("summary.json"))["why"] == "planner was ended by SIGKILL":
                    return json.loads(file.read("traces.json")), json.loads(file.read("config/command_line.json"))
        return None

    traced, changed = until(told, 90, "a report of the planner's death")
    assert changed["namespace"] == NAMESPACE
    done = stack.command("trace", "--json")
    assert done.returncode == 0, done.stderr
    (rise,) = (trace for trace in json.loads(done.stdout)["traces"] if trace["hops"][0].get("text") == "stand up")
    assert rise["request"] in {trace["request"] for trace in traced}
    stages = [hop["stage"] for hop in rise["hops"]]
    wanted = ["words", "plan", "request", "accepted", "setpoint", "written", "ended", "outcome"]
    assert [stage for stage in stages if stage != "command"] == wanted


def test_only_estop_goes_by_socket(stack):
    refused = stack.command("stop", "--socket")
    assert refused.returncode == 1 and "estop" in refused.stderr
