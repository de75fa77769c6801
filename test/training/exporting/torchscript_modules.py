"""Policies in small, as trainers export them; in a file of their own, since scripting reads their source."""

import torch
from torch import nn

SEEN, HIDDEN, ACTIONS = 15, 8, 12


class Plain(nn.Module):
    """A policy without memory."""

    def __init__(self) -> None:
        super().__init__()
        self.actor = nn.Sequential(nn.Linear(SEEN, HIDDEN), nn.ELU(), nn.Linear(HIDDEN, ACTIONS))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.actor(x)


class Remembering(nn.Module):
    """A policy with an LSTM whose state is in buffers."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = nn.LSTM(SEEN, HIDDEN)
        self.actor = nn.Linear(HIDDEN, ACTIONS)
        self.register_buffer("hidden_state", torch.zeros(1, 1, HIDDEN))
        self.register_buffer("cell_state", torch.zeros(1, 1, HIDDEN))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out, (h, c) = self.memory(x.unsqueeze(0), (self.hidden_state, self.cell_state))
        self.hidden_state[:] = h
        self.cell_state[:] = c
        return self.actor(out.squeeze(0))

    @torch.jit.export
    def reset_memory(self) -> None:
        self.hidden_state[:] = 0.0
        self.cell_state[:] = 0.0


class Recurrent(Remembering):
    """The LSTM of legged_gym's export: weights that do not read the observation come first."""

    def __init__(self) -> None:
        nn.Module.__init__(self)
        self.actor = nn.Sequential(nn.Linear(64, 32), nn.ELU(), nn.Linear(32, ACTIONS))
        self.memory = nn.LSTM(47, 64)
        self.register_buffer("hidden_state", torch.zeros(1, 1, 64))
        self.register_buffer("cell_state", torch.zeros(1, 1, 64))


class Gated(nn.Module):
    """A policy with a GRU whose state is in a buffer, without a method that forgets."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = nn.GRU(SEEN, HIDDEN)
        self.actor = nn.Linear(HIDDEN, ACTIONS)
        self.register_buffer("hidden", torch.zeros(1, 1, HIDDEN))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out, h = self.memory(x.unsqueeze(0), self.hidden)
        self.hidden[:] = h
        return self.actor(out.squeeze(0))


class Counting(Plain):
    """A policy that remembers in a number, which an export cannot show."""

    def __init__(self) -> None:
        super().__init__()
        self.runs = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.runs += 1
        return self.actor(x) * float(self.runs)


class Biased(Gated):
    """A policy whose memory does not begin with zeros."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden += 1.0


class Random(Plain):
    """A policy that answers otherwise every time."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.actor(x) + torch.rand(1, 12)


class Two(Plain):
    """A policy with two answers."""

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:  # type: ignore[override]
        return self.actor(x), x


class Asking(Plain):
    """A policy with two arguments."""

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        return self.actor(x + y)


class Folding(Plain):
    """A policy whose weights do not show how much it sees."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.actor(x.reshape(1, 2, 15).sum(1))
