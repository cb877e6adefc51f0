"""Cheap seeded hashing: any column of any customer follows from the seed and the index, nothing has to be kept."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.uint64]
_MASK: Final = (1 << 64) - 1
_GOLDEN: Final = 0x9E3779B97F4A7C15


def _key(seed: int, salt: str) -> int:
    return int.from_bytes(blake2b(f"{seed}:{salt}".encode(), digest_size=8).digest(), "big")


def mixed(seed: int, salt: str, index: Index) -> NDArray[np.uint64]:
    """64 well mixed bits for every index (the finaliser of splitmix64)."""
    x = index * np.uint64(_GOLDEN) + np.uint64(_key(seed, salt))
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def unit(seed: int, salt: str, index: Index) -> NDArray[np.float64]:
    """A number in [0, 1) for every index."""
    return (mixed(seed, salt, index) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def below(seed: int, salt: str, index: Index, limit: int) -> NDArray[np.int64]:
    """A whole number in [0, limit) for every index."""
    return (unit(seed, salt, index) * limit).astype(np.int64)


def weighted(seed: int, salt: str, index: Index, weights: Sequence[float]) -> NDArray[np.int64]:
    """A position in `weights` for every index, drawn by weight."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = np.searchsorted(edges, unit(seed, salt, index) * edges[-1], side="right")
    found: NDArray[np.int64] = np.minimum(drawn, len(weights) - 1).astype(np.int64)
    return found


def scrambled(seed: int, salt: str, index: Index) -> list[int]:
    """A bijection on 32 bits, so that ids tell nothing of their order."""
    x = index.astype(np.uint32) ^ np.uint32(_key(seed, salt) & 0xFFFFFFFF)
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B)
    return (x ^ (x >> np.uint32(16))).tolist()  # type: ignore[no-any-return]


def unscrambled(seed: int, salt: str, values: Sequence[int]) -> list[int]:
    """The indices behind `scrambled` values."""
    x = np.asarray(values, dtype=np.uint32)
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x43021123)
    x = (x ^ (x >> np.uint32(15)) ^ (x >> np.uint32(30))) * np.uint32(0x1D69E2A5)
    x = (x ^ (x >> np.uint32(16))) ^ np.uint32(_key(seed, salt) & 0xFFFFFFFF)
    return x.tolist()  # type: ignore[no-any-return]


def chance(seed: int, salt: str, name: str) -> float:
    """A number in [0, 1) that follows from a name."""
    return int.from_bytes(blake2b(f"{seed}:{salt}:{name}".encode(), digest_size=8).digest(), "big") / (_MASK + 1)
