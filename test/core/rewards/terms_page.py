"""Writes docs/rewards-terms.md from the terms' definitions: ``python test/core/rewards/terms_page.py``."""

from __future__ import annotations

from pathlib import Path

from skill_stack.core.rewards.term_definition import TermDefinition, reward_terms

PAGE = Path(__file__).resolve().parents[3] / "docs" / "rewards-terms.md"
HEAD = """# Reward terms

What a motion can be asked to be. This page is written from `skill_stack/core/rewards/terms.yaml` by
`python test/core/rewards/terms_page.py`; the file explains norms and weights.

Places, headings and turns are counted from where the motion began: x forward (for a hand towards its fingertips),
y left, z up; angles are positive to the left. Roll and pitch follow REP 103.
Of the terms of a group a set has one for each thing.

| term | of | meaning | unit | range | default | group | success within |
|---|---|---|---|---|---|---|---|
"""


def page() -> str:
    """The page as it should be."""
    return HEAD + "".join(_row(name, kind) for name, kind in reward_terms().items())


def _row(name: str, kind: TermDefinition) -> str:
    low, high = kind.range
    reach = "lower is better" if kind.effect == "penalty" else f"{low:g} to {high:g}"
    default = "" if kind.effect == "penalty" else str(kind.default).replace("_", " ")
    held = f"{kind.tolerance:g}" if kind.tolerance else "a gait, no aim" if kind.effect == "prior" else ""
    if kind.average:
        held += f", mean over {kind.average:g} s"
    if kind.hold != TermDefinition.model_fields["hold"].default:
        held += f", for {kind.hold:g} s"
    cells = (f"`{name}`", kind.of or kind.bodies, kind.meaning, kind.unit, reach, default, kind.group, held)
    return "| " + " | ".join(cells) + " |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
