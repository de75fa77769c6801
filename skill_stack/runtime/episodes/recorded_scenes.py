"""Recorded frames scored against measured truth."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from skill_stack.core.world.frame_faults import frame_fault
from skill_stack.evaluation.scores.perception_score import matched
from skill_stack.perception.cameras.recording import FILE, LookRecording
from skill_stack.perception.scene.look_observer import LookObserver
from skill_stack.perception.scene.object_map import ObjectMap


def score_recorded(folder: Path) -> dict[str, Any]:
    """Figures of every recording in a folder, or of the folder itself.

    Raises:
        DataError: A recording cannot be read.
    """
    folders = [folder] if (folder / FILE).is_file() else sorted(path.parent for path in folder.glob(f"*/{FILE}"))
    rows = [_score(one) for one in folders]
    if not rows:
        return {"recordings": 0, "note": f"not measured: no {FILE} in {folder} or the folders in it"}
    truth, found, right = (sum(row[key] for row in rows) for key in ("things", "seen", "found"))
    errors = [error for row in rows for error in row["errors"]]
    return {
        "recordings": len(rows),
        "recall": right / truth if truth else None,
        "precision": right / found if truth and found else None,
        "position_error": sum(errors) / len(errors) if errors else None,
        "faults": [fault for row in rows for fault in row["faults"]],
    }


def _score(folder: Path) -> dict[str, Any]:
    recording, observer, living = LookRecording(folder), LookObserver(), ObjectMap()
    stamp, faults = 0.0, []
    for frame in recording:
        stamp = frame.stamp
        if fault := frame_fault(frame):
            faults.append(f"{folder.name} at {stamp:.2f} s: {fault}")
        else:
            living.update(observer.look(frame))
    truth = [one.resolve() for one in recording.file.things]
    found = [one for one in living.things(stamp) if one.kind not in ("table", "wall")]
    pairs = matched(truth, found)
    place = {one.id: one.position for one in (*truth, *found)}
    errors = [math.dist(place[a], place[b]) for a, b in pairs.items()]
    return {"things": len(truth), "seen": len(found), "found": len(pairs), "errors": errors, "faults": faults}
