"""The reference server of the Platform Consent API: seeded, faulty on demand, and always `simulated`."""

from __future__ import annotations

from campaign_app.sandbox.config import SandboxConfig
from campaign_app.sandbox.server import bound_socket, create_app, ready_line, serve

__all__ = ["SandboxConfig", "bound_socket", "create_app", "ready_line", "serve"]
