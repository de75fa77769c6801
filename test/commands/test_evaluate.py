"""``skill-stack eval`` counts what happened, says so in its exit code, and writes measured results where told."""

import json

import pytest

from skill_stack.cli import main
from skill_stack.commands.evaluate import seeds_of
from skill_stack.core.errors import DataError


def suite(tmp_path, tasks):
    path = tmp_path / "mine.yaml"
    path.write_text(
        f"name: mine\ndescription: d\nrobot: go2\nscene: playground\nseeds: [2]\ntasks: {json.dumps(tasks)}\n"
    )
    return str(path)


def test_a_suite_of_skills_and_words_runs_and_is_counted(tmp_path, capsys):
    path = suite(tmp_path, [{"skill": "rise"}, {"words": "sit down at the red ball", "object": "red_ball"}])
    assert main(["eval", path, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["suite"], data["episodes"], data["successes"]) == ("mine", 2, 2)
    assert [task["task"] for task in data["tasks"]] == ["rise", "sit down at the red ball"]


def test_what_did_not_happen_shows_in_the_exit_code(tmp_path, capsys):
    path = suite(tmp_path, [{"words": "stand up", "object": "red_ball"}])
    assert main(["eval", path]) == 1
    out = capsys.readouterr().out
    assert "FAILED" in out
    assert "0 of 1" in out


def test_results_are_written_where_told(tmp_path):
    folder = tmp_path / "skills" / "rise"
    folder.mkdir(parents=True)
    assert main(["eval", suite(tmp_path, [{"skill": "rise"}]), "--seeds", "3,4", "--into", str(folder.parent)]) == 0
    results = json.loads((folder / "results.json").read_text())
    assert (results["episodes"], results["successes"], results["seeds"]) == (2, 2, "3, 4")
    assert results["failures"] == []
    assert 0.0 < results["interval"][0] < results["interval"][1] == 1.0


def test_an_unknown_suite_lists_the_known_ones(capsys):
    assert main(["eval", "dancing"]) != 0
    assert "sit_down" in capsys.readouterr().err


def test_an_unknown_skill_or_object_is_named(tmp_path, capsys):
    assert main(["eval", suite(tmp_path, [{"skill": "fly"}])]) != 0
    assert "go_to" in capsys.readouterr().err
    assert main(["eval", suite(tmp_path, [{"words": "sit", "object": "unicorn"}])]) != 0
    assert "red_ball" in capsys.readouterr().err


def test_seeds_are_read():
    assert seeds_of("1-3, 7") == (1, 2, 3, 7)
    for wrong in ("", "a", "3-1", "1-99999999", "-1"):
        with pytest.raises(DataError, match="seeds"):
            seeds_of(wrong)
