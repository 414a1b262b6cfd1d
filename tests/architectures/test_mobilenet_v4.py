"""MobileNetV4: the count of timm and the figures of the paper."""

from __future__ import annotations

from networks import overview, published, refused, wrong

PUBLISHED = (("mobilenet_v4_conv_small", 3_774_024, 0.19e9),)  # timm, whose outputs were compared
test_counts = published(*PUBLISHED)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)
test_what_cannot_be_is_refused = refused(wrong("mobilenet_v4_conv_small", "share", dropout=1.0))
