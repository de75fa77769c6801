"""One view of several arrays of a simulation, so that a single selection gathers from all of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import as_strided

from skill_stack.core.errors import DataError

Array = np.ndarray


def flat_view(arrays: Sequence[Array]) -> tuple[Array, list[int]]:
    """A view of memory from the first to the last of the arrays; the memory between them must not be used.

    Args:
        arrays: Contiguous float64 arrays that exist as long as the view is used, as those of one ``MjData`` do.

    Returns:
        The view, read-only, and the place of each array's first value in it.

    Raises:
        DataError: An array is not contiguous float64, or they are not a whole number of values apart.
    """
    addresses = [array.__array_interface__["data"][0] for array in arrays]
    first = min(addresses)
    for array, address in zip(arrays, addresses):
        if array.dtype != np.float64 or not array.flags.c_contiguous or (address - first) % 8:
            raise DataError("a flat view needs contiguous arrays of float64, aligned with one another")
    end = max(address + array.nbytes for array, address in zip(arrays, addresses))
    view = as_strided(arrays[addresses.index(first)].reshape(-1), ((end - first) // 8,), (8,), writeable=False)
    return view, [(address - first) // 8 for address in addresses]
