"""ProviderChoice: which provider evaluates a network, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill_stack.controllers.providers.trial import ProviderTrial
from skill_stack.core.errors import DataError

WORTH = 0.9
"""Largest share of the CPU's time that another provider may take: a smaller gain is not worth a device."""


@dataclass(frozen=True, slots=True)
class ProviderChoice:
    """Provider and reason.

    Attributes:
        provider: Name of the provider.
        why: One sentence.
        trials: What came of each provider that was looked at.
    """

    provider: str
    why: str
    trials: tuple[ProviderTrial, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        trials = [trial.to_json() for trial in self.trials]
        return {"provider": self.provider, "why": self.why, "trials": trials}


def choose(trials: Sequence[ProviderTrial], wanted: str) -> ProviderChoice:
    """The fastest provider whose output agrees with the CPU's, or the one that is forced.

    Args:
        trials: One for each provider, that of the CPU among them.
        wanted: ``auto``, or the name of the forced provider.

    Raises:
        DataError: The forced one cannot be used; the message states why.
    """
    found = {trial.provider: trial for trial in trials}
    if wanted != "auto":
        _check_forced(found, wanted)
        return ProviderChoice(wanted, "forced by configuration", tuple(trials))
    others = [trial for trial in trials if trial.provider != "cpu"]
    measured = [trial for trial in others if trial.agrees and trial.milliseconds is not None]
    cpu = found["cpu"]
    best = min(measured, key=lambda trial: trial.milliseconds or 0.0, default=None)
    if best is None:
        reasons = "; ".join(f"{trial.provider}: {trial.reason}" for trial in others)
        return ProviderChoice("cpu", reasons or "the only provider of this onnxruntime", tuple(trials))
    assert best.milliseconds is not None and cpu.milliseconds is not None
    figures = f"{best.provider} {best.milliseconds:.3f} ms, cpu {cpu.milliseconds:.3f} ms"
    if best.milliseconds > WORTH * cpu.milliseconds:
        return ProviderChoice("cpu", f"no other is clearly faster: {figures}", tuple(trials))
    return ProviderChoice(best.provider, f"the fastest that agrees with the CPU: {figures}", tuple(trials))


def _check_forced(found: Mapping[str, ProviderTrial], wanted: str) -> None:
    """Raises DataError where the provider that is forced cannot be used."""
    forced = found.get(wanted)
    if forced is None or not forced.agrees:
        why = forced.reason if forced else "it was not looked at"
        good = ", ".join(name for name, trial in found.items() if trial.agrees)
        raise DataError(f"provider '{wanted}' is forced and cannot be used: {why}. Usable: {good}, auto")
