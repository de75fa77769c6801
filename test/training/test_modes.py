"""What was learnt of two ways: each by its mode, and their mean without."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

pytest.importorskip("torch", reason="needs the extra 'train'")

from skill_stack.connector.guides.around import MODES
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.training.chunks.settings import ChunkCloneSettings, load_settings
from skill_stack.training.chunks.walks import DemonstratedWalk
from skill_stack.training.modes.__main__ import MODE, clone
from skill_stack.training.modes.detours import TAUGHT_BEYOND, DetourWorlds

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "models" / "go2" / "detour"


def ways() -> list[DemonstratedWalk]:
    """Ways that turn to the side of their mode, from places that say nothing of it."""
    rng, made = np.random.default_rng(0), []
    for number in range(24):
        mode = 1.0 if number % 2 else -1.0
        seen = rng.normal(size=(20, 7))
        seen[:, MODE] = mode
        told = np.tile([0.5, 0.0, 0.6 * mode], (20, 1))
        made.append(DemonstratedWalk(seen, told, told, np.linspace(0, 1, 20), 0.0, np.zeros(20)))
    return made


@pytest.fixture
def settings() -> ChunkCloneSettings:
    shipped = load_settings(FOLDER)
    return shipped.model_copy(update={"learn": shipped.learn.model_copy(update={"epochs": 40})})


def turns(path: Path, mode: float) -> np.ndarray:
    """Turning rates that a network answers, rad/s, shape (places, steps)."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    seen = np.random.default_rng(1).normal(size=(10, 1, 7)).astype(np.float32)
    seen[..., MODE] = mode
    return np.stack([session.run(["actions"], {"obs": one})[0][0, :, 2] for one in seen])


def test_a_mode_chooses_and_without_it_the_answer_is_the_mean_of_both(settings, tmp_path) -> None:
    for name in ("mode", "mean"):
        clone(ways(), settings, FOLDER, tmp_path, name, lambda text: None)
    assert turns(tmp_path / "mode.onnx", 1.0).mean() == pytest.approx(0.6, abs=0.15)
    assert turns(tmp_path / "mode.onnx", -1.0).mean() == pytest.approx(-0.6, abs=0.15)
    assert abs(turns(tmp_path / "mean.onnx", 1.0).mean()) < 0.2
    np.testing.assert_array_equal(turns(tmp_path / "mean.onnx", 1.0), turns(tmp_path / "mean.onnx", -1.0))


def test_a_skill_without_chunks_is_refused(settings, tmp_path) -> None:
    with pytest.raises(DataError, match="no chunks"):
        clone(ways(), settings, ROOT / "models" / "go2" / "walk", tmp_path, "mode", lambda text: None)


def test_the_way_that_is_taught_is_no_slower_where_the_learnt_one_ends(settings) -> None:
    resources = Resources.from_environment({})
    robot = load_robot(resources.robot("go2"), resources)
    calm = settings.record.model_copy(update={"kick": 0.0})
    way = DetourWorlds(resources, robot, load_library(resources, robot), calm).demonstrate(7, "left")
    assert way is not None
    ahead, mode = way.seen[0, 4], way.seen[0, MODE]
    beyond = way.seen[:, 0] - ahead
    assert mode == MODES["left"] and beyond[-1] > TAUGHT_BEYOND
    assert way.told[beyond < 0.8, 0].min() > 0.1, "it walks on"
