"""Self-imitation: episodes in which a sparse reward was reached are learnt from again, early in a run above all.

Source: J. Oh, Y. Guo, S. Singh, H. Lee, "Self-Imitation Learning" (ICML 2018): beside each update by PPO, actions of
past episodes become likelier by as much as their return exceeds what the critic expected, and the critic rises to it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import torch
from rsl_rl.algorithms import PPO
from tensordict import TensorDict

from skill_stack.training.tasks.ppo_task import SelfImitationTask


@dataclass(frozen=True, slots=True)
class _Episode:
    """What was seen and done until the last reward, and the discounted sum of what came after."""

    observations: TensorDict
    actions: torch.Tensor
    returns: torch.Tensor


class SelfImitation:
    """Keeps a learner's own successes, and has it learn from them."""

    def __init__(self, task: SelfImitationTask, gamma: float, seed: int) -> None:
        """Starts without an episode.

        Args:
            task: How much, and for how long.
            gamma: Discount of a tick.
            seed: Of which ticks are replayed.
        """
        self._task, self._gamma = task, gamma
        self._random = torch.Generator().manual_seed(seed)
        self._begun: list[tuple[TensorDict, torch.Tensor, torch.Tensor]] = []
        self._since: torch.Tensor | None = None
        self._episodes: deque[_Episode] = deque()
        self._kept = 0
        self.found = 0

    def see(self, observations: TensorDict, actions: torch.Tensor, rewards: torch.Tensor, done: torch.Tensor) -> None:
        """Takes one tick of all robots; what ended is kept where a reward above zero was in it.

        Args:
            observations: Before the actions, batch (robots,).
            actions: Shape (robots, actions).
            rewards: Of the tick, shape (robots,).
            done: Whose episode ended with it, shape (robots,).
        """
        if self._since is None:
            self._since = torch.zeros(len(rewards), dtype=torch.long)
        self._begun.append((observations.clone(), actions.clone(), rewards.clone()))
        for robot in torch.nonzero(done.bool()).flatten().tolist():
            self._end(robot, int(self._since[robot]))
        self._since = torch.where(done.bool(), len(self._begun), self._since)
        oldest = int(self._since.min())
        self._begun, self._since = self._begun[oldest:], self._since - oldest

    def _end(self, robot: int, begin: int) -> None:
        """Keeps an episode up to its last reward; the oldest ones make room."""
        rewards = torch.stack([row[2][robot] for row in self._begun[begin:]])
        good = torch.nonzero(rewards > 0.0).flatten()
        if not len(good):
            return
        self.found += 1
        count = int(good[-1]) + 1
        returns = torch.zeros(len(rewards))
        later = torch.zeros(())
        for tick in reversed(range(len(rewards))):
            later = rewards[tick] + self._gamma * later
            returns[tick] = later
        rows = self._begun[begin : begin + count]
        seen = TensorDict.stack([row[0][robot] for row in rows])
        self._episodes.append(_Episode(seen, torch.stack([row[1][robot] for row in rows]), returns[:count]))
        self._kept += count
        while self._kept > self._task.capacity and len(self._episodes) > 1:
            self._kept -= len(self._episodes.popleft().returns)

    def share(self, iteration: int) -> float:
        """What is left of replay and entropy bonus in an iteration, from 1 down to 0."""
        return max(0.0, 1.0 - iteration / self._task.iterations)

    def learn(self, learner: PPO, iteration: int) -> None:
        """Has a learner learn from what is kept, and sets the entropy bonus of its next update.

        Args:
            learner: The learner, after its own update.
            iteration: Iterations before this one.
        """
        task, share = self._task, self.share(iteration)
        learner.entropy_coef = task.entropy * share
        if not self._episodes or not task.weight * share:
            return
        seen = TensorDict.cat([one.observations for one in self._episodes]).to(learner.device)
        actions = torch.cat([one.actions for one in self._episodes]).to(learner.device)
        returns = torch.cat([one.returns for one in self._episodes]).to(learner.device)
        with torch.no_grad():
            better = (returns - learner.critic(seen).sum(dim=-1)).clamp(min=0.0)
        if not float(better.sum()) > 0.0:
            return
        chance = better.cpu() ** task.priority + 1e-8
        for _ in range(task.batches):
            rows = torch.multinomial(chance, task.batch, True, generator=self._random)
            self._update(learner, seen[rows], actions[rows], returns[rows], task.weight * share)

    def _update(
        self, learner: PPO, seen: TensorDict, actions: torch.Tensor, returns: torch.Tensor, weight: float
    ) -> None:
        """One step of the learner's optimiser towards some replayed ticks."""
        learner.actor(seen, stochastic_output=True)
        likely = learner.actor.get_output_log_prob(actions)
        lack = (returns - learner.critic(seen).sum(dim=-1)).clamp(min=0.0)
        loss = -(likely * lack.detach()).mean() + 0.5 * self._task.value * lack.square().mean()
        learner.optimizer.zero_grad()
        (weight * loss).backward()  # type: ignore[no-untyped-call]
        for network in (learner.actor, learner.critic):
            torch.nn.utils.clip_grad_norm_(network.parameters(), learner.max_grad_norm)
        learner.optimizer.step()
