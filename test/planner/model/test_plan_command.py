"""``skill-stack plan --model``: both readings and what comes of them."""

import argparse
import json

import pytest

from skill_stack.core.errors import DataError
from skill_stack.planner.plan_command import add_arguments, run

INFERRED = "go to the rde ball"


def plan(*argv):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(argv))


def test_both_readings_and_what_comes_of_them_are_printed(server, kit, capsys):
    assert plan(INFERRED, "--model", server.url) == 0
    own, *lines = capsys.readouterr().out.splitlines()
    assert own == "own: question: Shall I go to the red ball (I read 'rde' as 'red')?"
    assert any(line.startswith("model: plan: I will go to the red ball") for line in lines)
    assert lines[-1] == "together: plan: I will go to the red ball (model reads it so too)."


def test_what_differs_is_told_apart(server, kit, capsys):
    server.script = [kit.plan_of(kit.step("sit"))]
    assert plan("--model", f"{server.url}:other-model", INFERRED) == 1
    assert "(1) go to the red ball; model reads it as (2) sit" in capsys.readouterr().out.splitlines()[-1]
    assert server.requests[0]["model"] == "other-model"


def test_as_plain_data(server, capsys):
    plan(INFERRED, "--model", server.url, "--json")
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == "plan" and answer["own"]["certainty"] == "inferred"
    assert answer["model"]["answer"] == "plan" and answer["model"]["tree"]["children"][0]["skill"] == "go_to"


def test_why_there_is_no_second_reading(server, capsys):
    plan("sit down", "--model", server.url)
    assert "model: none: the words were read as said" in capsys.readouterr().out
    server.script = [lambda handler, body: handler.error(500, "no")]
    plan(INFERRED, "--model", server.url)
    assert "model: none: model: server_error: it failed (HTTP 500)" in capsys.readouterr().out


def test_the_robots_deployment_names_the_model(server, capsys, tmp_path, monkeypatch):
    folder = tmp_path / "config" / "deployments"
    folder.mkdir(parents=True)
    endpoint = {"name": "kitchen", "url": server.url, "model": "small-model"}
    deployment = {"name": "go2_sim", "robot": "go2", "scene": "playground", "planner": {"models": [endpoint]}}
    (folder / "go2_sim.yaml").write_text(json.dumps(deployment))
    monkeypatch.setenv("SKILL_STACK_PATH", str(tmp_path))
    assert plan("--model", INFERRED) == 0, "what is no address is the first of the words"
    assert "kitchen reads it so too" in capsys.readouterr().out


def test_a_robot_without_a_model_says_where_to_name_one(capsys):
    with pytest.raises(DataError, match=r"docs/models\.md"):
        plan(INFERRED, "--model")
