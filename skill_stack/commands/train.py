"""``skill-stack train``: learns a skill; needs the extra ``train``."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence

from skill_stack.core.errors import SkillStackError


class ExtraMissing(SkillStackError):
    """An optional dependency is not installed; the text says how to install it."""


def delegate(argv: Sequence[str]) -> int:
    """Runs ``skill_stack.training.train`` with its own options.

    Raises:
        ExtraMissing: torch is not installed.
    """
    if importlib.util.find_spec("torch") is None:
        raise ExtraMissing("training needs the extra 'train': make setup EXTRAS=ros,dev,train")
    from skill_stack.training.train import main

    return int(main(list(argv)) or 0)
