"""The verbs ``memory`` and ``lessons``: what is kept can be read, searched, exported, edited and deleted."""

import json

import pytest
import yaml

from skill_stack import cli
from skill_stack.core.resources import Resources
from skill_stack.planner.memory.experience import Experience, StepRecord, ThingNote
from skill_stack.planner.memory.store import ExperienceStore, store_path

LIBRARY = {
    "robot": "toy",
    "skills": [
        {"name": "grasp", "description": "Takes.", "phrases": ["grasp {object}"],
         "goal": [{"name": "object", "type": "object", "description": "what"}], "effects": ["holding(robot, $object)"]},
        {"name": "wipe", "description": "Wipes.", "phrases": ["wipe {object}"],
         "goal": [{"name": "object", "type": "object", "description": "what"}], "effects": ["wiped($object)"]},
    ],
}  # fmt: skip
KEY = "grasp needs wiped($object)"


def experience(success, number, words="grasp the cup"):
    step = StepRecord("grasp", {"object": "cup"}, "succeeded" if success else "failed",
                      facts=("wiped(cup)",) if success else ())  # fmt: skip
    things = (ThingNote("cup", "cup"),)
    return Experience(words, "toy", 1.7e9 + number, 3.0, step.outcome, "", things, (), None, (step,))


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path / "overlay"))
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(LIBRARY), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    place = Resources.from_environment({"SKILL_STACK_OVERLAY": str(tmp_path / "overlay")})
    with ExperienceStore(store_path(place)) as opened:
        yield opened


@pytest.fixture
def run(store, capsys):
    def call(*words):
        try:
            code = cli.main(words)
        except SystemExit as end:  # argparse
            code = int(end.code or 0)
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


@pytest.fixture
def lived(store):
    for n in range(6):
        store.record(experience(n % 2 == 0, n, "grasp the cup" if n else "grasp the \x1b[31m red cup"))
    return store


def test_an_empty_memory_says_so(run):
    assert run("memory", "list")[0] == 1
    assert "nothing is remembered" in run("memory", "list")[2]
    assert json.loads(run("memory", "list", "--json")[1]) == {"tasks": []}
    code, _, err = run("memory", "show", "3")
    assert code == 1 and "the memory is empty" in err


def test_tasks_are_listed_shown_and_searched(lived, run):
    code, out, _ = run("memory", "list", "--last", "0")
    assert code == 0 and len(out.splitlines()) == 6
    assert "\x1b" not in out
    rows = json.loads(run("memory", "list", "--json", "--last", "2")[1])["tasks"]
    assert [row["id"] for row in rows] == [6, 5] and rows[0]["outcome"] == "failed"
    shown = json.loads(run("memory", "show", "1", "--json")[1])
    assert shown["steps"][0]["facts"] == ["wiped(cup)"]
    assert "wiped(cup)" not in run("memory", "show", "2")[1]
    found = json.loads(run("memory", "search", "red", "cup", "--json")[1])["tasks"]
    assert found[0]["id"] == 1 and found[0]["similarity"] > found[1]["similarity"]
    assert run("memory", "list", "--robot", "nobody")[0] == 1


def test_tasks_are_deleted(lived, run, tmp_path):
    assert json.loads(run("memory", "delete", "2", "3", "--json")[1]) == {"deleted": 2}
    assert [one.id for one in lived.all()] == [1, 4, 5, 6]
    code, _, err = run("memory", "delete", "4", "99")
    assert code == 1 and "no experience 99" in err and len(lived.all()) == 4
    assert run("memory", "delete")[0] == 1
    assert run("memory", "delete", "4", "--all")[0] == 1
    assert run("memory", "delete", "--all")[0] == 0 and lived.all() == ()


def test_tasks_are_exported_and_can_be_read_back(lived, run, tmp_path):
    assert run("memory", "export", str(tmp_path / "out.jsonl"))[0] == 0
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert tuple(Experience.from_json(json.loads(line)) for line in lines) == lived.all()
    assert run("memory", "export")[1].splitlines() == lines
    assert run("memory", "export", str(tmp_path / "no" / "where"))[0] == 1


