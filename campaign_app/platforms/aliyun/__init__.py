"""Aliyun SMS (阿里云短信): a sender. It knows signatures and templates, and nobody's consent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from campaign_app.domain.platform import Capabilities, ConnectField

if TYPE_CHECKING:
    from campaign_app.platforms.adapter import Parts
    from campaign_app.platforms.aliyun.client import AliyunPlatform

# replies are pushed to a server with a public address, which a desktop has not, or into a queue that a person turns on
CAPABILITIES: Final = Capabilities(
    signatures=True, templates=True, messages=True, no_replies=True, replies_by="reply_queue"
)


@dataclass(frozen=True, slots=True)
class AliyunAdapter:
    """`key_id` is the AccessKey ID, best one of a RAM user that may do nothing but send messages."""

    name: str = "aliyun"
    issuer: str = "aliyun.com"
    issuer_name: str = "阿里云"
    capabilities: Capabilities = CAPABILITIES
    fields: tuple[ConnectField, ...] = (
        ConnectField("base_url", default="https://dysmsapi.aliyuncs.com"),
        ConnectField("key_id"),
        ConnectField("access_key_secret", secret=True),
        ConnectField("reply_queue", required=False),
        ConnectField("report_queue", required=False),
        ConnectField("rate", required=False),
    )

    def client(self, parts: Parts) -> AliyunPlatform:
        # requests takes 130 ms to import: not before somebody is connected
        from campaign_app.platforms.aliyun.client import platform_of

        return platform_of(parts)


ADAPTER: Final = AliyunAdapter()
