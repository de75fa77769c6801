"""Replay: a recording as hardware, which measures the same again and moves nothing."""
