"""Function words and other small closed classes of words, read from ``words/data/function_words.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from skill_stack.core.errors import DataError
from skill_stack.language.words.lexicon_files import FunctionWords, parse_words

FOLDER = Path(__file__).resolve().parent / "data"


def read_words(path: Path) -> Any:
    """Returns the content of a YAML file with every scalar as text; YAML 1.1 reads ``on`` and ``no`` as booleans.

    Raises:
        DataError: The file is missing or no YAML.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except (OSError, yaml.YAMLError) as error:
        raise DataError(f"{path}: {error}") from error


WORDS = parse_words(FunctionWords, read_words(FOLDER / "function_words.yaml"), "function_words.yaml")
