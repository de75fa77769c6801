"""The page of a robot's skills shows what counts, marks what falls short, and names what was not measured."""

import json
import os
import shutil
from pathlib import Path

import pytest

from skill_stack.cli import main
from skill_stack.commands.measure.evaluate import suite_file
from skill_stack.commands.measure.measured_version import VersionsNow
from skill_stack.commands.skills.page_parts import PICTURES, driven_by
from skill_stack.commands.skills.skills_page import all_shown, page_text, shown_of
from skill_stack.core.errors import ResourceNotFound
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.skills.skill_results import read_results
from skill_stack.evaluation.suite import Suite, load_suite
from skill_stack.runtime.episodes.scenario_version import Versions

ROOT = Path(__file__).resolve().parents[3]
FOUND = Resources.from_environment(os.environ)
LIBRARY = load_library(FOUND, load_robot(FOUND.robot("go2"), FOUND))
TASKS = [{"skill": name, "success": ["tilt <= 1 rad"]} for name in ("turn", "sit", "walk")]
HEAD = {"name": "go2", "description": "d", "robot": "go2"}
SUITE = Suite.model_validate({**HEAD, "tasks": TASKS})
SAID = {"suite": "go2", "body": "go2", "seeds": "1-100", "commit": "0123456789ab"}
GOOD = {
    **SAID,
    "episodes": 100, "successes": 100, "interval": [0.9638, 1.0], "counts": True, "figures": {"tilt": {"median": 0.1}}
}  # fmt: skip
SHORT = {
    **SAID,
    "episodes": 100, "successes": 90, "interval": [0.824, 0.951], "counts": False,
    "failures": [{"seed": n, "reason": "'tilt <= 1 rad' did not hold: 2"} for n in range(10)],
}  # fmt: skip


DRIVEN = driven_by("go2", SUITE.tasks, FOUND)


def text(tmp_path):
    results = {"turn": GOOD, "sit": SHORT, "walk": {}}
    shown = [(t, LIBRARY[t.skill], results[t.skill]) for t in SUITE.tasks]
    return page_text("go2", SUITE, shown, tmp_path, DRIVEN)


def test_what_counts_and_what_does_not(tmp_path):
    (tmp_path / "turn.webp").write_bytes(b"")
    page = text(tmp_path)
    assert "**1 of 3 skills count**, 1 of them" in page
    assert "| [turn](#turn) | guided on learnt | walk | 100 of 100 | 0.964 to 1.000 | yes |" in page
    assert "| [walk](#walk) | learnt | own | not measured on this body | | no |" in page
    assert "- `sit`: 90 of 100 (10 × 'tilt <= 1 rad' did not hold)" in page
    assert f"![turn](../pictures/skills/{tmp_path.name}/turn.webp)" in page and "walk.webp" not in page


def test_skills_that_another_suite_judges_are_on_the_page_once_with_its_name():
    suite = load_suite(suite_file(FOUND, "go2"))
    besides = [(task, spec, results) for task, spec, results in shown_of(suite, FOUND) if task not in suite.tasks]
    balls = ["dribble_ball", "kick_ball_to", "stop_ball", "score_goal"]
    named = ["climb_step", "climb_down", "stride", *balls]  # not again the walks
    assert [task.skill for task, *_ in besides] == named
    page = page_text("go2", suite, besides, FOUND.overlay, driven_by("go2", [task for task, *_ in besides], FOUND))
    assert "- On `go2`, by `go2_terrain`, seeds" in page and "`go2` `go2_terrain`" in page
    lost = suite.model_copy(update={"besides": ("go2_moon",)})
    with pytest.raises(ResourceNotFound, match="go2_moon"):
        shown_of(lost, FOUND)


