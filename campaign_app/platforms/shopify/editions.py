"""What is asked of which version: the fields of a consent moved, and one query does not fit all.

Every query of Shopify's was validated against the schemas that Shopify publishes for these versions (the tests do it
again). SHOPLINE's consent has no opt-in level in its own documents; its list arguments are *unverified*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from campaign_app.platforms.shopify import VERSIONS


@dataclass(frozen=True, slots=True)
class Words:
    """Where a customer's consent is and what its fields are called; `level` is "" where there is none."""

    inside: tuple[str, ...]
    state: str
    level: str
    at: str
    source: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of one platform's GraphQL. `refs` are the numbers behind `gid`."""

    platform: str
    version: str
    path: str
    gid: str
    words: Words
    phone: tuple[str, ...]
    profile: str  # selected of a customer besides the consent
    consent: str  # selected of a customer's consent
    check: str
    bulk: bool = False
    error_codes: bool = False  # whether what is wrong with an opt-out has a code

    @property
    def customers(self) -> str:
        return (
            "query Customers($first: Int!, $after: String, $query: String) { "
            "customers(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) { "
            f"nodes {{ id updatedAt {self.profile} {self.consent} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        )

    @property
    def changed(self) -> str:
        return (
            "query Changed($first: Int!, $after: String, $query: String) { "
            "customers(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) { "
            "nodes { id updatedAt } pageInfo { hasNextPage endCursor } } }"
        )

    @property
    def consents(self) -> str:
        return f"query Consents($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Customer {{ id {self.consent} }} }} }}"

    @property
    def opt_out(self) -> str:
        code = "code " if self.error_codes else ""
        return (
            "mutation OptOut($input: CustomerSmsMarketingConsentUpdateInput!) { "
            "customerSmsMarketingConsentUpdate(input: $input) { "
            f"customer {{ id {self.consent} }} userErrors {{ {code}field message }} }} }}"
        )

    @property
    def reachable(self) -> str:
        """Whether the platform knows the customers and numbers of them."""
        phone = " { ".join(self.phone) + " }" * (len(self.phone) - 1)
        return f"query Reachable($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Customer {{ id {phone} }} }} }}"

    @property
    def export(self) -> str:
        return f"{{ customers {{ edges {{ node {{ id updatedAt {self.profile} {self.consent} }} }} }} }}"

    def consent_of(self, customer: Mapping[str, Any]) -> Any:
        """The object that holds the consent; None where the customer has no number at all."""
        return _inside(customer, self.words.inside)

    def phone_of(self, customer: Mapping[str, Any]) -> Any:
        return _inside(customer, self.phone)


COUNT: Final = "query Count { customersCount(limit: null) { count precision } }"
START: Final = (
    "mutation Export($query: String!) { bulkOperationRunQuery(query: $query, groupObjects: false) { "
    "bulkOperation { id status } userErrors { field message } } }"
)
STATUS: Final = "query Progress($id: ID!) { bulkOperation(id: $id) { id status errorCode objectCount fileSize url } }"
_CHECK: Final = "query Shop { shop { name myshopifyDomain } currentAppInstallation { accessScopes { handle } } }"
_PROFILE: Final = "displayName tags numberOfOrders amountSpent { amount currencyCode } defaultAddress { province city }"
_NEW: Final = Words(("defaultPhoneNumber", "smsMarketingConsent"), "state", "optInLevel", "updatedAt", "collectedFrom")
_OLD: Final = Words(
    ("defaultPhoneNumber",), "marketingState", "marketingOptInLevel", "marketingUpdatedAt", "marketingCollectedFrom"
)
# the version from which on a consent is an object of its own
_MOVED: Final = "2026-10"


def shopify(version: str) -> Edition | None:
    """None for a version that is not pinned."""
    if version not in VERSIONS:
        return None
    words = _NEW if version >= _MOVED else _OLD
    fields = " ".join((words.state, words.level, words.at, words.source))
    consent = f"smsMarketingConsent {{ {fields} }}" if version >= _MOVED else fields
    return Edition(
        platform="shopify",
        version=version,
        path=f"/admin/api/{version}/graphql.json",
        gid="gid://shopify/Customer/",
        words=words,
        phone=("defaultPhoneNumber", "phoneNumber"),
        profile=_PROFILE,
        consent=f"defaultPhoneNumber {{ phoneNumber {consent} }}",
        check=_CHECK,
        bulk=True,
        error_codes=True,
    )


def _inside(value: Any, names: tuple[str, ...]) -> Any:
    for name in names:
        if value is None:
            return None
        value = value.get(name, _ABSENT) if isinstance(value, dict) else _ABSENT
    return value


# neither null nor of any kind that is looked for: a field that was asked for and did not come
_ABSENT: Final = object()
