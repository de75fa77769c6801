"""Sentences for robots that were made for them: how many of each kind come to a right outcome."""

import importlib.util
import json
import sys
from collections import Counter
from pathlib import Path

import pytest

ROUNDS = Path(__file__).resolve().parents[1] / "data" / "language" / "rounds"
PLACES = sorted(path.name.removesuffix(".library.yaml") for path in ROUNDS.glob("*.library.yaml"))
LEAST = {"command": 0.76, "errand": 0.36, "colloquial": 0.05, "told": 0.85}
MOST_WRONG = 0.005
"""Share of all sentences that may run at once and do something else than was said."""
_spec = importlib.util.spec_from_file_location("score", Path(__file__).with_name("score.py"))
score = importlib.util.module_from_spec(_spec)
sys.modules["score"] = score  # dataclasses look their module up
_spec.loader.exec_module(score)


@pytest.fixture(scope="module")
def results():
    return [one for place in PLACES for one in score.score_domain(ROUNDS / f"{place}.library.yaml")]


@pytest.mark.slow
@pytest.mark.parametrize("kind", LEAST)
def test_most_sentences_of_a_kind_come_to_a_right_outcome(results, kind):
    some = [one for one in results if one.row["kind"] == kind]
    wrong = [f"{one.row['id']} {one.row['text']}: {one.plan.status}" for one in some if not one.steps]
    assert len(some) > 100
    assert len(wrong) <= (1 - LEAST[kind]) * len(some), "\n".join(wrong)


@pytest.mark.slow
def test_what_runs_at_once_is_what_was_said(results):
    wrong = [f"{one.row['id']} {one.row['text']}" for one in results if one.plan.status == "plan" and not one.steps]
    assert len(wrong) <= MOST_WRONG * len(results), "\n".join(wrong)


@pytest.mark.slow
def test_what_is_only_told_seldom_moves_anything(results):
    moved = [one.row["text"] for one in results if one.row["kind"] == "told" and one.plan.tree is not None]
    assert len(moved) <= 0.03 * sum(one.row["kind"] == "told" for one in results), "\n".join(moved)


@pytest.mark.parametrize("place", PLACES)
def test_lines_are_unique_and_name_skills_of_the_library(place):
    library, _ = score.read_library(ROUNDS / f"{place}.library.yaml")
    rows = [json.loads(line) for line in (ROUNDS / f"{place}.jsonl").read_text(encoding="utf-8").splitlines()]
    assert max(Counter(row["id"] for row in rows).values()) == 1
    for step in (one for row in rows for outcome in row["outcomes"] for one in outcome.get("steps", [])):
        assert step["skill"] in library and set(step["arguments"]) <= {p.name for p in library[step["skill"]].goal}


def test_an_outcome_is_reached_with_or_without_the_drives_that_were_put_in(tmp_path):
    (tmp_path / "den.library.yaml").write_text("""
- {name: go, args: [place], effects: ["not at(bot, *)", "at(bot, $place)"]}
- {name: take, args: [item], pre: ["at(bot, $item)", "not holding(bot, *)"], effects: ["holding(bot, $item)"]}
""")
    (tmp_path / "den.scene.yaml").write_text("rooms: [den]\nobjects: {cup: {type: cup}, hat: {type: hat}}\n")
    take = {"skill": "take", "arguments": {"item": "cup"}}
    other = {"skill": "take", "arguments": {"item": "hat"}}
    rows = [
        {"id": "a", "text": "take the cup", "outcomes": [{"status": "plan", "steps": [take]}]},
        {"id": "b", "text": "take the cup", "outcomes": [{"status": "question"}, {"status": "plan", "steps": [other]}]},
        {"id": "c", "text": "nice weather today", "outcomes": [{"status": "statement"}]},
        {"id": "d", "text": "go to the den and take the cup", "outcomes": [{"status": "plan", "steps": [take]}]},
        {"id": "e", "text": "take the cup and the hat", "outcomes": [{"status": "plan", "steps": [take]}]},
    ]
    (tmp_path / "den.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert [one.steps for one in score.score_domain(tmp_path / "den.library.yaml")] == [True, False, True, True, False]