def test_what_each_choice_does_is_on_the_page_and_in_the_listing(tmp_path, capsys):
    task = next(one for one in load_suite(suite_file(FOUND, "go2")).tasks if one.skill == "roam")
    page = page_text("go2", SUITE, [(task, LIBRARY["roam"], {})], tmp_path, driven_by("go2", [task], FOUND))
    known = json.loads(FOUND.find("models/go2/roam/figures.json", "figures").read_text())
    last = known["directions"][-1]
    assert f"as measured (body go2, commit {known['commit']}, seeds {known['seeds']})" in page
    assert "| | way, m | least way, m | heading, rad | heading spread, rad | turn, rad |" in page
    assert f"| {last['name']} | {last['way']:g} | {last['least_way']:g} | {last['heading']:g} |" in page
    assert main(["skills", "go2"]) == 0
    assert f"eight: way {last['way']:g} m, least_way {last['least_way']:g} m" in capsys.readouterr().out


def test_descriptors_that_cannot_be_read_are_said_and_not_shown(tmp_path, capsys, monkeypatch):
    folder = tmp_path / "models" / "go2" / "roam"
    shutil.copytree(FOUND.find("models/go2/roam", "skill"), folder)
    (folder / "figures.json").write_text("{}")
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path))
    assert main(["skills", "go2"]) == 0
    assert "descriptors refused: " in (out := capsys.readouterr().out) and "has no table 'directions'" in out


def test_what_no_suite_of_the_page_has_is_shown_with_how_it_was_judged(tmp_path):
    others = all_shown(SUITE, [], FOUND)
    results = {task.skill: data for task, _, data in others}
    assert {"go_round", "walk_adapted"} <= results.keys()
    page = page_text("go2", SUITE, others, tmp_path, driven_by("go2", [task for task, *_ in others], FOUND))
    assert "| [go_round](#go_round) |" in page and f"- Success: {results['go_round']['conditions']}" in page
    adapted = ", ".join(f"`{text}`" for text in results["walk_adapted"]["success"])
    assert f"- Success: {adapted}\n" in page
    shown = [one for one in others if one[0].skill == "go_round"]
    assert [task.skill for task, *_ in all_shown(SUITE, shown, FOUND)].count("go_round") == 1


def test_a_choice_has_a_picture_of_its_own(tmp_path):
    (tmp_path / "roam.three.webp").write_bytes(b"")
    task = next(one for one in load_suite(suite_file(FOUND, "go2")).tasks if one.skill == "roam")
    page = page_text("go2", SUITE, [(task, LIBRARY["roam"], {})], tmp_path, driven_by("go2", [task], FOUND))
    assert f"`three`:\n\n![roam.three](../pictures/skills/{tmp_path.name}/roam.three.webp)\n" in page
    assert "![roam](" not in page and "`two`" not in page


def test_a_page_needs_a_robot(tmp_path, capsys):
    assert main(["skills", "--page", str(tmp_path / "a.md")]) != 0
    assert "skill-stack skills go2 --page" in capsys.readouterr().err


def test_the_page_is_written(tmp_path):
    page = tmp_path / "docs" / "skills" / "go2.md"
    assert main(["skills", "go2", "--page", str(page), "--no-pictures"]) == 0
    assert page.read_text().startswith("# What the Go2 can do")


def test_tries_without_a_skill_are_on_the_page(tmp_path):
    attempt = {"skill": "climb_step", "episodes": 80, "successes": 0, "how": "ten settings"}
    suite = Suite.model_validate({**HEAD, "tasks": TASKS, "attempts": [attempt]})
    page = page_text("go2", suite, [(t, LIBRARY[t.skill], GOOD) for t in suite.tasks], tmp_path, DRIVEN)
    assert "- `climb_step`: 0 of 80 (ten settings)" in page
    with pytest.raises(ValueError, match="succeeded 81 times in 80"):
        Suite.model_validate({**HEAD, "tasks": TASKS, "attempts": [{**attempt, "successes": 81}]})


