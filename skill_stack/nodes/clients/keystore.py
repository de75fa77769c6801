"""Policy and keystore of a stack's ROS, made by ``sros2``."""

from __future__ import annotations

import contextlib
import os
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from pathlib import Path

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.nodes.clients.node_access import NodeAccess

VERSION = "0.2.0"  # of the policy format


class ToolMissing(SkillStackError):
    """``sros2`` is not in this environment."""


def check_tool() -> None:
    """Checks that ``sros2`` can be imported.

    Raises:
        ToolMissing: It cannot; the message says where it is from.
    """
    try:
        import sros2.keystore  # noqa: F401
    except ImportError as error:
        package = f"ros-{os.environ.get('ROS_DISTRO') or 'jazzy'}-sros2"
        raise ToolMissing(f"{error}: keys and permissions are made by sros2; apt install {package}") from None


def policy_of(accesses: Mapping[str, tuple[str, str, NodeAccess]]) -> str:
    """The policy that allows each process what its node uses, and nothing else.

    Args:
        accesses: Namespace with its leading slash, name of the node and what it uses, by enclave.

    Returns:
        The XML text, in the format of ``ros2 security generate_policy``.
    """
    root = ElementTree.Element("policy", version=VERSION)
    enclaves = ElementTree.SubElement(root, "enclaves")
    for path, (namespace, name, used) in sorted(accesses.items()):
        profiles = ElementTree.SubElement(ElementTree.SubElement(enclaves, "enclave", path=path), "profiles")
        profile = ElementTree.SubElement(profiles, "profile", ns=namespace, node=name)
        for kind, rule, names in (
            ("topic", "publish", used.publishes),
            ("topic", "subscribe", used.subscribes),
            ("service", "reply", used.serves),
            ("service", "request", used.calls),
        ):
            listed = ElementTree.SubElement(profile, f"{kind}s", {rule: "ALLOW"}) if names else profile
            for each in names:
                ElementTree.SubElement(listed, kind).text = each
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def make_keystore(folder: Path, policy: Path, enclaves: tuple[str, ...], free: str) -> None:
    """Makes keys, certificates and signed permissions for the ROS domain of this process.

    A keystore that is there already is added to: its authority and its keys stay, permissions are signed anew.

    Args:
        folder: The keystore.
        policy: File of the policy.
        enclaves: Paths of the enclaves that the policy must have.
        free: Path of one more enclave, which may do everything.

    Raises:
        DataError: The policy is no policy or lacks an enclave; nothing was made then.
        ToolMissing: ``sros2`` is not there.
        SkillStackError: ``sros2`` refused.
    """
    check_tool()
    from sros2 import keystore
    from sros2.errors import SROS2Error
    from sros2.policy import load_policy

    try:
        found = {one.get("path") for one in load_policy(policy).findall("enclaves/enclave")}
    except (RuntimeError, SyntaxError, OSError) as error:
        raise DataError(f"{policy} is no policy of ROS: {error}") from None
    if missing := sorted(set(enclaves) - found):
        raise DataError(f"{policy} says nothing of {', '.join(missing)}")
    try:
        with _private(folder):
            if not keystore.is_valid_keystore(folder):
                keystore.create_keystore(folder)
            for path in (*enclaves, free):
                keystore.create_enclave(folder, path)
            for path in enclaves:
                keystore.create_permission(folder, path, policy)
    except SROS2Error as error:
        raise SkillStackError(f"sros2: {error}") from None


@contextlib.contextmanager
def _private(folder: Path) -> Iterator[None]:
    """Lets nobody but this user read what is made meanwhile, nor any private key of a folder afterwards."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
        for key in folder.rglob("*key.pem"):
            if not key.is_symlink():
                key.chmod(0o600)
