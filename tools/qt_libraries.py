"""Prints the shared libraries that Qt's window plugin wants and this system lacks (Linux)."""

import sys

from explorer.cli.qt_libraries import missing_libraries

sys.stdout.write(" ".join(missing_libraries()))
