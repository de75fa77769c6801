"""Blueprint: a spatial structure of named blocks, each placed by a relation to others or by a pose."""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter
from typing import Literal

import yaml
from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, parse_model
from skill_stack.core.errors import DataError
from skill_stack.core.quantity import Metres

_BLOCKS = re.compile(r"^blocks:\s*$", re.MULTILINE)
Side = Literal["", "left", "right", "behind", "front", "near"]


class Block(DataModel):
    """One block of a structure.

    Attributes:
        name: Unique name within the structure.
        kind: Noun for its kind, e.g. ``cube``; empty for any block.
        colour: Colour of the palette; empty for any.
        on: Blocks that carry it, which it is centred over; empty for one that stands on the ground.
        row: Row that it belongs to; the blocks of a row stand beside one another, in their order from left to right.
            Empty for a row of its own.
        side: Where its row stands relative to the blocks of ``of``. The first block of the row states it.
        of: Blocks of other rows.
        at: Where it stands, from the middle of the structure, along x and y, m; instead of a relation.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: str = ""
    colour: str = ""
    on: tuple[str, ...] = ()
    row: str = ""
    side: Side = ""
    of: tuple[str, ...] = ()
    at: tuple[Metres, Metres] | None = None

    @property
    def label(self) -> str:
        """The block in words, e.g. ``red cube``."""
        return f"{self.colour} {self.kind or 'block'}".strip()

    @model_validator(mode="after")
    def _one_place(self) -> Block:
        if bool(self.side) != bool(self.of):
            raise ValueError(f"block '{self.name}': 'side' and 'of' go together")
        if (self.at is not None) + bool(self.on) + bool(self.side) > 1:
            raise ValueError(f"block '{self.name}' has more than one of 'on', 'side' and 'at'")
        return self


class Blueprint(DataModel):
    """A structure as data.

    Attributes:
        name: Name of the structure.
        description: One sentence.
        blocks: Its blocks.
    """

    name: str = "structure"
    description: str = ""
    blocks: tuple[Block, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sound(self) -> Blueprint:
        names = [block.name for block in self.blocks]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two blocks are called {', '.join(twice)}")
        for block in self.blocks:
            for other in (*block.on, *block.of):
                if other not in names:
                    raise ValueError(f"block '{block.name}' names '{other}', which is none of {', '.join(names)}")
        try:
            self.order()
        except CycleError as error:
            raise ValueError(f"these blocks rest on one another: {', '.join(error.args[1])}") from error
        return self

    def __getitem__(self, name: str) -> Block:
        """A block by its name."""
        return next(block for block in self.blocks if block.name == name)

    def order(self) -> tuple[str, ...]:
        """Names in an order of placing: what carries comes before what it carries, a row before what stands by it.

        Raises:
            CycleError: There is none.
        """
        graph: dict[str, set[str]] = {}
        for row in self.rows().values():
            of = {name for block in row for name in block.of}
            graph |= {block.name: {*block.on, *of} for block in row}
        sorter = TopologicalSorter(graph)
        sorter.prepare()
        ordered: list[str] = []
        while sorter.is_active():
            ready = sorted(sorter.get_ready(), key=list(graph).index)
            ordered += ready
            sorter.done(*ready)
        return tuple(ordered)

    def rows(self) -> dict[str, tuple[Block, ...]]:
        """Blocks of each row from left to right, by its name."""
        found: dict[str, tuple[Block, ...]] = {}
        for block in self.blocks:
            row = block.row or block.name
            found[row] = (*found.get(row, ()), block)
        return found

    def upon(self, name: str) -> tuple[Block, ...]:
        """Blocks that rest on a block."""
        return tuple(block for block in self.blocks if name in block.on)


def blueprint_in(text: str) -> Blueprint | None:
    """The blueprint in a text that has the form of its file; None for other texts.

    Raises:
        DataError: It has a line ``blocks:`` but is no blueprint; the message states where.
    """
    if not _BLOCKS.search(text):
        return None
    try:
        return parse_model(Blueprint, yaml.load(text, yaml.BaseLoader), "the blueprint")  # "on" is no truth value
    except (yaml.YAMLError, RecursionError) as error:
        raise DataError(f"the blueprint is not YAML: {error}") from error