def test_lessons_are_listed_with_their_evidence(lived, run):
    code, out, _ = run("lessons", "list", "--library", "toy.yaml")
    assert code == 0 and KEY in out and "3 of 3 with it, 0 of 3 without" in out
    rows = json.loads(run("lessons", "list", "--library", "toy.yaml", "--json")[1])["lessons"]
    assert rows[0]["key"] == KEY and rows[0]["strength"] == "hard"
    assert rows[0]["evidence"]["with"]["succeeded"] == 3
    assert "nothing was learnt" in run("lessons", "list")[2]  # the usual robot has done nothing


def test_a_lesson_is_deleted_restored_and_pinned(lived, run):
    toy = ("--library", "toy.yaml", "--robot", "toy")
    assert run("lessons", "delete", KEY, *toy)[0] == 0
    assert KEY not in run("lessons", "list", *toy)[1]
    assert run("lessons", "delete", KEY, *toy)[0] == 1
    assert run("lessons", "restore", KEY, *toy)[0] == 0
    assert KEY in run("lessons", "list", *toy)[1]
    assert json.loads(run("lessons", "pin", "grasp needs", "--json", *toy)[1]) == {"pinned": KEY}
    lived.clear()
    assert KEY in run("lessons", "list", *toy)[1] and "pinned" in run("lessons", "list", *toy)[1]


def test_lessons_are_edited_as_a_file(lived, run, tmp_path):
    toy = ("--library", "toy.yaml")
    path = tmp_path / "lessons.yaml"
    assert run("lessons", "export", str(path), *toy)[0] == 0
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert run("lessons", "import", str(path), *toy)[1].startswith("0 lesson")
    data["lessons"][0]["strength"] = "soft"
    data["lessons"].append({"skill": "wipe", "kind": "needs", "condition": "not holding(robot, *)"})
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    assert run("lessons", "import", str(path), *toy)[1].startswith("2 lesson")
    rows = {row["key"]: row for row in json.loads(run("lessons", "list", "--json", *toy)[1])["lessons"]}
    assert rows[KEY]["strength"] == "soft" and rows[KEY]["origin"] == "person"
    assert rows["wipe needs not holding(robot, *)"]["strength"] == "hard"
    path.write_text(yaml.safe_dump({"lessons": []}), encoding="utf-8")
    run("lessons", "import", str(path), *toy)
    assert json.loads(run("lessons", "list", "--json", *toy)[1])["lessons"] == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("lessons: 3", "needs 'lessons'"),
        ("{", "not YAML"),
        ("robot: other\nlessons: []", "lessons of other"),
        ("lessons: [{skill: fly, kind: needs, condition: 'a(b)'}]", "no skill of toy 'fly'"),
        ("lessons: [{skill: grasp, kind: needs, condition: 'a b'}]", "is not a fact"),
    ],
)
def test_a_wrong_file_is_refused_and_changes_nothing(lived, run, tmp_path, text, why):
    (tmp_path / "wrong.yaml").write_text(text, encoding="utf-8")
    code, _, err = run("lessons", "import", str(tmp_path / "wrong.yaml"), "--library", "toy.yaml")
    assert code == 1 and why in err
    assert lived.edits("toy") == {}


def test_an_editor_changes_lessons(lived, run, tmp_path, monkeypatch):
    toy = ("--library", "toy.yaml")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    assert "no editor is set" in run("lessons", "edit", *toy)[2]
    monkeypatch.setenv("EDITOR", "sed -i s/hard/soft/")
    assert run("lessons", "edit", *toy)[0] == 0
    rows = json.loads(run("lessons", "list", "--json", *toy)[1])["lessons"]
    assert rows[0]["strength"] == "soft"
    monkeypatch.setenv("EDITOR", "false")
    assert "nothing was changed" in run("lessons", "edit", *toy)[2]


def test_every_part_has_help_with_an_example(run):
    listed = {"memory": "list show search delete export", "lessons": "list pin delete restore edit export import"}
    for verb, parts in listed.items():
        for part in parts.split():
            code, out, _ = run(verb, part, "--help")
            assert code == 0 and "Example: skill-stack" in out
