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
    assert physics_maker("auto", print) is BatchPhysics
    with pytest.raises(DataError, match="train-gpu"):
        physics_maker("mjx", print)


def test_mujoco_is_taken_when_asked_for_and_what_is_unknown_is_named() -> None:
    assert physics_maker("mujoco", print) is BatchPhysics
    with pytest.raises(UnknownName, match="mujoco"):
        physics_maker("warp", print)


def test_mjx_is_taken_when_asked_for_and_by_itself_where_a_graphics_processor_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("jax", reason="needs the extra 'train-gpu'")
    from skill_stack.training.physics import mjx_physics

    said: list[str] = []
    assert physics_maker("mjx", said.append) is mjx_physics.MjxPhysics and "MJX" in said[0]
    monkeypatch.setattr(mjx_physics, "gpu_is_available", lambda: True)
    assert physics_maker("auto", said.append) is mjx_physics.MjxPhysics
    monkeypatch.setattr(mjx_physics, "gpu_is_available", lambda: False)
    assert physics_maker("auto", said.append) is BatchPhysics
