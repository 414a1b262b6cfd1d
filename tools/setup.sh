#!/bin/sh
# Makes the virtual environment: `setup.sh VENV run|test`. DEVICE=cpu takes PyTorch's build without CUDA.
# What the system lacks (Debian, Ubuntu) is found out first and asked for once, before anything is downloaded.
set -eu
venv=${1:-.venv}
kind=${2:-run}
python=${PYTHON:-python3}
device=${DEVICE:-}

# a window on X11; for tests also Xvfb and a hand for the one test that opens a real window
packages="libegl1 libgl1 libfontconfig1 libfreetype6 libglib2.0-0 libxkbcommon0 libdbus-1-3 libgssapi-krb5-2
  libx11-6 libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0
  libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1 libxcb-glx0
  libxkbcommon-x11-0"
[ "$kind" = run ] || packages="$packages xvfb xauth xdotool"

if command -v dpkg-query >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1; then
  missing=""
  for package in $packages; do
    # libglib2.0-0 is called libglib2.0-0t64 since Ubuntu 24.04
    dpkg-query -W -f '${Status}\n' "$package" "${package}t64" 2>/dev/null | grep -q "install ok" \
      || missing="$missing $package"
  done
  if ! command -v "$python" >/dev/null 2>&1; then missing="$missing python3 python3-venv"
  elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then missing="$missing python3-venv"; fi
  if [ -n "$missing" ]; then
    sudo=""
    if [ "$(id -u)" != 0 ]; then
      sudo=sudo
      # without a terminal nobody can type a password
      if ! command -v sudo >/dev/null 2>&1 || { ! sudo -n true 2>/dev/null && ! [ -t 0 ]; }; then
        echo "The system lacks:$missing"
        echo "Type: sudo apt-get install$missing"
        exit 1
      fi
    fi
    echo "1 of 3  Installing from the system's packages:$missing"
    # shellcheck disable=SC2086
    $sudo sh -c "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing" >/dev/null
  fi
fi
if ! command -v "$python" >/dev/null 2>&1; then echo "Python 3.11 or newer is needed; there is no $python."; exit 1; fi
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make run PYTHON=python3.12"; exit 1; }

[ -x "$venv/bin/python" ] || { echo "2 of 3  Making the environment $venv"; "$python" -m venv "$venv"; }
pip() { "$venv/bin/python" -m pip install --disable-pip-version-check --progress-bar on "$@"; }
has_torch() { "$venv/bin/python" -c 'import importlib.metadata as m; m.version("torch")' 2>/dev/null; }

if ! has_torch; then
  if [ "$device" = cpu ]; then
    echo "3 of 3  Downloading about 0.4 GB (PyTorch for CPUs)"
    pip "torch>=2.11,<=2.13.0" --index-url https://download.pytorch.org/whl/cpu
  elif [ "$(uname)" = Linux ]; then
    echo "3 of 3  Downloading about 2.7 GB (PyTorch with CUDA). Without a GPU: Ctrl+C, then make run DEVICE=cpu takes 0.4 GB"
  else
    echo "3 of 3  Downloading about 0.4 GB"
  fi
fi
if [ "$kind" = run ]; then pip -e .; else pip -e ".[test,dev]"; fi
