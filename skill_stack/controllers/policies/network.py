"""Network: a loaded ONNX file with its contract, checked before anything may run it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.controllers.providers.choice import ProviderChoice
from skill_stack.controllers.providers.policy_session import Evaluate, PolicySession
from skill_stack.controllers.providers.provider import open_on_cpu
from skill_stack.controllers.providers.selector import ProviderSelector
from skill_stack.core.errors import DataError

Array = np.ndarray


class Network:
    """A network that several skills may share.

    Attributes:
        sha256: Hash of the file as its skill states it.
        contract: What it expects and yields.
        session: The ONNX Runtime session on the CPU, on one thread that does not spin between runs.
        choice: Which provider evaluates it, and why.
    """

    def __init__(
        self, path: Path, sha256: str, rate: float | None = None, selector: ProviderSelector | None = None
    ) -> None:
        """Loads the file, and finds the provider that shall evaluate it.

        Args:
            path: The ONNX file.
            sha256: Its hash.
            rate: Rate of the policy, Hz, for a file whose metadata does not state it.
            selector: Chooses the provider; None stays on the CPU.

        Raises:
            DataError: The file is missing, is no ONNX, lacks the contract, or has other inputs and outputs than the
                contract states, with the name of the file; or the forced provider cannot be used.
        """
        host = open_on_cpu(path)
        self.session = host.session
        self.sha256 = sha256
        self.contract = PolicyContract.from_metadata(
            ({} if rate is None else {"control_rate": str(rate)}) | self.session.get_modelmeta().custom_metadata_map,
            str(path),
        )
        self._check(path)
        self._path, self._host = path, host
        self._shape = (self.contract.observation_size, len(self.contract.joint_names))
        self._chosen: PolicySession = host
        self.choice = ProviderChoice("cpu", "no other was asked for")
        if selector is not None:
            self.choice, self._chosen = selector.select(path, sha256, host, self._shape)

    def _check(self, path: Path) -> None:
        inputs, outputs = self.session.get_inputs(), self.session.get_outputs()
        if len(inputs) != 1 or not outputs:
            raise DataError(f"policy file {path} has {len(inputs)} inputs, it must have one: the observation")
        wanted = (
            ("input", inputs[0], self.contract.observation_size),
            ("output", outputs[0], len(self.contract.joint_names)),
        )
        for what, value, size in wanted:
            free = len(value.shape) == 2 and not isinstance(value.shape[1], int)  # a dimension that is only named
            if value.type != "tensor(float)" or len(value.shape) != 2 or not (free or value.shape[1] == size):
                raise DataError(
                    f"policy file {path}: {what} '{value.name}' is {value.type} {value.shape}, "
                    f"by its contract it must be tensor(float) [1, {size}]"
                )

    def prepare(self, selector: ProviderSelector) -> ProviderChoice:
        """Builds engines and measures every provider, for the next time it is loaded.

        Args:
            selector: Measures, and keeps the result.
        """
        return selector.prepare(self._path, self.sha256, self._host, self._shape)

    def bind(self, observation: Array, action: Array) -> Evaluate:
        """Binds arrays that are read and written in place by every call of the result.

        Args:
            observation: float32, shape (1, observation size).
            action: float32, shape (1, joints).

        Both must be contiguous, and exist as long as the result.
        """
        return self._chosen.bind(observation, action)
