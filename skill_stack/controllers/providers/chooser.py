"""Chooser: base of the classes that choose a provider by measurement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from skill_stack.controllers.providers.provider import WANTED, ProviderPlace, available
from skill_stack.controllers.providers.trial import Clock
from skill_stack.core.errors import UnknownName

Session = TypeVar("Session")


class Chooser(Generic[Session]):
    """Holds the requested provider, the available ones, and how a network is loaded on one.

    Attributes:
        wanted: ``auto``, or the name of the provider that is forced.
    """

    def __init__(
        self,
        wanted: str,
        providers: Sequence[str] | None,
        opener: Callable[[ProviderPlace, str], Session],
        clock: Clock,
    ) -> None:
        """Sets the conditions.

        Args:
            wanted: ``auto``, or the name of a provider to force.
            providers: Available providers; None takes those of ONNX Runtime.
            opener: Loads a network on a provider.
            clock: What time is measured with.

        Raises:
            UnknownName: There is no such provider.
        """
        if wanted not in WANTED:
            raise UnknownName("provider", wanted, WANTED)
        self.wanted = wanted
        self._there = tuple(available() if providers is None else providers)
        self._open, self._clock = opener, clock
