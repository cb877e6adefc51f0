"""The Platform Consent API v1 on the wire (`resources/openapi/platform-consent-v1.yaml`), as pydantic models.

Servers answer with these, clients parse with them. Unknown fields are ignored; unknown words in `status`, `method` and
`channel` stay strings here and become unknown in the client, never an error that hides the rest of a page.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

API_VERSION: Final = "1.0"
LOOKUP_MAX: Final = 1_000
MESSAGES_MAX: Final = 500
SIGNATURE_TAG: Final = "platform-consent-v1"
COVERED: Final = ("@method", "@path", "@query", "date", "content-digest")
CREATED_WINDOW_SECONDS: Final = 300


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Problem(Wire):
    """RFC 9457; `code` is ours: stable and snake_case."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    code: str = ""


class Issuer(Wire):
    uscc: str
    name: str


class Capabilities(Wire):
    customers: bool = False
    consents_lookup: bool = False
    consents_changes: bool = False
    opt_outs: bool = False
    signatures: bool = False
    messages: bool = False
    reports: bool = False
    inbound: bool = False
    complaints: bool = False
    messages_need_phone: bool = True
    test_messages: bool = False


class Meta(Wire):
    api_version: str
    server_time: AwareDatetime
    issuer: Issuer
    entity_uscc: str
    entity_name: str
    shop: str
    simulated: bool = False
    capabilities: Capabilities
    lookup_max: int = LOOKUP_MAX
    messages_max: int = MESSAGES_MAX


class WireCustomer(Wire):
    """`phone` is E.164 and optional: many platforms hand out none. `platform_phone`: as the platform sealed it."""

    ref: str = Field(min_length=1, max_length=200)
    name: str = ""
    phone: str | None = None
    platform_phone: str | None = None
    province: str = ""
    city: str = ""
    spend_cents: int = 0
    order_count: int = 0
    last_order_at: AwareDatetime | None = None
    tags: list[str] = []
    minor: bool = False
    updated_at: AwareDatetime


class CustomersPage(Wire):
    """Rows are parsed one by one by the client, so that one broken row does not spoil its page."""

    customers: list[dict[str, object]]
    next_cursor: str
    has_more: bool
    redacted: list[str] = []


class LookupRequest(Wire):
    """`nonce` comes back inside the signed receipt: a replayed answer does not fit."""

    refs: list[str] = Field(min_length=1, max_length=LOOKUP_MAX)
    nonce: str = Field(min_length=16, max_length=100)


class Answer(Wire):
    """`leaf` is the canonical JSON text of a `Leaf`; `path` the base64url hashes of its RFC 9162 inclusion proof."""

    ref: str
    leaf: str
    index: int
    path: list[str]


class LookupPage(Wire):
    request_id: str
    answers: list[dict[str, object]]
    receipt: str


class Leaf(Wire):
    """What is proven of one ref. Words are kept as they came."""

    iss: str
    aud: str
    ref: str
    channel: str
    purposes: list[str]
    status: str
    method: str
    obtained_at: AwareDatetime | None
    expires_at: AwareDatetime | None
    withdrawn_at: AwareDatetime | None
    max_per_month: int | None
    checked_at: AwareDatetime
    simulated: bool


class ReceiptClaims(Wire):
    """Payload of the JWS (`alg` Ed25519, `typ` consent-receipt+jwt) over one answer page."""

    iss: str
    aud: str
    root: str
    size: int
    nonce: str
    request_id: str
    iat: int
    simulated: bool


class Change(Wire):
    ref: str
    changed_at: AwareDatetime


class ChangesPage(Wire):
    changes: list[Change]
    next_cursor: str
    has_more: bool


class OptOut(Wire):
    ref: str = Field(min_length=1, max_length=200)
    reason: str = Field(max_length=100)
    occurred_at: AwareDatetime


class OptOutsRequest(Wire):
    items: list[OptOut] = Field(min_length=1, max_length=1_000)


class OptOutResult(Wire):
    ref: str
    recorded: bool


class OptOutsAnswer(Wire):
    results: list[OptOutResult]


class WireSignature(Wire):
    text: str
    owner_uscc: str
    source: str
    status: str
    carrier_filed: bool | None = None
    scopes: list[str] = []
    valid_until: date | None = None


class SignaturesAnswer(Wire):
    signatures: list[WireSignature]


class WireMessage(Wire):
    """`text` is final: 【signature】 and body."""

    message_id: str = Field(min_length=1, max_length=100)
    ref: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=1_000)


class MessagesRequest(Wire):
    purpose: str
    test: Literal[False] = False
    messages: list[WireMessage] = Field(min_length=1, max_length=MESSAGES_MAX)


class TrialMessage(Wire):
    message_id: str = Field(min_length=1, max_length=100)
    phone: str = Field(pattern=r"^\+861[0-9]{10}$")
    text: str = Field(min_length=1, max_length=1_000)


class TrialRequest(Wire):
    """One test message to a staff number."""

    purpose: str
    test: Literal[True]
    messages: list[TrialMessage] = Field(min_length=1, max_length=1)


class WireOutcome(Wire):
    """`status`: accepted or rejected."""

    message_id: str
    status: str
    provider_id: str = ""
    code: str = ""


class MessagesAnswer(Wire):
    request_id: str
    outcomes: list[WireOutcome]


class WireReport(Wire):
    """`status`: delivered or failed."""

    report_id: str
    provider_id: str
    message_id: str
    status: str
    code: str = ""
    reported_at: AwareDatetime


class ReportsPage(Wire):
    reports: list[WireReport]
    next_cursor: str
    has_more: bool


class WireInbound(Wire):
    inbound_id: str
    ref: str
    phone: str | None = None
    text: str
    received_at: AwareDatetime


class InboundPage(Wire):
    messages: list[WireInbound]
    next_cursor: str
    has_more: bool


class WireComplaint(Wire):
    complaint_id: str
    ref: str
    phone: str | None = None
    provider_id: str = ""
    received_at: AwareDatetime


class ComplaintsPage(Wire):
    complaints: list[WireComplaint]
    next_cursor: str
    has_more: bool
