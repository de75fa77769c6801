"""compiled: arithmetic over joints compiled to machine code by numba.

Between two ticks the caches go cold. A call of numpy or a loop iteration in Python then costs several microseconds
instead of some hundred nanoseconds. A compiled function pays that once for all joints.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])

READ = numba.types.Array(numba.float64, 1, "C", readonly=True)
"""A contiguous vector that is only read; accepts read-only ones, too."""
READ_SINGLE = numba.types.Array(numba.float32, 1, "C", readonly=True)
READ_PLACES = numba.types.Array(numba.int64, 1, "C", readonly=True)
READ_ROWS = numba.types.Array(numba.float64, 2, "C", readonly=True)
READ_PLACE_ROWS = numba.types.Array(numba.int64, 2, "C", readonly=True)
WRITE = numba.float64[::1]
WRITE_ROWS = numba.float64[:, ::1]
WRITE_SINGLE = numba.float32[::1]
NUMBER = numba.float64
WHOLE = numba.int64


def compiled(result: numba.types.Type, *arguments: numba.types.Type) -> Callable[[F], F]:
    """Compiles a function at once, for these types only: nothing is compiled inside the control loop.

    The code is kept for the next start where that can be written: beside the module, or in the user's cache. Arithmetic
    is that of IEEE 754 as in Python, without reordering.

    Args:
        result: Type of the result.
        *arguments: Types of the arguments.

    Returns:
        A decorator. The compiled function raises TypeError for arguments of other types.
    """
    signature = result(*arguments)

    def decorate(function: F) -> F:
        try:
            return cast(F, numba.njit(signature, cache=True)(function))
        except RuntimeError:  # no place for the cache can be written
            return cast(F, numba.njit(signature)(function))

    return decorate
