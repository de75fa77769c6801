"""The command line: every verb explains itself, errors name what would have worked, and starting is quick."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from skill_stack import cli

HEAVY = ("mujoco", "onnxruntime", "torch", "rclpy", "viser", "pinocchio", "scipy", "numpy", "pydantic")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    try:
        code = cli.main(words)
    except SystemExit as end:  # argparse
        code = int(end.code or 0)
    out = capsys.readouterr()
    return code, out.out, out.err


def test_the_overview_lists_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--help")
    assert code == 0
    for name, verb in cli.VERBS.items():
        assert name in out and verb.summary in out
    assert run(capsys)[0] == 2
    assert run(capsys, "--version")[1].strip()


@pytest.mark.parametrize("name", [name for name in cli.VERBS if name not in ("train",)])
def test_every_verb_has_help_with_an_example(capsys: pytest.CaptureFixture[str], name: str) -> None:
    code, out, _ = run(capsys, name, "--help")
    assert code == 0
    assert "example" in out.lower() or name == "bench"
    assert name in out


def test_an_unknown_verb_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "fly", "--json")
    assert code == 2
    assert "there is no verb 'fly'" in err and "demo" in err
    assert "fly" in json.loads(out)["error"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("skills", "r2d2"), "no robot 'r2d2'"),
        (("try", "fly"), "no skill of go2 'fly'"),
        (("try", "go_to"), "needs 'target'"),
        (("try", "go_to", "target"), "NAME=VALUE"),
        (("try", "turn", "angle=999"), "angle"),
        (("config", "show", "nowhere"), "no deployment 'nowhere'"),
        (("up", "nowhere"), "no deployment 'nowhere'"),
        (("demo", "r2d2"), "no simulation of a robot 'r2d2'"),
        (("stop", "--namespace", "nobody"), "no stack is up in namespace 'nobody'"),
        (("estop", "--namespace", "nobody"), "no stack is up"),
        (("reset", "--namespace", "nobody"), "no stack is up"),
        (("status", "--namespace", "nobody"), "no stack is up"),
        (("down", "--namespace", "nobody"), "no stack is up"),
    ],
)
def test_errors_say_what_is_wrong(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], why: str) -> None:
    code, _, err = run(capsys, *words)
    assert code == 1
    assert why in err


def test_skills_are_listed_with_all_promised_keys(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "skills", "go2", "--json")
    assert code == 0
    rows = {row["skill"]: row for row in json.loads(out)}
    assert {"walk", "sit", "go_to"} <= set(rows)
    for row in rows.values():
        assert set(row) == {
            "robot", "skill", "description", "usable", "reason", "realises", "measured", "learned"
        }  # fmt: skip
        measured = row["measured"]
        if measured is not None:
            assert set(measured) == {"episodes", "successes", "interval", "counts"}
            assert 0 <= measured["successes"] <= measured["episodes"]


def test_a_skill_can_be_tried_and_reports(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "try", "rise", "--json")
    assert code == 0
    result = json.loads(out)
    assert result["outcome"] == "succeeded"
    assert {"outcome", "steps", "reason", "seconds", "simulated_seconds"} <= set(result)
    assert result["simulated_seconds"] > 0.5


def test_config_says_where_values_come_from(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "config", "show", "go2_sim", "--origin", "--json", "--seed", "4")
    assert code == 0
    rows = json.loads(out)
    assert rows["seed"] == {"value": 4, "origin": "command line"}
    assert rows["robot"]["origin"].endswith("go2_sim.yaml")
    assert rows["publish_clock"]["origin"] == "default"
    code, out, _ = run(capsys, "config", "show", "go2_sim", "--processes", "--json")
    assert code == 0
    assert json.loads(out)["connector"]["robot"] == "go2"


def test_check_names_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "check", "--json")
    rows = {row["name"]: row for row in json.loads(out)}
    assert rows["python"]["ok"] and rows["mujoco"]["ok"]
    assert rows["robot go2"]["reason"]


def test_a_wrong_domain_is_an_error_not_a_crash(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", "many")
    code, _, err = run(capsys, "stop")
    assert code == 1
    assert "ROS_DOMAIN_ID is 'many'" in err


def test_words_that_are_no_text_can_be_carried_on() -> None:
    from skill_stack.commands.common import words_of

    assert words_of("\udcffgo").encode() == b"?go"
    assert words_of("geh zum roten Ball") == "geh zum roten Ball"


def test_starting_loads_nothing_heavy() -> None:
    code = f"import sys, skill_stack.cli; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_ros_nodes_load_no_physics_and_no_networks() -> None:
    """Each is a process of its own that must start quickly and stay small."""
    pytest.importorskip("rclpy")
    names = ("planner_node", "connector_node", "controller_node", "scene_node", "lifecycle_manager")
    heavy = ("mujoco", "onnxruntime", "torch", "pinocchio", "viser", "scipy")
    for name in names:
        unwanted = tuple(m for m in heavy if (name, m) != ("connector_node", "scipy"))  # it works on grids
        code = f"import sys, skill_stack.nodes.{name}; print([m for m in {unwanted!r} if m in sys.modules])"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]", name


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    command = f"{sys.executable} -m skill_stack.cli skills go2 | head -c 1 > {tmp_path / 'first'}"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
