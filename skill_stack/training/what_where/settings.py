"""Settings of what-and-where networks: what is shown, and how is learnt."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, load_model

FILE = "settings.yaml"
SHOWN = 2
"""Things that are shown of each colour and shape of an unseen one."""


class WhatWhereSettings(DataModel):
    """``settings.yaml`` beside a network.

    Attributes:
        low: Corner of the view with the smallest coordinates, in ``map``, m.
        high: The opposite one, m.
        step: Side of a cell, m.
        floor: Height that counts as zero, m.
        colours: Colours of things and places.
        shapes: Shapes of things.
        unseen: Things, as colour and shape, that no demonstration shows; their parts are each in two that are shown.
        things: Least and largest number of things on a table.
        channels: Of each layer.
        dilations: Of the layers' 3 by 3 kernels, in cells.
        spread: Of the place that a demonstration gives, cells.
        steps: Steps of the optimiser.
        batch: Examples in each.
        rate: Learning rate at the beginning; it falls to zero as a cosine.
    """

    low: tuple[float, float]
    high: tuple[float, float]
    step: float = Field(gt=0)
    floor: float
    colours: tuple[str, ...]
    shapes: tuple[str, ...]
    unseen: tuple[tuple[str, str], ...]
    things: tuple[int, int]
    channels: int = Field(ge=4)
    dilations: tuple[int, ...]
    spread: float = Field(gt=0)
    steps: int = Field(ge=1)
    batch: int = Field(ge=1)
    rate: float = Field(gt=0)

    @model_validator(mode="after")
    def _composed_of_what_is_shown(self) -> WhatWhereSettings:
        """What a colour is can be told from a shape only where it is shown in several."""
        shown = [(a, b) for a in self.colours for b in self.shapes if (a, b) not in self.unseen]
        for pair in self.unseen:
            for part, which in zip(pair, (0, 1)):
                if (count := sum(one[which] == part for one in shown)) < SHOWN:
                    raise ValueError(f"'{part}' of the unseen {' '.join(pair)} is shown {count} times; needed: {SHOWN}")
        return self

    @property
    def vocabulary(self) -> dict[str, int]:
        """Numbers of words; 0 fills up, 1 is any other word."""
        words = ("[PAD]", "[UNK]", *self.colours, *self.shapes, "mat")
        return {word: number for number, word in enumerate(words)}


def load_settings(folder: Path) -> WhatWhereSettings:
    """The settings in a folder; raises DataError or ResourceNotFound."""
    return load_model(WhatWhereSettings, folder / FILE)
