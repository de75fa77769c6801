"""The reference page in docs is the one that the schema gives."""

from pathlib import Path

import pytest

from skill_stack.controllers.foreign.reference_page import page
from skill_stack.controllers.foreign.terms import TERMS


def test_the_page_is_up_to_date() -> None:
    text = (Path(__file__).parents[3] / "docs" / "manifest.md").read_text(encoding="utf-8")
    assert text == page(), "run: python -m skill_stack.controllers.foreign.reference_page > docs/manifest.md"


@pytest.mark.parametrize("name", TERMS)
def test_every_term_has_shape_unit_and_frame(name) -> None:
    kind = TERMS[name]
    assert kind.shape and kind.unit and kind.frame and kind.text
    assert f"| `{name}` | {kind.shape} | {kind.unit} | {kind.frame} | " in page()
