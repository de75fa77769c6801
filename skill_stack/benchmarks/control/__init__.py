"""Figures of the control process: tick, jitter, estimation, faults, blending."""
