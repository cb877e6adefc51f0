"""An example adapter: a consent registry that takes references and answers in CSV.

This module is read whenever platforms are listed, so it imports nothing heavy; the client comes when somebody connects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign_app.domain.platform import Capabilities, ConnectField

if TYPE_CHECKING:
    from campaign_app.platforms.adapter import Parts
    from csv_registry.client import CsvRegistry


@dataclass(frozen=True)
class CsvRegistryAdapter:
    """Whatever is not named in `capabilities` is not there."""

    name: str = "csv_registry"
    issuer: str = "csv-registry.example"
    issuer_name: str = "CSV Registry"
    capabilities: Capabilities = Capabilities(consent_lookup=True, purposes=("retail",))
    fields: tuple[ConnectField, ...] = (ConnectField("base_url"), ConnectField("token", secret=True))

    def client(self, parts: Parts) -> CsvRegistry:
        from csv_registry.client import CsvRegistry

        return CsvRegistry(parts, self.capabilities, self.issuer_name)


ADAPTER = CsvRegistryAdapter()
