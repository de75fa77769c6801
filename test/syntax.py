"""The syntax trees of the project's files, each parsed once for all tests of one file."""

import ast
from collections.abc import Iterator
from functools import cache

import pytest


@cache
def tree_of(source: str) -> ast.Module:
    """Returns the tree of a program; read only."""
    return ast.parse(source)


@pytest.fixture(scope="module", autouse=True)
def trees_of_one_module() -> Iterator[None]:
    """Forgets the trees, a quarter of a gigabyte, after the tests of one file."""
    yield
    tree_of.cache_clear()