@pytest.mark.parametrize("robot", ["go2", "g1"])
def test_the_shipped_page_the_listing_and_the_measured_files_say_the_same(capsys, robot):
    suite = load_suite(suite_file(FOUND, robot))
    shown = all_shown(suite, shown_of(suite, FOUND), FOUND)
    driven = driven_by(robot, [task for task, *_ in shown], FOUND)
    page = page_text(robot, suite, shown, ROOT / "docs" / PICTURES / robot, driven)
    assert page == (ROOT / f"docs/skills/{robot}.md").read_text("utf-8")
    assert main(["skills", robot, "--json"]) == 0
    listed = {row["skill"]: row["measured"] for row in json.loads(capsys.readouterr().out)}
    for task, _, results in shown:
        said = listed[task.skill]
        assert (said["episodes"], said["successes"]) == (results["episodes"], results["successes"]), task.skill
        assert said["counts"] == (results["interval"][0] >= 0.9 and results["episodes"] >= 100)
        assert results.get("counts", said["counts"]) == said["counts"]


def test_what_was_measured_is_what_the_suite_demands():
    main_suite = load_suite(suite_file(FOUND, "go2"))
    for task, _, results in shown_of(main_suite, FOUND):
        suite = load_suite(suite_file(FOUND, results["suite"]))
        assert task in suite.tasks and suite.name in (main_suite.name, *main_suite.besides)
        how = f"skill-stack eval {suite.name} --task {task.skill} --into models/go2"
        assert results["success"] == [demand.text for demand in task.success], how
        worlds = json.loads(json.dumps(suite.randomisation.model_dump(exclude_none=True)))
        assert results["conditions"]["randomisation"] == worlds, how
        first, last = map(int, results["seeds"].split("-"))
        assert (first == 1 or first > 100) and last - first == 99, how  # the suite's, or a hundred that nobody tuned on


def test_no_figure_is_shown_of_another_body(capsys):
    """What a mirrored hand, a robot with hands and the robot's own controller share is the skill, not its figures."""
    for words in (["g1_hands"], ["go2_hand"], ["go2", "--control", "vendor"]):
        assert main(["skills", *words, "--json"]) == 0
        rows = json.loads(capsys.readouterr().out)
        assert rows and [row["skill"] for row in rows if row["measured"]] == []
        assert "not measured on this body" in {row["unmeasured"] for row in rows}
    for robot in ("g1", "allegro_left"):
        assert main(["skills", robot, "--json"]) == 0
        rows = [row["measured"] for row in json.loads(capsys.readouterr().out) if row["measured"]]
        assert rows and {row["body"] for row in rows} == {robot} and all(row["commit"] and row["seeds"] for row in rows)


def test_a_robot_without_skills_says_what_to_do(tmp_path, capsys, monkeypatch):
    overlay = tmp_path / "overlay"
    (overlay / "urdf" / "newcomer").mkdir(parents=True)
    for file in (ROOT / "urdf" / "go2").iterdir():
        text = file.read_text().replace("name: go2", "name: newcomer", 1) if file.suffix == ".yaml" else None
        if text is not None:
            (overlay / "urdf" / "newcomer" / file.name).write_text(text)
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(overlay))
    assert main(["skills", "newcomer"]) == 0
    out, err = capsys.readouterr()
    assert out == "" and "'newcomer' has no skills yet" in err and "skill-stack import POLICY --robot newcomer" in err
    assert main(["skills", "newcomer", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == [] and "has no skills yet" in err


def test_what_was_measured_with_an_earlier_version_is_known():
    results = read_results(FOUND.find("models/go2/sit", "skill"), "go2")
    versions = VersionsNow(FOUND)
    now = Versions(FOUND, load_suite(suite_file(FOUND, "go2"))).version_of(
        next(task for task in load_suite(suite_file(FOUND, "go2")).tasks if task.skill == "sit")
    )
    assert versions.agrees(results | {"version": now}) is True
    assert versions.agrees(results | {"version": "of-before"}) is False
    for lost in ({"suite": "gone"}, {"task": "gone"}, {"version": ""}):
        assert versions.agrees(results | lost) is None
    hand = {"suite": "allegro_right", "task": "open_hand", "version": "of-before"}
    assert versions.agrees(hand) is False
