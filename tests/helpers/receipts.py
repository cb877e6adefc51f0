"""A stored fact proven again from what was kept of its receipt."""

from __future__ import annotations

from campaign_app.domain.consent import Evidence, Receipt
from campaign_app.transport.proofs import missing_nodes
from campaign_app.transport.receipts import ReceiptRefused, ReceiptVerifier, leaf_hash, unb64u, verify_inclusion


def proves(receipt: Receipt, evidence: Evidence, keys: ReceiptVerifier) -> bool:
    """Whether a stored receipt still proves a stored fact's leaf under these keys."""
    leaf = evidence.leaf_index
    try:
        claims = keys.verify(receipt.jws)
        path = [node for _, _, node in missing_nodes(receipt, claims.size, [leaf])]
        return verify_inclusion(leaf_hash(evidence.leaf), leaf, claims.size, path, unb64u(claims.root))
    except (ReceiptRefused, ValueError, KeyError):
        return False
