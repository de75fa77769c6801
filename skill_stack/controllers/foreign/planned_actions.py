"""The term ``planned_actions``: the commands that apply until a late answer arrives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from skill_stack.controllers.foreign.moment import Moment
from skill_stack.core.errors import DataError
from skill_stack.core.skills.policy_manifest import ManifestTerm, PolicyManifest

Array = np.ndarray
PLANNED = "planned_actions"
"""Name of the term."""


def planned_steps(term: ManifestTerm) -> int:
    """Steps ahead that a term sees of what is commanded already; 0 for every other term.

    Raises:
        DataError: The number is missing, or is not a whole number above 0.
    """
    if term.term != PLANNED:
        return 0
    steps = term.params.get("steps")
    if not isinstance(steps, int) or steps < 1:
        raise DataError(f"policy: the term '{PLANNED}' needs params.steps, a whole number above 0, not {steps!r}")
    return steps


def planned_actions(term: ManifestTerm, manifest: PolicyManifest) -> tuple[int, Callable[[Moment], Array]]:
    """Length of the term and what yields its values.

    Raises:
        DataError: The network does not answer in chunks, or in shorter ones.
    """
    chunk, steps = manifest.chunk, planned_steps(term)
    if chunk is None:
        raise DataError(f"policy: the term '{PLANNED}' is for networks that answer in chunks")
    if steps > chunk.steps:
        raise DataError(f"policy: the term '{PLANNED}' sees {steps} steps, an answer has {chunk.steps}")
    return steps * len(manifest.driven), lambda moment: moment.planned[:steps].reshape(-1)


def empty_plan_step(manifest: PolicyManifest) -> Array:
    """One step of the default plan: no goal values, or the joints at rest, rad."""
    if manifest.action.goals:
        return np.zeros(len(manifest.action.goals))
    return np.array([manifest.default_joint_pos[manifest.joint_names.index(name)] for name in manifest.driven])
