"""Stems of English words, the same as those of every index of words: SQLite's porter."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import lru_cache

TOKENIZER = "porter unicode61"
"""How text is cut into words and stemmed, as FTS5 has it."""


@lru_cache(maxsize=4096)
def stems_of(text: str) -> tuple[str, ...]:
    """Stems of the words of a text in their order, without marks: ``walked`` and ``walking`` are ``walk``."""
    with closing(sqlite3.connect(":memory:")) as words:
        words.execute(f"CREATE VIRTUAL TABLE texts USING fts5(text, tokenize='{TOKENIZER}')")
        words.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(texts, instance)")
        words.execute("INSERT INTO texts VALUES (?)", (text,))
        return tuple(row[0] for row in words.execute("SELECT term FROM terms ORDER BY offset"))
