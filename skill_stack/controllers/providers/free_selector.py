"""FreeSelector: finds the provider for a network with any inputs and outputs, as those beside the loop have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from skill_stack.controllers.providers.choice import ProviderChoice, choose
from skill_stack.controllers.providers.chooser import Chooser
from skill_stack.controllers.providers.provider import TENSORS, ProviderMissing, ProviderPlace, open_plain
from skill_stack.controllers.providers.trial import SEED, TOLERANCE, Clock, ProviderTrial, deviation

Array = np.ndarray
Open = Callable[[ProviderPlace, str], onnxruntime.InferenceSession]
QUESTIONS, RUNS = 3, 3
"""Questions whose answers are compared, and runs that are timed: such a network takes up to half a second for each."""


class FreeSelector(Chooser[onnxruntime.InferenceSession]):
    """Chooses by measurement at each start; for networks too slow for the control loop."""

    def __init__(
        self,
        wanted: str = "auto",
        providers: Sequence[str] | None = None,
        opener: Open = open_plain,
        clock: Clock = Clock(),  # noqa: B008 - frozen
    ) -> None:
        """As of :class:`Chooser`."""
        super().__init__(wanted, providers, opener, clock)

    def select(
        self, model: Path, cpu: onnxruntime.InferenceSession
    ) -> tuple[ProviderChoice, onnxruntime.InferenceSession]:
        """The provider for a network, and the network on it.

        Args:
            model: The ONNX file.
            cpu: The network on the CPU: the reference, and the answer when nothing else is better.

        Raises:
            DataError: The forced provider cannot be used; the message states why.
        """
        # TensorRT builds an engine for minutes: only where somebody asks for it.
        names = [name for name in self._there if name not in ("cpu", "tensorrt")]
        names = names if self.wanted == "auto" else [self.wanted]
        if not names or names == ["cpu"]:
            return choose([ProviderTrial("cpu", True)], self.wanted), cpu
        questions = [_question(cpu, seed) for seed in range(SEED, SEED + QUESTIONS)]
        reference = _answers(cpu, questions)
        trials = [ProviderTrial("cpu", True, self._time(cpu, questions[0]), 0.0)]
        sessions = {"cpu": cpu}
        for name in names:
            try:
                session = self._open(ProviderPlace(model), name)
                off = deviation(_answers(session, questions), reference)
            except ProviderMissing as error:
                trials.append(ProviderTrial(name, False, reason=str(error)))
                continue
            if off > TOLERANCE:
                trials.append(
                    ProviderTrial(name, False, reason=f"differs from the CPU by {off:.2g}, more than {TOLERANCE:g}")
                )
                continue
            trials.append(ProviderTrial(name, True, self._time(session, questions[0]), off))
            sessions[name] = session
        choice = choose(trials, self.wanted)
        return choice, sessions[choice.provider]

    def _time(self, session: onnxruntime.InferenceSession, question: dict[str, Array]) -> float:
        """Median duration of an evaluation with everything copied there and back, ms."""
        durations = []
        for _ in range(RUNS):
            began = self._clock.now()
            session.run(None, question)
            durations.append(self._clock.now() - began)
        return 1e3 * float(np.median(durations))


def _question(session: onnxruntime.InferenceSession, seed: int) -> dict[str, Array]:
    """An array for every input, the same for the same seed; symbolic sizes count as 1."""
    rng = np.random.default_rng(seed)
    out: dict[str, Array] = {}
    for value in session.get_inputs():
        shape = [size if isinstance(size, int) and size > 0 else 1 for size in value.shape]
        kind = TENSORS.get(value.type, np.float32)
        whole = np.issubdtype(kind, np.integer)
        array = rng.integers(0, 200, shape) if kind is np.uint8 else rng.standard_normal(shape)
        out[value.name] = np.zeros(shape, kind) if whole and kind is not np.uint8 else array.astype(kind)
    return out


def _answers(session: onnxruntime.InferenceSession, questions: list[dict[str, Array]]) -> Array:
    rows = [np.concatenate([np.ravel(one) for one in session.run(None, question)]) for question in questions]
    return np.stack(rows)
