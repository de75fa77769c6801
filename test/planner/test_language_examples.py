"""docs/language-examples.md is what the planner answers now, to sentences that stand elsewhere in the repository."""

import importlib.util
import sys
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("language_examples", Path(__file__).with_name("language_examples.py"))
examples = importlib.util.module_from_spec(_spec)
sys.modules["language_examples"] = examples  # dataclasses look their module up
_spec.loader.exec_module(examples)


@pytest.fixture(scope="module")
def page():
    return examples.page()


def test_the_page_is_up_to_date(page):
    found = examples.PAGE.read_text(encoding="utf-8").splitlines()
    stale = [line for line in page.splitlines() if line not in found]
    assert found == page.splitlines(), f"run: python test/planner/language_examples.py; new lines: {stale}"


@pytest.mark.parametrize("table", examples.TABLES, ids=lambda table: table.title)
def test_every_sentence_stands_in_the_file_it_is_said_to_be_from(table):
    for source, sentences in table.sentences.items():
        text = (examples.ROOT / source).read_text(encoding="utf-8")
        assert [one for one in sentences if one not in text] == []


def test_every_certainty_of_one_reader_and_every_kind_of_answer_is_shown(page):
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| ")]
    assert {"said", "inferred", "nearest", "–"} <= {row[1] for row in rows}
    assert {"plan", "question", "refusal", "statement"} <= {row[2].partition(":")[0] for row in rows if len(row) > 2}
