#!/bin/sh
# Makes the virtual environment and, on Debian and Ubuntu, installs the system libraries Qt needs.
# With root or passwordless sudo it installs them itself, otherwise it prints the line to type.
set -eu
venv=${1:-.venv}
python=${PYTHON:-python3}

# libraries for a window on X11, and Xvfb for the one test that opens a real window
packages="libegl1 libgl1 libfontconfig1 libfreetype6 libglib2.0-0 libxkbcommon0 libdbus-1-3 libgssapi-krb5-2
  libx11-6 libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0
  libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1 libxcb-glx0
  libxkbcommon-x11-0 xvfb xauth xdotool"

install() {
  if ! command -v apt-get >/dev/null 2>&1; then return 1; fi
  if [ "$(id -u)" = 0 ]; then sudo=""; elif sudo -n true 2>/dev/null; then sudo="sudo"; else return 1; fi
  echo "Installing: $*"
  # shellcheck disable=SC2086
  $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

if ! command -v "$python" >/dev/null 2>&1 || ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  install python3 python3-venv || { echo "Type: sudo apt-get install python3 python3-venv"; exit 1; }
fi
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make run PYTHON=python3.12"; exit 1; }

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --disable-pip-version-check -q -e ".[test,dev]"

missing=$("$venv/bin/python" tools/qt_libraries.py)
if [ "$(uname)" = Linux ] && { [ -n "$missing" ] || ! command -v xdotool >/dev/null 2>&1; }; then
  # shellcheck disable=SC2086
  if ! install $packages && [ -n "$missing" ]; then
    echo "Qt lacks: $missing"
    echo "Type: sudo apt-get install $(echo $packages)"
    exit 1
  fi
fi
