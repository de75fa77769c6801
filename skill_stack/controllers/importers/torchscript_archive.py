"""Distinguishes TorchScript archives from other ``.pt`` files, without executing anything."""

from __future__ import annotations

import hashlib
import pickletools
import zipfile
from pathlib import Path, PurePosixPath

from skill_stack.controllers.importers.onnx_facts import LARGEST, PICKLE
from skill_stack.core.errors import DataError

SUFFIXES = (".pt", ".pth", ".jit")
WORKS = "export the policy with torch.jit.script(policy).save('policy.pt'), or as ONNX"
TENSORS = ("torch", "collections", "_codecs", "numpy")
"""Packages whose names a state dict's pickle uses; any other is the class of a pickled module."""
LONGEST_PICKLE = 16 * 2**20
"""Bytes of a pickle that are looked through for the names in it."""


def check(path: Path) -> str:
    """Checks that a file is a TorchScript archive; nothing in it is run.

    Args:
        path: The file.

    Returns:
        Its SHA-256, hexadecimal.

    Raises:
        DataError: It is missing, too large, truncated, or of another type; the message states the type and the valid
            ones.
    """
    if not path.is_file():
        raise DataError(f"there is no file {path}")
    if path.stat().st_size > LARGEST:
        raise DataError(f"{path}: has {path.stat().st_size / 2**20:.0f} MiB; a policy has at most {LARGEST >> 20}")
    content = path.read_bytes()
    if content.startswith(PICKLE):
        raise DataError(f"{path}: is a pickle, which runs code when it is read; {WORKS}")
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(path, archive)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        cut = content.startswith(b"PK")
        said = "an archive of torch that is cut short or damaged; copy it again" if cut else f"no TorchScript; {WORKS}"
        raise DataError(f"{path}: is {said}") from error
    return hashlib.sha256(content).hexdigest()


def is_torchscript(path: Path) -> bool:
    """Whether :func:`check` finds nothing wrong."""
    try:
        check(path)
    except DataError:
        return False
    return True


def _check_members(path: Path, archive: zipfile.ZipFile) -> None:
    """Raises DataError where the members are not those of TorchScript."""
    members = archive.infolist()
    if sum(member.file_size for member in members) > LARGEST:
        raise DataError(f"{path}: unpacks to more than {LARGEST >> 20} MiB")
    names = {"/".join(PurePosixPath(member.filename).parts[1:]): member for member in members}
    if "constants.pkl" in names and any(name.startswith("code/") for name in names):
        damaged = archive.testzip()
        if damaged is not None:
            raise DataError(f"{path}: is damaged at {damaged}; copy it again")
        return
    if "data.pkl" in names:
        raise DataError(f"{path}: is {_pickled(archive, names['data.pkl'])}")
    if any(name.startswith("models/") or name == "archive_format" for name in names):
        raise DataError(f"{path}: is an archive of torch.export; export that program with torch.onnx.export")
    raise DataError(f"{path}: is an archive without TorchScript in it (no constants.pkl and code/); {WORKS}")


def _pickled(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    """Names in a pickle, found by scanning its bytes, never by unpickling."""
    classes = _classes(archive.read(member)) if member.file_size <= LONGEST_PICKLE else []
    own = [name for name in classes if name.split(".")[0] not in TENSORS or name.startswith("torch.nn.modules")]
    if own:
        return f"a pickled module ({own[0]}), which runs code when it is read; {WORKS}"
    return f"a state dict or checkpoint: weights without the network; build the network, load them, and {WORKS}"


def _classes(content: bytes) -> list[str]:
    """Dotted names that a pickle of protocol 2 refers to."""
    try:
        found = [str(value) for code, value, _ in pickletools.genops(content) if code.name == "GLOBAL"]
    except ValueError:
        return []
    return [".".join(name.split(" ")) for name in found]
