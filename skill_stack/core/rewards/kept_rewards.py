"""KeptRewards: the terms of a motion that got a name, in the skill's folder, for whoever trains or measures it."""

from __future__ import annotations

from pathlib import Path

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.rewards.reward_set import RewardSet

REWARDS_FILE = "rewards.yaml"


class KeptRewards(DataModel):
    """Content of ``rewards.yaml``.

    Attributes:
        words: What was said.
        rewards: What the motion shall be, and when it counts as done.
        provenance: Where it comes from.
    """

    words: str
    rewards: RewardSet
    provenance: str


def load_kept_rewards(folder: Path) -> KeptRewards | None:
    """The terms of a skill's folder; None where it has none.

    Args:
        folder: The folder.

    Raises:
        DataError: The file is wrong.
    """
    path = folder / REWARDS_FILE
    return load_model(KeptRewards, path) if path.is_file() else None
