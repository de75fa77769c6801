"""HeatMap: networks that map a view from above to heat per place and rotation, the form of CLIPort and Transporter."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.perception.networks.network import VisionNetwork
from skill_stack.perception.networks.words_in import WordsIn
from skill_stack.perception.scene.cloud import Cloud

Array = np.ndarray
WORDS = 77


@dataclass(frozen=True, slots=True, eq=False)
class TopView:
    """A surface from straight above.

    Attributes:
        colour: RGB, uint8, shape (rows, columns, 3); rows along x, columns along y.
        height: m above the map's zero, float32, shape (rows, columns); 0 where nothing was seen.
        corner: Where row and column 0 lie in the map, m.
        step: m of one pixel.
    """

    colour: Array
    height: Array
    corner: tuple[float, float]
    step: float

    @classmethod
    def from_cloud(cls, cloud: Cloud, low: tuple[float, float], high: tuple[float, float], step: float) -> TopView:
        """The highest point of each cell of a look, within a rectangle of the map.

        Args:
            cloud: The look.
            low: Corner with the smallest coordinates, m.
            high: The opposite one, m.
            step: Side of a cell, m.

        Raises:
            DataError: The rectangle has no cells.
        """
        rows, columns = (round((b - a) / step) for a, b in zip(low, high))
        if min(rows, columns) < 2:
            raise DataError(f"between {low} and {high} there are no cells of {step} m")
        points, colours = cloud.points[cloud.valid], cloud.colour[cloud.valid]
        cell = np.floor((points[:, :2] - low) / step).astype(int)
        inside = ((cell >= 0) & (cell < (rows, columns))).all(axis=1)
        points, colours, cell = points[inside], colours[inside], cell[inside]
        order = np.argsort(points[:, 2], kind="stable")  # the highest is written last
        colour, height = np.zeros((rows, columns, 3), np.uint8), np.zeros((rows, columns), np.float32)
        row, column = cell[order].T
        colour[row, column], height[row, column] = colours[order], points[order, 2]
        return cls(colour, height, low, step)

    def place(self, row: float, column: float) -> Array:
        """A pixel in the map, m, shape (3,)."""
        x, y = self.corner[0] + (row + 0.5) * self.step, self.corner[1] + (column + 0.5) * self.step
        return np.array([x, y, float(self.height[int(row), int(column)])])


@dataclass(frozen=True, slots=True, eq=False)
class Where:
    """The best place of a map.

    Attributes:
        position: In the map, m, shape (3,).
        yaw: Turn about the vertical, rad, from the channel of a map with several.
        confidence: Its share of the whole map, 0 to 1.
        heat: The map of all places, each turn's largest, shape (rows, columns); sums to 1 over all turns.
    """

    position: Array
    yaw: float
    confidence: float
    heat: Array


class HeatMap:
    """``image`` (1, C, rows, columns) to ``heat`` (1, K, rows, columns).

    C is 3 (colour), 4 (height besides) or 6 (height three times, as CLIPort has it); K turns over a whole circle; words
    go in as ``input_ids`` where the network has them.
    """

    def __init__(self, network: VisionNetwork) -> None:
        """Inspects its inputs; raises DataError or ResourceNotFound."""
        self._network = network
        channels = network.inputs["image"][1]
        if channels not in (3, 4, 6):
            raise DataError(f"{network.path}: {network.says()}; a picture from above has 3, 4 or 6 channels")
        self._heights = channels - 3
        needs = "input_ids" in network.inputs
        length = (network.inputs["input_ids"][-1] or WORDS) if needs else None
        self._words = WordsIn(network.path.parent, length) if needs else None

    @property
    def size(self) -> tuple[int | None, int | None]:
        """Rows and columns that it takes; None where it takes any number."""
        rows, columns = self._network.inputs["image"][2:]
        return rows, columns

    def where(self, view: TopView, words: str = "") -> Where:
        """The place that fits words best.

        Args:
            view: The surface; where the network has a fixed size, of that size.
            words: The words to find.

        Raises:
            DataError: The view has another size than the network takes.
        """
        size = self._network.inputs["image"][2:]
        if any(want is not None and want != has for want, has in zip(size, view.height.shape)):
            raise DataError(f"{self._network.path}: takes {size} cells, and the view has {view.height.shape}")
        colour = view.colour.astype(np.float32) / 255.0
        layers = [colour, *[view.height[..., None]] * self._heights]
        feeds = {"image": np.concatenate(layers, axis=2).transpose(2, 0, 1)[None]}
        if self._words is not None:
            feeds |= {k: v for k, v in self._words.texts([words]).items() if k in self._network.inputs}
        heat = self._network.run(feeds)["heat"][0].astype(float)
        heat = heat[None] if heat.ndim == 2 else heat
        likely = np.exp(heat - heat.max())
        likely /= likely.sum()
        turn, row, column = np.unravel_index(int(likely.argmax()), likely.shape)
        yaw = 2 * math.pi * float(turn) / len(likely)
        return Where(view.place(int(row), int(column)), yaw, float(likely[turn, row, column]), likely.max(axis=0))
