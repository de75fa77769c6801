"""``skill-stack memory phrases``: learnt wordings on the command line."""

import json

import pytest

from skill_stack.cli import main
from skill_stack.language.learnt.learnt_phrases import LearntPhrase, LearntPhrases


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path))
    (tmp_path / "memory").mkdir()
    found = LearntPhrases(tmp_path / "memory" / "phrases.yaml")
    for robot, phrase in (("go2", "boogie to {target}"), ("g1", "give us a big one"), ("go2", "shimmy")):
        found.learn(LearntPhrase(robot=robot, skill="go_to", phrase=phrase))
    return found


def run(capsys, *words):
    code = main(["memory", "phrases", *words])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_phrases_are_listed(store, capsys):
    code, out, err = run(capsys, "--robot", "go2")
    assert code == 0 and "boogie to {target}" in out and "big one" not in out and str(store.path) in err
    code, out, _ = run(capsys, "--json")
    assert [one["number"] for one in json.loads(out)["phrases"]] == [1, 2, 3]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (["--delete", "1", "3"], ["give us a big one"]),
        (["--delete", "all"], []),
        (["--delete", "all", "--robot", "g1"], ["boogie to {target}", "shimmy"]),
    ],
)
def test_phrases_are_deleted(store, capsys, words, left):
    assert run(capsys, *words)[0] == 0
    assert [one.phrase for one in store.all()] == left


@pytest.mark.parametrize("words", [["4"], ["1", "x"], ["-1"], ["all", "1"], ["2", "--robot", "go2"]])
def test_a_wrong_number_deletes_nothing(store, capsys, words):
    with_error = main(["memory", "phrases", "--delete", *words]) if words != ["-1"] else 1
    assert with_error == 1 and len(store.all()) == 3


def test_a_broken_file_is_told(store, capsys):
    store.path.write_text("phrases: [{robot: go2}]", encoding="utf-8")
    code, _, err = run(capsys)
    assert code == 1 and "phrases.0.skill" in err and run(capsys, "--delete", "all")[0] == 1
    assert store.path.read_text(encoding="utf-8") == "phrases: [{robot: go2}]"


def test_nothing_learnt_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path))
    code, _, err = run(capsys)
    assert code == 1 and "no phrase" in err
