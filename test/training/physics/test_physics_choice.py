"""Which physics a training gets."""

from __future__ import annotations

import builtins
import sys

import pytest

pytest.importorskip("torch", reason="needs the extra 'train'")

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.training.physics.physics import BatchPhysics
from skill_stack.training.physics.physics_choice import physics_maker


@pytest.fixture
def no_jax(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refusing(name: str, *rest: object, **more: object) -> object:
        if name.split(".")[0] == "jax":
            raise ImportError("No module named 'jax'")
        return real(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.delitem(sys.modules, "skill_stack.training.physics.mjx_physics", raising=False)
    monkeypatch.setattr(builtins, "__import__", refusing)


def test_without_jax_the_processor_does_it_and_mjx_says_what_to_install(no_jax: None) -> None:
    assert physics_maker("mujoco", print) is BatchPhysics
    with pytest.raises(DataError, match="train-gpu"):
        physics_maker("mjx", print)


def test_mujoco_is_taken_when_asked_for_and_what_is_unknown_is_named() -> None:
    assert physics_maker("mujoco", print) is BatchPhysics
    with pytest.raises(UnknownName, match="mujoco"):
        physics_maker("warp", print)


def test_mjx_is_taken_when_asked_for_and_says_what_it_runs_on(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("jax", reason="needs the extra 'train-gpu'")
    from skill_stack.training.physics import mjx_physics

    said: list[str] = []
    for found in (True, False):
        monkeypatch.setattr(mjx_physics, "gpu_is_available", lambda found=found: found)
        assert physics_maker("mjx", said.append) is mjx_physics.MjxPhysics
    assert "on a graphics processor" in said[0] and "on the processor" in said[1]
