"""Scores random scenes in a separate process, since the GL library can be chosen only once per process.

Example: ``MUJOCO_GL=egl python -m skill_stack.runtime.episodes.perception_worker scenes 0 1 2``: a line of JSON for
each scene.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from skill_stack.core.errors import SkillStackError
from skill_stack.evaluation.measured import version_from
from skill_stack.evaluation.scores.perception_score import SceneScore
from skill_stack.hardware.rendering.picture_strip import BACKENDS, NoPictures

PACKAGE = Path(__file__).resolve().parents[2]
COUNTS = (
    *("perception/*.py", "perception/[!gn]*/*.py", "core/*/camera_*.py"),
    *("core/world/frame_faults.py", "evaluation/*/perception_*.py"),
)
MORE = (
    *("runtime/episodes/*_episodes.py", "evaluation/scenes/search_rooms.py"),
    *("hardware/rendering/rgbd_renderer.py", "hardware/rendering/depth_noise.py"),
)
OWN = {
    "spatial": (
        *("core/spatial/*.py", "language/*.py", "language/*/*.py", "language/*/*.yaml", "language/words/data/*.yaml"),
        *("evaluation/scenes/spatial_*.py", "evaluation/scenes/pointing_scenes.py", "runtime/spatial/*.py"),
    ),
    "clearing": (
        *("core/spatial/crowding.py", "planner/building/*.py", "planner/dialogue/*.py", "connector/g*/*.py"),
        *("evaluation/scenes/packed_scenes.py", "runtime/building/*.py"),
    ),
    "pointing_votes": (
        *("evaluation/scenes/relation_scenes.py", "connector/g*/*.py", "runtime/building/*.py"),
        *("runtime/line/pointed_out.py", "perception/recognition/pointing_answers.py"),
    ),
    "harder": ("hardware/rendering/harder_pictures.py", "hardware/rendering/drawn_scene.py"),
    "depth_grasps": (
        *("perception/grasps/*.py", "evaluation/scenes/grasp_scenes.py"),
        *("hardware/rendering/gripper_trial.py",),
    ),
}
"""Files that affect one kind of measurement only."""
READY = "ready"
KINDS = {
    "scenes": ("episodes.perception_episodes", "run_scene"),
    "harder": ("episodes.perception_episodes", "run_harder"),
    "search": ("episodes.search_episodes", "run_flat"),
    "seen_success": ("episodes.success_episodes", "run_success"),
    "spatial": ("spatial.spatial_episodes", "run_spatial"),
    "depth_grasps": ("episodes.view_grasp_episodes", "run_view_grasps"),
    "clearing": ("building.packed_episodes", "run_clearing"),
    "pointing_votes": ("building.pointed_picks", "run_pointing"),
    "blueprints": ("building.building_episodes", "run_building"),
    "repairs": ("building.building_episodes", "run_repair"),
}
"""Kinds of measurement: modules of ``runtime``, and their functions of a seed."""


def version(what: str = "") -> str:
    """Identifies the software that scores depend on: a hash of its files, and of those of one kind of measurement."""
    patterns = (*COUNTS, *MORE, *OWN.get(what, ()))
    return version_from("", (path for pattern in patterns for path in sorted(PACKAGE.glob(pattern))))


@contextmanager
def drawing(arguments: Sequence[str], module: str = __name__) -> Iterator[subprocess.Popen[str]]:
    """A rendering process with the first GL library that works; its first line has been read.

    Args:
        arguments: Its command line.
        module: What runs; it prints :data:`READY` once it can draw.

    Raises:
        NoPictures: No GL library works; names the packages.
    """
    said = ""
    for backend in BACKENDS:
        environment = {**os.environ, "MUJOCO_GL": backend, "PYOPENGL_PLATFORM": backend, "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-m", module, *arguments]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            if process.stdout.readline().strip() == READY:
                yield process
                return
        finally:
            process.kill()
            said = (process.communicate()[1] or "").strip().rpartition("\n")[2]
    raise NoPictures(f"no pictures without a GL library; apt-get install libegl1 libgl1, or libosmesa6 ({said})")


def scored(seeds: Iterable[int]) -> Iterator[SceneScore]:
    """Scores of random scenes as they arrive; raises NoPictures or SkillStackError, see :func:`rows`."""
    for row in rows("scenes", seeds):
        yield SceneScore.from_json(row)


def rows(what: str, seeds: Iterable[int]) -> Iterator[dict[str, Any]]:
    """Scores as plain data as they arrive.

    Args:
        what: One of :data:`KINDS`.
        seeds: Which.

    Raises:
        NoPictures: Nothing can be drawn here.
        SkillStackError: The process ended before the last scene.
    """
    wanted = [str(seed) for seed in seeds]
    if not wanted:
        return
    with drawing([what, *wanted]) as process:
        assert process.stdout is not None
        for _ in wanted:
            line = process.stdout.readline()
            if not line:
                raise SkillStackError("the process that draws scenes has ended")
            yield json.loads(line)


def main(argv: Sequence[str] | None = None) -> int:
    """Scores the named kind for the given seeds."""
    from skill_stack.perception.threads import one_thread
    from skill_stack.runtime.episodes.perception_episodes import can_draw

    one_thread()
    can_draw()
    print(READY, flush=True)
    what, *seeds = sys.argv[1:] if argv is None else argv
    run = getattr(import_module(f"skill_stack.runtime.{KINDS[what][0]}"), KINDS[what][1])
    for seed in map(int, seeds):
        print(json.dumps(run(seed).to_json()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
