"""Messages of the vendor's remote procedure calls (``unitree_api``) as plain DDS objects."""

from dataclasses import dataclass, field

import cyclonedds.idl.annotations as annotate
from cyclonedds.idl import IdlStruct
from cyclonedds.idl.types import byte, int32, int64, sequence


@dataclass
@annotate.final
@annotate.autoid("sequential")
class Identity(IdlStruct, typename="unitree_api.msg.dds_.RequestIdentity_"):
    id: int64
    api_id: int64


@dataclass
@annotate.final
@annotate.autoid("sequential")
class Lease(IdlStruct, typename="unitree_api.msg.dds_.RequestLease_"):
    id: int64


@dataclass
@annotate.final
@annotate.autoid("sequential")
class Policy(IdlStruct, typename="unitree_api.msg.dds_.RequestPolicy_"):
    priority: int32
    noreply: bool


@dataclass
@annotate.final
@annotate.autoid("sequential")
class RequestHeader(IdlStruct, typename="unitree_api.msg.dds_.RequestHeader_"):
    identity: Identity
    lease: Lease
    policy: Policy


@dataclass
@annotate.final
@annotate.autoid("sequential")
class Request(IdlStruct, typename="unitree_api.msg.dds_.Request_"):
    header: RequestHeader
    parameter: str
    binary: sequence[byte] = field(default_factory=list)


@dataclass
@annotate.final
@annotate.autoid("sequential")
class Status(IdlStruct, typename="unitree_api.msg.dds_.ResponseStatus_"):
    code: int32


@dataclass
@annotate.final
@annotate.autoid("sequential")
class ResponseHeader(IdlStruct, typename="unitree_api.msg.dds_.ResponseHeader_"):
    identity: Identity
    status: Status


@dataclass
@annotate.final
@annotate.autoid("sequential")
class Response(IdlStruct, typename="unitree_api.msg.dds_.Response_"):
    header: ResponseHeader
    data: str
    binary: sequence[byte] = field(default_factory=list)
