"""GhostNet has the size of the paper."""

from __future__ import annotations

import pytest
from networks import network, overview, published, refused, wrong

PUBLISHED = (
    ("ghostnet", 5_182_508, 141e6),  # the authors' code; timm's has equal outputs after copying weights
)
test_counts_are_the_published_ones = published(*PUBLISHED)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)
test_what_cannot_be_is_refused = refused(
    wrong("ghostnet", "width alpha of 0.1 to 4, not 0", alpha=0.0),
)


@pytest.mark.parametrize(("alpha", "millions", "macs"), [(0.5, 2.6, 42e6), (1.3, 7.3, 226e6)])
def test_other_widths_of_table_7(alpha: float, millions: float, macs: float) -> None:
    found = network("ghostnet", alpha=alpha)
    assert found.parameters / 1e6 == pytest.approx(millions, abs=0.1)
    assert found.macs == pytest.approx(macs, rel=0.03)
