"""What all tests share: where helpers are found, and how hypothesis runs."""

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

# one thread each: several workers share the cores, and sums are cut differently among threads
os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent / "blocks"))  # `samples`: random legal blocks

settings.register_profile(
    "explorer",
    deadline=None,  # the machines of CI are too uneven for time limits on single examples
    max_examples=60,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("explorer")
