"""The verb `plan`: one sentence or a file of them, libraries and scenes from files, plain data out."""

import argparse
import json

import pytest

from skill_stack.core.errors import DataError, ResourceNotFound
from skill_stack.planner.plan_command import PlanCommand, add_arguments, plan_batch, plan_json, run

LIBRARY = {"robot": "dog", "facts": ["awake(robot)"], "skills": [
    {"name": "fetch", "phrases": ["fetch {item}"], "goal": [{"name": "item", "type": "object"}],
     "preconditions": ["awake(robot)"], "effects": ["has(robot, $item)"]}]}  # fmt: skip
SCENE = {"name": "yard", "description": "a yard", "objects": [
    {"id": "stick", "kind": "stick", "shape": "box", "size": [0.3, 0.02, 0.02], "position": [1, 2]}]}  # fmt: skip


def options(*argv):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(argv)


@pytest.fixture
def files(tmp_path):
    (tmp_path / "library.json").write_text(json.dumps(LIBRARY))
    (tmp_path / "scene.json").write_text(json.dumps(SCENE))
    return tmp_path


def test_a_plan_as_plain_data(resources):
    answer = plan_json(resources, "go2", "walk to the red ball and sit down")
    assert set(answer) == {"id", "status", "tree", "steps", "steps_complete", "facts", "reason"}
    assert [step["skill"] for step in answer["steps"]] == ["go_to", "sit"]
    assert answer["steps_complete"] is True
    json.dumps(answer)


def test_library_and_scene_from_files(resources, files):
    answer = plan_json(resources, "go2", "fetch the stick", str(files / "library.json"), str(files / "scene.json"))
    assert answer["steps"] == [{"skill": "fetch", "arguments": {"item": "stick"}}]
    assert answer["facts"] == ["has(robot, stick)"]


def test_a_batch_answers_every_line(resources, files):
    lines = [
        {"id": "a", "text": "fetch the stick"},
        {
            "id": "b",
            "text": "fetch the bone",
            "scene": {"objects": [{"id": "bone", "kind": "bone", "position": [0, 1]}]},
        },
        {"id": "c", "text": "fly"},
        {"id": "d", "text": "fetch the stick", "scene": "no_such_scene"},
        {"id": "e"},
    ]
    text = "\n".join(json.dumps(line) for line in lines) + "\n\nnonsense\n[1]\n"
    (files / "batch.jsonl").write_text(text)
    command = PlanCommand(resources, "go2", str(files / "library.json"), str(files / "scene.json"))
    answers = list(plan_batch(command, files / "batch.jsonl"))
    assert [answer["id"] for answer in answers] == ["a", "b", "c", "d", 5, 7, 8]
    assert [answer["status"] for answer in answers] == ["plan", "plan"] + ["refusal"] * 5
    assert "playground" in answers[3]["reason"]


def test_no_line_of_a_batch_ends_the_others(resources, files, capsys):
    lines = [
        b'\xef\xbb\xbf{"id": "first", "text": "fetch the stick"}', b"\xff\xfe", b"[" * 100_000, b"null",
        '{"id": "separator", "text": "fetch\u2028the stick"}'.encode(), b'{"id": "half", "text": "fetch \\ud800"}',
        b'{"id": "long", "text": "' + b"fetch the stick " * 50_000 + b'"}', b'{"text": "fetch the stick"}',
        b'{"id": "list", "text": "fetch the stick", "scene": [1]}', b'{"id": "last", "text": "fetch the stick"}',
    ]  # fmt: skip
    (files / "batch.jsonl").write_bytes(b"\n".join(lines))
    common = ["--library", str(files / "library.json"), "--scene", str(files / "scene.json")]
    assert run(options("--batch", str(files / "batch.jsonl"), "--json", *common)) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    statuses = {answer["id"]: answer["status"] for answer in answers}
    assert len(answers) == len(lines)
    assert [name for name, status in statuses.items() if status == "plan"] == ["first", "separator", 8, "last"]
    assert set(statuses.values()) == {"plan", "refusal"}


def test_the_verb_prints_and_tells_by_its_exit_code(capsys, files):
    common = ["--library", str(files / "library.json"), "--scene", str(files / "scene.json")]
    assert run(options("fetch", "the", "stick", "--json", *common)) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "plan"
    assert run(options("fetch the moon", *common)) == 1
    assert "moon" in capsys.readouterr().out
    assert run(options("fetch the stick", *common)) == 0
    assert "fetch (item=stick)" in capsys.readouterr().out


def test_wrong_use_says_what_would_work(files):
    with pytest.raises(DataError, match="--batch"):
        run(options())
    with pytest.raises(ResourceNotFound, match="go2"):
        run(options("sit", "--robot", "no_such_robot"))
    with pytest.raises(ResourceNotFound, match="playground"):
        run(options("sit", "--scene", "no_such_scene"))
    with pytest.raises(DataError, match="cannot be read"):
        run(options("sit", "--library", str(files / "missing.json")))
    with pytest.raises(DataError, match="cannot be read"):
        run(options("--batch", str(files / "missing.jsonl")))
