"""What all tests share: where helpers are found, how started programs load, and how hypothesis runs."""

import os
import shutil
import sys
import tempfile
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


def pytest_configure(config) -> None:
    """Programs that tests start find compiled modules, as an installed program does; workers share them."""
    if hasattr(config, "workerinput"):
        return
    compiled = tempfile.mkdtemp(prefix="explorer-compiled-")
    config.add_cleanup(lambda: shutil.rmtree(compiled, ignore_errors=True))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = compiled
