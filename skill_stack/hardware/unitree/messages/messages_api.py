"""Requests to the services on the robot and their answers (package ``unitree_api``)."""

from dataclasses import dataclass, field

from cyclonedds.idl import IdlStruct
from cyclonedds.idl.annotations import autoid, final
from cyclonedds.idl.types import byte, int32, int64, sequence


@dataclass
@final
@autoid("sequential")
class RequestIdentity(IdlStruct, typename="unitree_api.msg.dds_.RequestIdentity_"):
    """Number of a request, chosen by the client, and number of the called function."""

    id: int64 = 0
    api_id: int64 = 0


@dataclass
@final
@autoid("sequential")
class RequestLease(IdlStruct, typename="unitree_api.msg.dds_.RequestLease_"):
    """Number of a lease, 0 for none."""

    id: int64 = 0


@dataclass
@final
@autoid("sequential")
class RequestPolicy(IdlStruct, typename="unitree_api.msg.dds_.RequestPolicy_"):
    """How a request is treated."""

    priority: int32 = 0
    noreply: bool = False


@dataclass
@final
@autoid("sequential")
class RequestHeader(IdlStruct, typename="unitree_api.msg.dds_.RequestHeader_"):
    """Identity, lease and policy of a request."""

    identity: RequestIdentity = field(default_factory=RequestIdentity)
    lease: RequestLease = field(default_factory=RequestLease)
    policy: RequestPolicy = field(default_factory=RequestPolicy)


@dataclass
@final
@autoid("sequential")
class Request(IdlStruct, typename="unitree_api.msg.dds_.Request_"):
    """A request; ``parameter`` is JSON."""

    header: RequestHeader = field(default_factory=RequestHeader)
    parameter: str = ""
    binary: sequence[byte] = field(default_factory=list)


@dataclass
@final
@autoid("sequential")
class ResponseStatus(IdlStruct, typename="unitree_api.msg.dds_.ResponseStatus_"):
    """0, or what went wrong."""

    code: int32 = 0


@dataclass
@final
@autoid("sequential")
class ResponseHeader(IdlStruct, typename="unitree_api.msg.dds_.ResponseHeader_"):
    """Which request is answered, and how it ended."""

    identity: RequestIdentity = field(default_factory=RequestIdentity)
    status: ResponseStatus = field(default_factory=ResponseStatus)


@dataclass
@final
@autoid("sequential")
class Response(IdlStruct, typename="unitree_api.msg.dds_.Response_"):
    """An answer; ``data`` is JSON."""

    header: ResponseHeader = field(default_factory=ResponseHeader)
    data: str = ""
    binary: sequence[byte] = field(default_factory=list)
