"""ProviderSelector: finds the provider for each network before the loop begins, never inside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from skill_stack.controllers.providers.choice import ProviderChoice, choose
from skill_stack.controllers.providers.chooser import Chooser
from skill_stack.controllers.providers.policy_session import PolicySession
from skill_stack.controllers.providers.prepared import read_prepared, signature, write_prepared
from skill_stack.controllers.providers.provider import ORT_NAMES, ProviderMissing, ProviderPlace, open_session
from skill_stack.controllers.providers.trial import Clock, ProviderTrial, compare, median_time, outputs

Open = Callable[[ProviderPlace, str], PolicySession]

ENGINES = "engines"
"""Folder of the overlay for what ``skill-stack prepare`` builds and measures."""


class ProviderSelector(Chooser[PolicySession]):
    """Chooses by measurement. What ``skill-stack prepare`` measured on this machine is not measured again."""

    def __init__(
        self,
        wanted: str = "auto",
        folder: Path | None = None,
        providers: Sequence[str] | None = None,
        opener: Open = open_session,
        clock: Clock = Clock(),  # noqa: B008 - frozen
    ) -> None:
        """As of :class:`Chooser`; ``folder``, usually :data:`ENGINES` of the overlay, keeps results and engines."""
        super().__init__(wanted, providers, opener, clock)
        self._folder = folder

    def select(
        self, model: Path, sha256: str, cpu: PolicySession, shape: tuple[int, int]
    ) -> tuple[ProviderChoice, PolicySession]:
        """The provider for a network, and the network on it.

        Args:
            model: The ONNX file.
            sha256: Its hash.
            cpu: The network on the CPU: the reference, and the answer when nothing else is better.
            shape: Size of observation and action.

        Raises:
            DataError: The forced provider cannot be used; the message states why.
        """
        if self.wanted == "cpu" or (self.wanted == "auto" and self._there == ("cpu",)):
            return choose([ProviderTrial("cpu", True)], self.wanted), cpu
        place = self._place(model, sha256)
        if self.wanted != "auto":
            trials, sessions = self._try(place, cpu, shape, (self.wanted,), timed=False)
            return choose(trials, self.wanted), sessions[self.wanted]
        before = read_prepared(place.engines, sha256, signature(self._there))
        if before is not None:
            return self._as_prepared(before, place, cpu, shape)
        untried = ProviderTrial("tensorrt", False, reason="no engine was prepared: skill-stack prepare ROBOT")
        trials, sessions = self._try(
            place, cpu, shape, [name for name in self._there if name != "tensorrt"], timed=True
        )
        choice = choose([*trials, untried] if "tensorrt" in self._there else trials, "auto")
        return choice, sessions[choice.provider]

    def _as_prepared(
        self, before: ProviderChoice, place: ProviderPlace, cpu: PolicySession, shape: tuple[int, int]
    ) -> tuple[ProviderChoice, PolicySession]:
        """What was found before, unless it no longer agrees with the CPU."""
        trials, sessions = self._try(place, cpu, shape, (before.provider,), timed=False)
        trial = next(trial for trial in trials if trial.provider == before.provider)
        if trial.agrees:
            return ProviderChoice(before.provider, f"prepared: {before.why}", tuple(trials)), sessions[before.provider]
        return ProviderChoice("cpu", f"{trial.provider} was prepared, but {trial.reason}", tuple(trials)), cpu

    def prepare(self, model: Path, sha256: str, cpu: PolicySession, shape: tuple[int, int]) -> ProviderChoice:
        """Builds engines, measures every provider, and keeps the result for :meth:`select`.

        Args:
            model: The ONNX file.
            sha256: Its hash.
            cpu: The network on the CPU.
            shape: Size of observation and action.
        """
        place = self._place(model, sha256)
        trials, _ = self._try(place, cpu, shape, tuple(ORT_NAMES), timed=True)
        choice = choose(trials, "auto")
        if place.engines is not None:
            write_prepared(place.engines, sha256, signature(self._there), choice)
        return choice

    def _place(self, model: Path, sha256: str) -> ProviderPlace:
        return ProviderPlace(model, None if self._folder is None else self._folder / sha256[:16])

    def _try(
        self, place: ProviderPlace, cpu: PolicySession, shape: tuple[int, int], names: Sequence[str], timed: bool
    ) -> tuple[list[ProviderTrial], dict[str, PolicySession]]:
        """Tries providers; those that fail are left out with their reason."""
        reference = outputs(cpu, *shape)
        trials: list[ProviderTrial] = []
        sessions: dict[str, PolicySession] = {"cpu": cpu}
        for name in dict.fromkeys(("cpu", *names)):
            try:
                session = cpu if name == "cpu" else self._open(place, name)
                trial = compare(session, reference, shape[0])
                if timed and trial.agrees:
                    duration = median_time(session, *shape, self._clock)
                    trial = ProviderTrial(name, True, duration, trial.deviation, trial.reason)
            except ProviderMissing as error:
                trials.append(ProviderTrial(name, False, reason=str(error)))
                continue
            trials.append(trial)
            sessions[name] = session
        return trials, sessions
