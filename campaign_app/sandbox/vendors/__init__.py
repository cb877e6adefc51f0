"""The platforms' own interfaces over the same simulated people, beside the Platform Consent API on the same port.

A vendor is a module with `NAME`, `routes(platform)` and `credentials(config)`: what an account of it is connected
with, for the sandbox's ready line.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Final

from starlette.routing import BaseRoute

from campaign_app.sandbox.config import SandboxConfig
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.vendors import aliyun, jd, meituan, pinduoduo, shopify, shopline, tencent, top

VENDORS: Final[tuple[ModuleType, ...]] = (shopify, shopline, top, jd, pinduoduo, meituan, aliyun, tencent)


def vendor_routes(platform: Platform) -> list[BaseRoute]:
    return [route for vendor in VENDORS for route in vendor.routes(platform)]


def vendor_credentials(config: SandboxConfig, url: str) -> Mapping[str, Mapping[str, str]]:
    """Vendor → what to type into the fields of its adapter; all of it simulated, and every address of it is ours."""
    return {
        vendor.NAME: {"base_url": url, **{k: v.replace("{url}", url) for k, v in vendor.credentials(config).items()}}
        for vendor in VENDORS
    }
