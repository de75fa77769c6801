"""``skill-stack security``: keys and permissions of a stack's ROS, made of what its nodes use."""

from __future__ import annotations

import argparse
import json
import shlex
from pathlib import Path

from skill_stack.commands.common import NotRunning, add_json, add_namespace, block_of, join_ros, print_json, resources
from skill_stack.core.data_file import parse_model
from skill_stack.core.robots.deployment import Deployment, SecurityConfig, load_deployment
from skill_stack.runtime.bringup.process_security import OPERATOR, enclave_of, security_variables
from skill_stack.runtime.bringup.processes import ProcessSpec, describe, with_ros
from skill_stack.runtime.bringup.run_file import RunFile


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("action", choices=["keystore"], help="make a keystore with an enclave for each process")
    parser.add_argument("folder", type=Path, metavar="DIR", help="the keystore; one that is there is added to")
    add_namespace(parser)
    parser.add_argument("--policy", type=Path, metavar="FILE", help="sign this policy (default: what the nodes use)")
    parser.add_argument("--deployment", help="with --policy: whose processes (default: of the running stack)")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Makes policy and keystore, and says what to put where.

    Raises:
        NotRunning: No stack is up, and it was not told everything.
        SkillStackError: A node cannot be asked, or ``sros2`` is missing or refuses.
    """
    join_ros()
    from skill_stack.nodes.clients.keystore import check_tool, make_keystore

    check_tool()
    folder = options.folder.expanduser().absolute()
    deployment = _deployment(options)
    specs = with_ros(describe(deployment, resources()))
    policy = options.policy or _write_policy(deployment, specs, folder)
    enclaves = tuple(enclave_of(spec.namespace, spec.name) for spec in specs)
    operator = enclave_of(deployment.namespace, OPERATOR)
    make_keystore(folder, policy, enclaves, operator)
    variables = security_variables(SecurityConfig(keystore=str(folder)), operator)
    if options.json:
        print_json({"keystore": str(folder), "policy": str(policy), "enclaves": enclaves, "operator": variables})
        return 0
    print(f"{len(enclaves)} enclaves and '{operator}' in {folder}, by {policy}")
    print(f"In the deployment:\n\nsecurity:\n  keystore: {folder}\n")
    print("For commands and ros2 in a terminal:\n")
    print(*(f"export {name}={shlex.quote(value)}" for name, value in variables.items()), sep="\n")
    print(f"\nKeep {folder}/private elsewhere: who has it can make keys. The robot needs the rest.")
    return 0


def _deployment(options: argparse.Namespace) -> Deployment:
    """The deployment that was named with a policy, or that runs.

    Raises:
        NotRunning: None runs, or another one than was named.
        ResourceNotFound: There is none of that name.
    """
    if options.policy and options.deployment:
        return load_deployment(resources().deployment(options.deployment), namespace=options.namespace or None)
    about = RunFile(block_of(options.namespace)).about
    running = f"of the running stack ({about.get('deployment')})"
    if "settings" not in about:
        raise NotRunning("no stack is up, and permissions are made of what its nodes use: skill-stack up go2_sim")
    found = parse_model(Deployment, json.loads(about["settings"]), running)
    if options.deployment not in (None, found.name):
        raise NotRunning(f"'{found.name}' is up and not '{options.deployment}', which only --policy serves without")
    return found


def _write_policy(deployment: Deployment, specs: tuple[ProcessSpec, ...], folder: Path) -> Path:
    """Asks the nodes what they use, and writes it into the keystore.

    Raises:
        NotReachable: A node is not there or not active.
    """
    from skill_stack.nodes.clients.client import TaskClient
    from skill_stack.nodes.clients.keystore import policy_of
    from skill_stack.nodes.clients.node_access import accesses

    with TaskClient(deployment.namespace) as client:
        used = accesses(client, [spec.node for spec in specs])
    place = f"/{deployment.namespace}"
    text = policy_of({enclave_of(spec.namespace, spec.name): (place, spec.node, used[spec.node]) for spec in specs})
    file = folder / "policies" / f"{deployment.namespace.replace('/', '-') or deployment.name}.policy.xml"
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.write_text(text)
    return file
