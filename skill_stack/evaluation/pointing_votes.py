"""Blind votes of people: two answers to one picture, side by side in random order and without names.

Votes are lines of JSON with the hash of the answers, which holds that of the picture, so that no vote is counted for
anything else than what was seen.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from skill_stack.core.data_file import DataModel, parse_model
from skill_stack.core.errors import DataError

Chosen = Literal["first", "second", "neither"]
Pixel = tuple[float, float]


class PointingVote(DataModel):
    """One vote.

    Attributes:
        answers: Hash of the ballot, see :attr:`PointingBallot.key`.
        chosen: Which of the two as they were shown.
    """

    answers: str
    chosen: Chosen


@dataclass(frozen=True, slots=True)
class PointingBallot:
    """Two answers.

    Attributes:
        picture: SHA-256 of the JPEG.
        words: What was to be pointed to.
        size: Width and height of the picture, pixels.
        pixels: Column and row of each answer.
    """

    picture: str
    words: str
    size: tuple[int, int]
    pixels: tuple[Pixel, Pixel]

    @property
    def key(self) -> str:
        """Hash of picture, words and answers."""
        said = json.dumps([self.picture, self.words, self.pixels])
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def shown(self) -> tuple[int, int]:
        """Order in which the answers are shown: as good as random, and the same each time."""
        return (1, 0) if int(self.key[-1], 16) % 2 else (0, 1)

    def meant(self, chosen: Chosen) -> int:
        """Number of the answer that a vote chose."""
        return self.shown[0 if chosen == "first" else 1]


def read_votes(path: Path) -> list[PointingVote]:
    """Votes of a file; none where there is no file.

    Raises:
        DataError: A line is no vote.
    """
    if not path.exists():
        return []
    votes = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                data = json.loads(line)
            except ValueError as error:
                raise DataError(f"{path}, line {number}: is no JSON: {error}") from error
            votes.append(parse_model(PointingVote, data, f"{path}, line {number}"))
    return votes


def vote_page(ballots: Sequence[PointingBallot], pictures: Mapping[str, bytes]) -> str:
    """A page with all ballots, which works without a server and gives the votes as a file.

    Args:
        ballots: What is asked.
        pictures: JPEGs by their SHA-256.
    """
    parts = [_asked(number, one, pictures[one.picture]) for number, one in enumerate(ballots, 1)]
    return _PAGE.replace("BALLOTS", "\n".join(parts))


def _asked(number: int, ballot: PointingBallot, picture: bytes) -> str:
    data = base64.b64encode(picture).decode()
    width, height = ballot.size
    sides = [
        f'<svg viewBox="0 0 {width} {height}"><image href="data:image/jpeg;base64,{data}" width="{width}" '
        f'height="{height}"/><circle cx="{x:g}" cy="{y:g}" r="9"/>'
        f'<circle class="dot" cx="{x:g}" cy="{y:g}" r="2"/></svg>'
        for x, y in (ballot.pixels[n] for n in ballot.shown)
    ]
    choices = "".join(
        f'<label><input type="radio" name="{ballot.key}" value="{value}"> {said}</label>'
        for value, said in (("first", "left"), ("second", "right"), ("neither", "no difference"))
    )
    return (
        f"<section><h2>{number}. {html.escape(ballot.words)}</h2><div>{''.join(sides)}</div><p>{choices}</p></section>"
    )


_PAGE = """<!doctype html>
<meta charset="utf-8"><title>Which point is better?</title>
<style>body{font:16px sans-serif;margin:2em auto;max-width:80em}svg{width:49%;margin-right:1%}
circle{fill:none;stroke:#f0f;stroke-width:2}.dot{fill:#f0f}label{margin-right:2em}</style>
<h1>Which point shows better what the words say?</h1>
BALLOTS
<button id="save">Save votes</button>
<script>
document.getElementById("save").onclick = () => {
  const lines = [...document.querySelectorAll("input:checked")].map(
    (one) => JSON.stringify({answers: one.name, chosen: one.value}) + "\\n");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(lines, {type: "application/jsonl"}));
  link.download = "votes.jsonl";
  link.click();
};
</script>
"""
