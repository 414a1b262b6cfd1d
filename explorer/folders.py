"""Where the program keeps what is the user's but no file of theirs: state, settings, fetched weights."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_NAME = "architecture-explorer"


def state_folder() -> Path:
    """Sessions, runs and settings; `EXPLORER_CONFIG_DIR` overrides it and holds them all."""
    if chosen := os.environ.get("EXPLORER_CONFIG_DIR"):
        return Path(chosen)
    return platformdirs.user_state_path(_NAME, appauthor=False)


def cache_folder() -> Path:
    """What can be fetched again; `EXPLORER_CACHE_DIR` overrides it."""
    if chosen := os.environ.get("EXPLORER_CACHE_DIR"):
        return Path(chosen)
    return platformdirs.user_cache_path(_NAME, appauthor=False)


def blocks_folder() -> Path:
    """The user's own blocks, one file each; `EXPLORER_CONFIG_DIR` overrides its parent."""
    if chosen := os.environ.get("EXPLORER_CONFIG_DIR"):
        return Path(chosen) / "blocks"
    return platformdirs.user_data_path(_NAME, appauthor=False) / "blocks"
