"""Checkpoints as ONNX with their contract, installed as skills."""
