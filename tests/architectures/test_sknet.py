"""SKNet-50: counts of the paper and of timm."""

from __future__ import annotations

from networks import overview, published, refused, wrong

PUBLISHED = (("sknet50", 27_479_784, 4.47e9),)  # timm skresnext50_32x4d, compared; the paper: 27.5 M, 4.47 G
test_counts = published(*PUBLISHED)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)
test_what_cannot_be_is_refused = refused(wrong("sknet50", "divides 128", cardinality=3))
