"""PolicySession: a loaded network on one provider, evaluated in place."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Protocol

import numpy as np
import onnxruntime

Array = np.ndarray
Evaluate = Callable[[], object]
"""Reads the bound observation and writes the bound action."""


_AS_ALWAYS = onnxruntime.RunOptions()
"""Preallocated run options; without them the runtime makes new ones for every run."""


class PolicySession(Protocol):
    """Properties of a loaded network for the selection of a provider.

    Attributes:
        provider: Name of the provider.
        detail: How it runs there, e.g. ``CUDA graph``; empty without details.
    """

    provider: str
    detail: str

    def bind(self, observation: Array, action: Array) -> Evaluate:
        """Binds arrays that are read and written in place.

        Args:
            observation: float32, shape (1, observation size); contiguous, must exist as long as the result.
            action: float32, shape (1, joints); likewise.
        """
        ...


class HostSession:
    """See :class:`PolicySession`; on the CPU, where the network works on the arrays themselves."""

    def __init__(self, session: onnxruntime.InferenceSession, provider: str = "cpu") -> None:
        """Takes a session with one input; its first output is the action."""
        self.provider, self.detail = provider, ""
        self.session = session
        self._kept: list[onnxruntime.IOBinding] = []

    def bind(self, observation: Array, action: Array) -> Evaluate:
        """See :class:`PolicySession`."""
        binding = self.session.io_binding()
        for bind, value, array in (
            (binding.bind_input, self.session.get_inputs()[0], observation),
            (binding.bind_output, self.session.get_outputs()[0], action),
        ):
            bind(value.name, "cpu", 0, np.float32, array.shape, array.__array_interface__["data"][0])
        # The session's own method does nothing but to pass on to this one, which costs some µs with cold caches.
        inner, bare = getattr(self.session, "_sess", None), getattr(binding, "_iobinding", None)
        if inner is None or bare is None:  # another version of the runtime may keep them elsewhere
            return functools.partial(self.session.run_with_iobinding, binding)
        self._kept.append(binding)
        return functools.partial(inner.run_with_iobinding, bare, _AS_ALWAYS)


class DeviceSession:
    """See :class:`PolicySession`; on a GPU, with one input and one output in its memory at addresses that never change.

    That is what a captured CUDA graph needs: its first run captures, every later one replays on the same addresses,
    whichever arrays of the host are copied to and from them.
    """

    def __init__(self, session: onnxruntime.InferenceSession, provider: str, detail: str, device: str = "cuda") -> None:
        """Takes a session whose every node runs on the device."""
        self.provider, self.detail = provider, detail
        self.session = session
        self._device = device
        self._binding: onnxruntime.IOBinding | None = None

    def bind(self, observation: Array, action: Array) -> Evaluate:
        """See :class:`PolicySession`; every result uses the same memory on the device, one after the other."""
        if self._binding is None:
            there = onnxruntime.OrtValue.ortvalue_from_numpy
            self._given, self._made = there(observation, self._device, 0), there(action, self._device, 0)
            self._binding = self.session.io_binding()
            self._binding.bind_ortvalue_input(self.session.get_inputs()[0].name, self._given)
            self._binding.bind_ortvalue_output(self.session.get_outputs()[0].name, self._made)
        binding, given, made, run = self._binding, self._given, self._made, self.session.run_with_iobinding

        def evaluate() -> None:
            given.update_inplace(observation)
            run(binding)
            np.copyto(action, made.numpy())

        return evaluate
