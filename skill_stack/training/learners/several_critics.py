"""PPO with one critic for each group of rewards.

Each group has its own network, returns and advantages; those are brought to the same spread before they are added by
weight. A group with small or noisy returns so counts as much as its weight says.

Source: S. Mysore, G. Cheng, Y. Zhao, K. Saenko, M. Wu, "Multi-Critic Actor Learning: Teaching RL Policies to Act with
Style" (ICLR 2022), who keep a value function for each style; for groups of rewards, F. Zargarbashi et al.,
"RobotKeyframing" (CoRL 2024).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from rsl_rl.algorithms import PPO
from rsl_rl.models import MLPModel
from rsl_rl.storage import RolloutStorage
from tensordict import TensorDict
from torch import nn

from skill_stack.training.physics.training_environment import REWARD_GROUPS


class SideBySide(nn.ModuleList):
    """Networks that see the same; their outputs stand next to one another."""

    def forward(self, seen: torch.Tensor) -> torch.Tensor:
        """Outputs of all networks, joined along the last axis."""
        return torch.cat([network(seen) for network in self], dim=-1)


class Critics(MLPModel):
    """A value of each group of rewards, each by a network of its own."""

    def __init__(
        self, obs: TensorDict, groups: dict[str, list[str]], kind: str, output_dim: int, count: int, **settings: Any
    ) -> None:
        """Makes as many networks as there are groups; see the base class for the other arguments."""
        super().__init__(obs, groups, kind, output_dim, **settings)
        self.mlp = SideBySide(MLPModel(obs, groups, kind, output_dim, **settings).mlp for _ in range(count))


class SeveralCritics(PPO):
    """PPO whose environment says the rewards of each group in its extras, under :data:`REWARD_GROUPS`."""

    def __init__(
        self, actor: MLPModel, critic: Critics, storage: RolloutStorage, shares: Sequence[float], **settings: Any
    ) -> None:
        """Widens the storage to all groups.

        Args:
            actor: The policy.
            critic: Values of the groups.
            storage: What is stored of each tick.
            shares: Weight of each group's advantages.
            settings: Those of the base class.
        """
        super().__init__(actor, critic, storage, **settings)
        self.shares = torch.tensor(shares, device=self.device)
        ticks, robots, groups = storage.num_transitions_per_env, storage.num_envs, len(self.shares)
        storage.values, storage.returns = torch.zeros(2, ticks, robots, groups, device=self.device).unbind()
        storage.rewards = torch.zeros(ticks, robots * groups, 1, device=self.device)  # it writes a column of one tick

    def process_env_step(
        self, obs: TensorDict, rewards: torch.Tensor, dones: torch.Tensor, extras: dict[str, torch.Tensor]
    ) -> None:
        """Stores one tick with the rewards of each group."""
        super().process_env_step(obs, extras[REWARD_GROUPS], dones, extras)

    def compute_returns(self, obs: TensorDict) -> None:
        """Returns of each group, and the weighted sum of their normalised advantages."""
        stored = self.storage
        column = stored.rewards
        stored.rewards = column.view(stored.values.shape)
        super().compute_returns(obs)
        stored.rewards = column
        each = normalised(stored.returns - stored.values)
        stored.advantages = normalised((each * self.shares).sum(dim=-1, keepdim=True))


def normalised(advantages: torch.Tensor) -> torch.Tensor:
    """Each column with mean 0 and deviation 1 over ticks and robots, the first two axes."""
    spread, mean = torch.std_mean(advantages, dim=(0, 1), keepdim=True)
    return (advantages - mean) / (spread + 1e-8)
