"""A picture of a black box: tilt, mode and joint torques over time, as SVG without any library."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from skill_stack.core.shared_memory.black_box import MODES, BlackBoxRecording

Array = np.ndarray

WIDTH, LEFT, RIGHT = 900, 90, 20
HEIGHT, GAP, TOP = 160, 50, 40  # of one panel, px
MOST_POINTS = 900
COLOURS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377")


def plot(recording: BlackBoxRecording, title: str) -> str:
    """The picture.

    Args:
        recording: What the black box held.
        title: Goes above it.
    """
    rows = recording.rows[:: max(1, len(recording.rows) // MOST_POINTS)]
    end = TOP + 3 * (HEIGHT + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {end}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{end}" fill="white"/>',
        f'<text x="{LEFT}" y="20" font-size="15">{escape(title)}</text>',
    ]
    if len(rows):
        time = rows["mono"] - rows["mono"][-1]
        torque = rows["torque"].T
        peak = float(np.abs(torque).max(initial=1.0))
        tilt_top = max(float(rows["tilt"].max(initial=0.0)), 0.1)
        parts += _panel(0, "tilt, rad", time, [rows["tilt"]], (0.0, tilt_top))
        parts += _panel(1, "mode", time, [rows["mode"]], (0.0, len(MODES) - 1.0), MODES)
        parts += _panel(2, "joint torque, N·m", time, list(torque), (-peak, peak))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(
    number: int, name: str, time: Array, lines: Sequence[Array], span: tuple[float, float], labels: Sequence[str] = ()
) -> list[str]:
    """One diagram with its axes; ``labels`` name whole numbers of the vertical axis."""
    top, low, high = TOP + number * (HEIGHT + GAP), *span
    width = WIDTH - LEFT - RIGHT
    begin = float(min(time[0], -1e-3))
    x = LEFT + width * (1.0 - time / begin)
    out = [
        f'<text x="{LEFT}" y="{top - 6}">{escape(name)}</text>',
        f'<rect x="{LEFT}" y="{top}" width="{width}" height="{HEIGHT}" fill="none" stroke="#888"/>',
        f'<text x="{LEFT}" y="{top + HEIGHT + 15}">{begin:.1f} s</text>',
        f'<text x="{WIDTH - RIGHT - 45}" y="{top + HEIGHT + 15}">0 s (end)</text>',
    ]
    marks = list(enumerate(labels)) if labels else [(low, f"{low:.3g}"), (high, f"{high:.3g}")]
    for value, text in marks:
        y = top + HEIGHT * (1.0 - (value - low) / (high - low))
        out.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{escape(text)}</text>')
    for place, line in enumerate(lines):
        y_of = top + HEIGHT * (1.0 - (np.nan_to_num(line.astype(float)) - low) / (high - low))
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y_of))
        out.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[place % len(COLOURS)]}"/>')
    return out
