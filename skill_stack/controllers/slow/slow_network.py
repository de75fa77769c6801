"""SlowNetwork: the network of a slow policy, from question to answer, wherever it runs."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from skill_stack.controllers.foreign.foreign_network import ForeignNetwork
from skill_stack.controllers.providers.choice import ProviderChoice
from skill_stack.controllers.providers.free_selector import FreeSelector
from skill_stack.controllers.slow.picture import PolicyPicture
from skill_stack.controllers.slow.vector import Vector
from skill_stack.core.errors import DataError
from skill_stack.core.shared_memory.frame_ring import FrameSource
from skill_stack.core.shared_memory.slow_channel import SlowAnswer, SlowQuestion
from skill_stack.core.skills.manifest_chunk import ManifestChunk
from skill_stack.core.skills.policy_manifest import PolicyManifest

Array = np.ndarray
WARM_UP_RUNS = 2  # the first runs allocate


class SlowNetwork:
    """A loaded network with its inputs: observation, pictures, and vectors.

    Attributes:
        values: Values of a question: all inputs made of terms, then the commands.
        problem: Why the last question has no answer, or an empty text.
        choice: Which provider evaluates it, and why.
    """

    def __init__(
        self,
        path: Path,
        sha256: str,
        manifest: PolicyManifest,
        frames: FrameSource | None = None,
        selector: FreeSelector | None = None,
    ) -> None:
        """Loads the network and runs it a few times.

        Args:
            path: The ONNX file.
            sha256: Its hash, as its skill states it.
            manifest: Its conventions, with ``chunk``.
            frames: Who has the pictures that it sees; None where there is none.
            selector: Chooses the provider that evaluates it; None stays on the CPU.

        Raises:
            DataError: File and manifest do not fit, a table is missing or has another hash, it needs pictures without a
                source, or the forced provider cannot be used.
        """
        chunk = manifest.chunk
        if chunk is None:
            raise DataError("policy: it has no chunk, so it runs in the control loop")
        if manifest.images and frames is None:
            cameras = ", ".join(sorted({image.camera for image in manifest.images}))
            raise DataError(f"policy: it sees through cameras ({cameras}), of which nobody has pictures here")
        self.problem = ""
        self._network = network = ForeignNetwork(path, sha256, manifest)
        self.choice = ProviderChoice("cpu", "no other was asked for")
        if selector is not None:
            self.choice, network.session = selector.select(path, network.session)
        self._pictures = [PolicyPicture(image, frames, network) for image in manifest.images] if frames else []
        self._vectors = [Vector(vector, manifest, path.parent, network) for vector in manifest.vectors]
        self._inputs = {one.name: np.zeros(network.shape(one.name), np.float32) for one in manifest.inputs}
        self._commands = len(manifest.commands)
        self.values = sum(array.size for array in self._inputs.values()) + self._commands
        outputs = _outputs(network, manifest, chunk)
        others = {one.name: one.array for one in self._pictures} | {one.name: one.array for one in self._vectors}
        self._actions = outputs[manifest.action.output].reshape(chunk.steps, len(manifest.driven))
        self._progress = outputs[chunk.progress].reshape(-1) if chunk.progress else np.zeros(chunk.steps)
        self._evaluate = network.bind({**self._inputs, **others}, outputs)
        for _ in range(WARM_UP_RUNS):
            self._evaluate()

    @property
    def where(self) -> str:
        """See :class:`skill_stack.controllers.slow.answerer.Answerer`."""
        return f"{self.choice.provider}: {self.choice.why}"

    def answer(self, question: SlowQuestion) -> SlowAnswer | None:
        """Runs the network.

        Args:
            question: The question.

        Returns:
            The answer; None when a camera has no fresh picture, see :attr:`problem`.
        """
        began = time.perf_counter()  # told to people alone
        place = 0
        for array in self._inputs.values():
            array.reshape(-1)[:] = question.values[place : place + array.size]
            place += array.size
        commands = question.values[place:]
        self.problem = next(filter(None, (one.take(question.task_time) for one in self._pictures)), "")
        if self.problem:
            return None
        for vector in self._vectors:
            vector.take(commands)
        self._evaluate()
        seconds = time.perf_counter() - began
        actions, progress = self._actions.astype(float), self._progress.astype(float)
        return SlowAnswer(question.sequence, question.tick, seconds, actions, progress)


def _outputs(network: ForeignNetwork, manifest: PolicyManifest, chunk: ManifestChunk) -> dict[str, Array]:
    """Buffers for the outputs; raises DataError where they differ from the manifest."""
    wanted = {manifest.action.output: chunk.steps * len(manifest.driven)}
    wanted |= {chunk.progress: chunk.steps} if chunk.progress else {}
    for name, size in wanted.items():
        if network.size(name) != size:
            raise DataError(
                f"policy: output '{name}' has the shape {list(network.shape(name))}, by the manifest it holds "
                f"{size} values: {chunk.steps} steps of {size // chunk.steps}"
            )
    return {name: np.zeros(network.shape(name), network.dtype(name)) for name in wanted}
