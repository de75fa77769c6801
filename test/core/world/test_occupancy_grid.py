"""Grids over the floor: where a point lies, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.core.errors import DataError
from skill_stack.core.world.occupancy_grid import FREE, OCCUPIED, UNKNOWN, OccupancyGrid
from skill_stack.core.world.scene import Pose2


def _grid(**changes: object) -> OccupancyGrid:
    given = {"frame": "map", "resolution": 0.1, "origin": Pose2(1.0, 2.0, 0.0), "cells": np.zeros((3, 4), np.int8)}
    return OccupancyGrid(**(given | {"stamp": 0.0} | changes))  # type: ignore[arg-type]


@given(st.floats(-3.2, 3.2), st.floats(-50, 50), st.floats(-50, 50), st.floats(0.02, 0.5))
def test_the_centre_of_every_cell_lies_in_it(yaw: float, x: float, y: float, resolution: float) -> None:
    cells = np.arange(12, dtype=np.int8).reshape(3, 4)
    grid = _grid(origin=Pose2(x, y, yaw), resolution=resolution, cells=cells)
    assert (grid.at(grid.centres().reshape(-1, 2)) == cells.ravel()).all()


def test_rows_run_along_y_and_what_is_outside_is_unknown() -> None:
    cells = np.full((3, 4), FREE, np.int8)
    cells[2, 0] = OCCUPIED
    found = _grid(cells=cells).at(np.array([[1.05, 2.25], [1.25, 2.05], [0.95, 2.05], [1.05, 2.31]]))
    assert list(found) == [OCCUPIED, FREE, UNKNOWN, UNKNOWN]


def test_probabilities_between_the_thresholds_count_as_unknown() -> None:
    grid = _grid(cells=np.array([[-1, 0, 25, 26, 64, 65, 100]]))
    assert list(grid.free[0]) == [False, True, True, False, False, False, False]
    assert list(grid.occupied[0]) == [False] * 5 + [True, True]
    assert list(grid.unknown[0]) == [True, False, False, True, True, False, False]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"frame": "camera_link"}, "one of map, odom"),
        ({"resolution": 0.0}, "above 0 m"),
        ({"resolution": math.nan}, "above 0 m"),
        ({"stamp": math.inf}, "finite"),
        ({"cells": np.zeros(4, np.int8)}, "shape"),
        ({"cells": np.zeros((0, 4), np.int8)}, "shape"),
        ({"cells": np.full((2, 2), 101)}, "-1 unknown"),
        ({"cells": np.full((2, 2), 0.5)}, "whole numbers"),
    ],
)
def test_a_grid_that_makes_no_sense_is_refused_with_what_would(changes: dict[str, object], told: str) -> None:
    with pytest.raises(DataError, match=told):
        _grid(**changes)


def test_a_grid_cannot_be_changed_by_whoever_gave_it() -> None:
    given = np.zeros((3, 4), np.int8)
    grid = _grid(cells=given)
    given[0, 0] = OCCUPIED
    assert grid.cells[0, 0] == FREE
    with pytest.raises(ValueError, match="read-only"):
        grid.cells[0, 0] = OCCUPIED
