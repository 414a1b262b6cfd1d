"""EfficientNetV2: counts of torchvision, FLOPs of the paper."""

from __future__ import annotations

from networks import overview, published, refused, wrong

# torchvision, whose outputs were compared; 10⁹ MACs as the paper's table prints them
PUBLISHED = (
    ("efficientnet_v2_s", 21_458_488, 8.8),
    ("efficientnet_v2_m", 54_139_356, 24.0),
    ("efficientnet_v2_l", 118_515_272, 53.0),
)
test_counts = published(*PUBLISHED, unit=1e9, near=0.06)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)
test_what_cannot_be_is_refused = refused(
    wrong("efficientnet_v2_s", "size s, m or l", size="x"), wrong("efficientnet_v2_s", "share", dropout=1.0)
)
