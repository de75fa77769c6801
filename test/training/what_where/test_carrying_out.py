"""Picking and placing by the pixels that a what-and-where network points at."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the extra train is not installed")
pytest.importorskip("tokenizers", reason="the extra words is not installed")

from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.training.what_where.carrying_out import thing_at

FOLDER = Path(__file__).parents[3] / "models/networks/what_where"


def test_a_point_means_the_nearest_thing_that_is_seen_there():
    things = [
        SceneObject(name, "box", (x, 0.0, 0.43), 0.0, "box", (0.05, 0.05, 0.06)) for name, x in (("a", 0.2), ("b", 0.3))
    ]
    scene = SceneGraph({one.id: one for one in things})
    assert thing_at(scene, (0.21, 0.01)).id == "a" and thing_at(scene, (0.28, 0.0)).id == "b"
    assert thing_at(scene, (0.45, 0.0)) is None and thing_at(SceneGraph(), (0.2, 0.0)) is None


def test_the_gantry_puts_what_is_pointed_at_where_it_is_pointed(tmp_path):
    folder = shutil.copytree(FOLDER, tmp_path / "network")
    command = [sys.executable, "-m", "skill_stack.training.what_where", "carry", str(folder), "--first", "1101"]
    environment = {**os.environ, "MUJOCO_GL": "egl", "OMP_NUM_THREADS": "1"}
    done = subprocess.run([*command, "--count", "2"], env=environment, capture_output=True, text=True, check=False)
    if done.returncode and "EGL" in done.stderr:
        pytest.skip("there is no EGL here")
    assert done.returncode == 0, done.stderr
    figures = json.loads((folder / "figures.json").read_text())
    known, unseen = (figures["carried"][name] for name in ("known", "unseen"))
    assert (known["count"], known["of"], unseen["count"], unseen["of"]) == (1, 1, 1, 1)
    assert figures["carried"]["median_error"] <= 0.02 and "pick_known" in figures, "what was judged before stays"
