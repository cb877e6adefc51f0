"""Whether a webhook that a relay handed on is Shopify's: for whoever can be reached from outside, which this is not.

Nothing in the program listens to webhooks; changes are polled. Ids are to be kept by whoever listens: every delivery
may come more than once (`X-Shopify-Webhook-Id`).
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from hashlib import sha256
from hmac import compare_digest, digest


def is_genuine(secret: str, body: bytes, signature: str) -> bool:
    """`signature` is the header X-Shopify-Hmac-SHA256, over the body as it came."""
    try:
        given = b64decode(signature, validate=True)
    except (Error, ValueError):
        return False
    return bool(secret) and compare_digest(given, digest(secret.encode(), body, sha256))
