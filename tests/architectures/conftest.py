"""What the tests of families share: readable failures in `networks`, and an end to what it keeps."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

pytest.register_assert_rewrite("networks")


@pytest.fixture(scope="package", autouse=True)
def _forgotten_afterwards() -> Iterator[None]:
    """Let go of all networks at the end: millions of records slow every collection of later tests down."""
    yield
    from networks import network

    network.cache_clear()
    gc.collect()
