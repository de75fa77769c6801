"""``skill-stack eval`` counts what happened, says so in its exit code, and writes measured results where told."""

import json
import subprocess

import pytest

from skill_stack.cli import main
from skill_stack.commands.measure import evaluate_compare

RISE = {"skill": "rise", "success": ["end_height >= 0.225 m"]}
CHECKOUT = evaluate_compare.CHECKOUT
NEVER = {"skill": "rise", "name": "never", "success": ["end_height >= 9 m"]}


@pytest.fixture(autouse=True)
def overlay(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path / "overlay"))


def suite(tmp_path, *tasks, seeds="2"):
    path = tmp_path / "mine.yaml"
    head = f"name: mine\ndescription: d\nrobot: go2\nscene: playground\nseeds: '{seeds}'\n"
    path.write_text(head + f"tasks: {json.dumps(tasks)}\n")
    return str(path)


def run(*arguments):
    return main(["eval", *arguments, "--workers", "1"])


def test_a_suite_is_counted_once_and_remembered(tmp_path, capsys):
    assert run(suite(tmp_path, RISE), "--json") == 0
    first = json.loads(capsys.readouterr().out)
    assert (first["suite"], first["episodes"], first["successes"]) == ("mine", 1, 1)
    assert [task["task"] for task in first["tasks"]] == ["rise"]
    assert run(suite(tmp_path, RISE), "--json") == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out) == first
    assert "1 of 1 episodes are there already" in captured.err


def test_what_did_not_happen_shows_in_the_exit_code(tmp_path, capsys):
    assert run(suite(tmp_path, NEVER)) == 1
    out = capsys.readouterr().out
    assert "FAILED: 'end_height >= 9 m' did not hold" in out
    assert "0 of 1" in out


def test_results_are_written_beside_the_skills_and_keep_other_tables(tmp_path):
    folder = tmp_path / "models" / "go2" / "rise"
    folder.mkdir(parents=True)
    (folder / "results.json").write_text('{"episodes": 1, "summary": {"episodes": 20}, "tracking": [1]}')
    assert run(suite(tmp_path, RISE), "--seeds", "3,4", "--into", str(folder.parent)) == 0
    results = json.loads((folder / "results.json").read_text())
    assert (results["episodes"], results["successes"], results["seeds"]) == (2, 2, "3-4")
    assert results["body"] == "go2" and results["commit"]
    assert (results["failures"], results["counts"], results["tracking"]) == ([], False, [1])
    assert results["summary"] == {"episodes": 20}, "another measurement's"
    assert 0.0 < results["interval"][0] < results["interval"][1] == 1.0


def test_two_reports_are_compared(tmp_path, capsys):
    for name, task in (("a", NEVER), ("b", {**NEVER, "success": ["end_height >= 0.2 m"]})):
        run(suite(tmp_path, task, seeds="1-2"), "--json")
        (tmp_path / f"{name}.json").write_text(capsys.readouterr().out)
    assert main(["eval", "--compare", str(tmp_path / "a.json"), str(tmp_path / "b.json"), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["all"]["won"], data["all"]["lost"], data["all"]["verdict"]) == (2, 0, "undecided")
    assert main(["eval", "--compare", str(tmp_path / "a.json"), str(tmp_path / "none.json")]) != 0
    assert "none.json" in capsys.readouterr().err


def test_this_version_against_a_folder_of_other_skills(tmp_path, capsys):
    (tmp_path / "other" / "models").mkdir(parents=True)
    assert run(suite(tmp_path, RISE), "--against", str(tmp_path / "other"), "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["all"]["both"], data["all"]["verdict"]) == (1, "undecided")
    assert run(suite(tmp_path, RISE), "--against", "no-such-version") != 0
    assert "neither a folder" in capsys.readouterr().err


def git(folder, *arguments):
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, "-C", str(folder), *arguments], check=True, capture_output=True)


def test_this_version_against_a_git_revision(tmp_path, capsys, monkeypatch):
    """The revision gives up at once; this version rises."""
    there = tmp_path / "checkout"
    for name in ("urdf", "config", "models/go2/rise"):
        (there / name).mkdir(parents=True)
        (there / name / "about.txt").write_text("nothing")
    spec = (CHECKOUT / "models" / "go2" / "rise" / "skill.yaml").read_text(encoding="utf-8")
    (there / "models" / "go2" / "rise" / "skill.yaml").write_text(spec.replace("timeout: 6.0", "timeout: 0.3"))
    git(tmp_path, "init", "-q", str(there))
    git(there, "add", ".")
    git(there, "commit", "-q", "-m", "hasty")
    git(there, "tag", "hasty")
    (there / "models" / "go2" / "rise" / "skill.yaml").write_text(spec)
    git(there, "commit", "-q", "-a", "-m", "patient")
    monkeypatch.setattr(evaluate_compare, "CHECKOUT", there)
    arguments = (suite(tmp_path, RISE, seeds="1-3"), "--json", "--against")
    assert run(*arguments, "hasty") == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["all"]["won"], data["all"]["lost"], data["all"]["both"]) == (3, 0, 0)
    assert run(*arguments, "HEAD") == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["all"]["won"], data["all"]["both"]) == (0, 3), "the newest revision is what runs here"
    assert run(*arguments[:-1], "--against=--output=x") != 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["dancing"], "sit_down"),
        ([], "sit_down"),
        (["sit_down", "--task", "fly"], "walk to the red ball"),
        (["sit_down", "--seeds", "a-b"], "1-20"),
        (["talk", "--through", "line"], "--through nodes"),
    ],
)
def test_what_there_is_not_lists_what_there_is(arguments, says, capsys):
    assert run(*arguments) != 0
    assert says in capsys.readouterr().err
