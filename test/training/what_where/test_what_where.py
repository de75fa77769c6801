"""What-and-where networks: from demonstrations to the file that the robot's code runs."""

import math
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

pytest.importorskip("torch", reason="the extra train is not installed")
pytest.importorskip("tokenizers", reason="the extra words is not installed")

from skill_stack.core.errors import DataError
from skill_stack.perception.networks.heat_map import TopView
from skill_stack.perception.networks.opening import open_heat_map
from skill_stack.training.what_where.demonstrations import Demonstration, load, save
from skill_stack.training.what_where.network import export, learn, numbers
from skill_stack.training.what_where.settings import WhatWhereSettings
from skill_stack.training.what_where.tables import APART, table_scene

SETTINGS = WhatWhereSettings(
    low=(0.0, 0.0), high=(0.24, 0.32), step=0.01, floor=0.4, colours=("red", "green", "blue"),
    shapes=("box", "ball", "cylinder"), unseen=(("red", "ball"),), things=(2, 3), channels=12, dilations=(1, 1),
    spread=1.0, steps=120, batch=8, rate=0.01,
)  # fmt: skip
SHADES = {"red": (220, 30, 30), "green": (30, 170, 30), "blue": (30, 60, 230)}
FORMS = {"box": (2, 0.46), "ball": (1, 0.43), "cylinder": (1, 0.47)}
"""Half width in cells, and height in m."""


def drawn(seed: int, looks: list[tuple[str, str]]) -> tuple[TopView, list[tuple[float, float]]]:
    """A view of squares of the width and height of each shape, and their middles."""
    rng = np.random.default_rng(seed)
    colour, height = np.full((24, 32, 3), 120, np.uint8), np.full((24, 32), 0.4, np.float32)
    spots = []
    for number, (shade, shape) in enumerate(looks):
        row, column = int(rng.integers(4, 20)), int(rng.integers(3, 7)) + 9 * number
        wide, high = FORMS[shape]
        part = (slice(row - wide, row + wide + 1), slice(column - wide, column + wide + 1))
        colour[part], height[part] = SHADES[shade], high
        spots.append(((row + 0.5) * 0.01, (column + 0.5) * 0.01))
    return TopView(colour, height, (0.0, 0.0), 0.01), spots


def demonstrations(count: int) -> list[Demonstration]:
    every = [(c, s) for c in SETTINGS.colours for s in SETTINGS.shapes if (c, s) not in SETTINGS.unseen]
    rng, out = np.random.default_rng(5), []
    for seed in range(count):
        looks = [every[n] for n in rng.permutation(len(every))[:3]]
        view, spots = drawn(seed, looks)
        words = (" ".join(looks[0]), " ".join(looks[1]))
        out.append(Demonstration(seed, view.colour, view.height, words, (spots[0], spots[1])))
    return out


def test_what_was_never_shown_is_found_by_its_words(tmp_path):
    network = learn(demonstrations(40), SETTINGS, 1, lambda line: None)
    export(network, SETTINGS, tmp_path)
    heat, right = open_heat_map(tmp_path / "heat.onnx"), 0
    for seed in range(100, 120):
        view, spots = drawn(seed, [("red", "ball"), ("red", "box"), ("green", "ball")])
        right += math.dist(heat.where(view, "red ball").position[:2], spots[0]) <= 0.02
    assert right >= 14, f"{right} of 20; by chance, of three things, 7"


def test_demonstrations_are_kept_and_other_files_are_refused(tmp_path):
    some = demonstrations(3)
    save(tmp_path / "some.npz", some)
    again = load(tmp_path / "some.npz")
    assert [one.words for one in again] == [one.words for one in some]
    assert [one.places for one in again] == [one.places for one in some]
    assert np.array_equal(again[2].colour, some[2].colour)
    (tmp_path / "bad.npz").write_bytes(b"nothing")
    with pytest.raises(DataError, match="no file of demonstrations"):
        load(tmp_path / "bad.npz")


def test_what_is_never_shown_must_be_composed_of_what_is_shown():
    with pytest.raises(ValidationError, match="'red' of the unseen red ball is shown 1 times; needed: 2"):
        WhatWhereSettings(**SETTINGS.model_dump() | {"shapes": ("box", "ball")})


def test_unknown_words_have_the_number_of_any_other_word():
    assert numbers("red ball", SETTINGS) == [2, 6]
    assert numbers("pink", SETTINGS) == [1, 0]


@pytest.mark.parametrize("seed", range(5))
def test_tables_show_what_is_asked_for_once(seed):
    for unseen in (False, True):
        scene = table_scene(seed, SETTINGS, unseen)
        names = [f"{one.colour} {one.kind}" for one in scene.things]
        assert names.count(scene.target) == names.count(scene.mat) == 1
        assert (tuple(scene.target.split()) in SETTINGS.unseen) == unseen
        assert ("red ball" in names) == unseen
        spots = [one.position[:2] for one in scene.things]
        assert all(math.dist(a, b) > APART for n, a in enumerate(spots) for b in spots[:n])


def test_the_network_that_is_shipped_points(tmp_path):
    folder = Path(__file__).parents[3] / "models/networks/what_where"
    heat = open_heat_map(folder / "heat.onnx")
    colour, height = np.full((56, 84, 3), (115, 72, 40), np.uint8), np.full((56, 84), 0.4, np.float32)
    for row, column, shade in ((20, 30, (230, 20, 20)), (38, 60, (20, 60, 230))):
        part = (slice(row - 2, row + 3), slice(column - 2, column + 3))
        colour[part], height[part] = shade, 0.47
    view = TopView(colour, height, (0.02, -0.42), 0.01)
    assert math.dist(heat.where(view, "red box").position[:2], view.place(20, 30)[:2]) <= 0.03
    assert math.dist(heat.where(view, "blue box").position[:2], view.place(38, 60)[:2]) <= 0.03
    assert (folder / "heat.onnx").stat().st_size < 5e6
