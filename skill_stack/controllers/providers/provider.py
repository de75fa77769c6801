"""The providers that there can be, and how a network is loaded on each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import onnxruntime

from skill_stack.controllers.providers.policy_session import DeviceSession, HostSession, PolicySession
from skill_stack.core.errors import DataError, SkillStackError, UnknownName

Wanted = Literal["auto", "cpu", "cuda", "tensorrt"]
WANTED: tuple[str, ...] = get_args(Wanted)
ORT_NAMES: dict[str, str] = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
}
"""Names in ONNX Runtime."""
TENSORS: dict[str, type] = {"tensor(float)": np.float32, "tensor(int64)": np.int64, "tensor(int32)": np.int32,
                            "tensor(double)": float, "tensor(uint8)": np.uint8}  # fmt: skip
"""Types of tensors that a policy may have."""


class ProviderMissing(SkillStackError):
    """A provider cannot be used; the message states why and gives a remedy."""


@dataclass(frozen=True, slots=True)
class ProviderPlace:
    """Where a network is loaded from, and where its engines are kept.

    Attributes:
        model: The ONNX file.
        engines: Folder for engines that TensorRT builds; None builds anew at every load.
    """

    model: Path
    engines: Path | None = None


def available() -> tuple[str, ...]:
    """The providers that this installation of ONNX Runtime brings; whether their device is there shows at a load."""
    there = onnxruntime.get_available_providers()
    return tuple(name for name, ort_name in ORT_NAMES.items() if ort_name in there)


def open_session(place: ProviderPlace, provider: str) -> PolicySession:
    """Loads a network on one provider.

    Args:
        place: The network.
        provider: One of :data:`ORT_NAMES`.

    Raises:
        UnknownName: There is no such provider.
        ProviderMissing: It is not installed, has no device, or cannot run this network.
    """
    _check_there(provider)
    if provider == "cpu":
        return HostSession(_load(place.model, provider, [ORT_NAMES["cpu"]]))
    _preload()
    if provider == "tensorrt":
        return DeviceSession(_load(place.model, provider, _tensorrt(place)), provider, "engine with CUDA graph")
    try:
        return DeviceSession(_load(place.model, provider, _cuda(True)), provider, "CUDA graph")
    except ProviderMissing:  # a network with an operator that runs on the host cannot be captured
        return DeviceSession(_load(place.model, provider, _cuda(False)), provider, "without CUDA graph")


def open_plain(place: ProviderPlace, provider: str) -> onnxruntime.InferenceSession:
    """Loads a network with any inputs and outputs on one provider; nothing is captured.

    Args:
        place: The network.
        provider: One of :data:`ORT_NAMES`.

    Raises:
        UnknownName: There is no such provider.
        ProviderMissing: It is not installed, has no device, or cannot run this network.
    """
    _check_there(provider)
    if provider == "cpu":
        return _load(place.model, provider, [ORT_NAMES["cpu"]])
    _preload()
    return _load(place.model, provider, _tensorrt(place) if provider == "tensorrt" else _cuda(False))


def _check_there(provider: str) -> None:
    """Raises UnknownName or ProviderMissing where a provider cannot even be tried."""
    if provider not in ORT_NAMES:
        raise UnknownName("provider", provider, WANTED)
    if provider not in available():
        raise ProviderMissing(
            f"not in this onnxruntime, which has {', '.join(available())}; onnxruntime-gpu in its place has it"
        )


def open_on_cpu(path: Path) -> HostSession:
    """Loads a network's file on the CPU.

    Raises:
        DataError: It is missing, or cannot be loaded; names the file.
    """
    if not path.is_file():
        raise DataError(f"policy file {path} is missing")
    try:
        host = open_session(ProviderPlace(path), "cpu")
    except ProviderMissing as error:
        raise DataError(f"policy file {path}: {error}") from error
    assert isinstance(host, HostSession)
    return host


def session_options() -> onnxruntime.SessionOptions:
    """Options for a control loop: one thread that does not spin between runs, little logging."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Planning of memory does not pay for networks this small.
    options.enable_mem_pattern = False
    options.enable_cpu_mem_arena = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _load(model: Path, provider: str, providers: list[Any]) -> onnxruntime.InferenceSession:
    """A session that really uses the provider: ONNX Runtime falls back to the CPU with a line in its log alone.

    Raises:
        ProviderMissing: It does not.
    """
    try:
        session = onnxruntime.InferenceSession(str(model), session_options(), providers, enable_fallback=0)
    except Exception as error:  # the runtime raises bare exceptions of many types
        raise ProviderMissing(f"{model.name} cannot be loaded on {provider}: {error}") from error
    if session.get_providers()[0] != ORT_NAMES[provider]:
        raise ProviderMissing(f"{provider} did not start: no device, or a library of CUDA or cuDNN is missing")
    return session


def _preload() -> None:
    """Loads the libraries of CUDA and cuDNN that pip installed, where this version of the runtime can."""
    preload = getattr(onnxruntime, "preload_dlls", None)
    if preload is not None:
        preload()


def _cuda(graph: bool) -> list[Any]:
    # TF32 rounds to 10 bits: too far from the CPU's output.
    options = {"device_id": "0", "use_tf32": "0", "enable_cuda_graph": "1" if graph else "0"}
    return [(ORT_NAMES["cuda"], options), ORT_NAMES["cpu"]]


def _tensorrt(place: ProviderPlace) -> list[Any]:
    options = {"device_id": "0", "trt_fp16_enable": "0", "trt_cuda_graph_enable": "1"}
    if place.engines is not None:
        place.engines.mkdir(parents=True, exist_ok=True)
        folder = str(place.engines)
        options |= {"trt_engine_cache_enable": "1", "trt_engine_cache_path": folder}
        options |= {"trt_timing_cache_enable": "1", "trt_timing_cache_path": folder}
    return [(ORT_NAMES["tensorrt"], options), *_cuda(False)]
