"""The reference page in docs is the one that the schema gives."""

from pathlib import Path

from skill_stack.controllers.foreign.reference_page import page


def test_the_page_is_up_to_date() -> None:
    text = (Path(__file__).parents[3] / "docs" / "manifest.md").read_text(encoding="utf-8")
    assert text == page(), "run: python -m skill_stack.controllers.foreign.reference_page > docs/manifest.md"
