#!/usr/bin/env bash
# Builds what a checkout needs to run, in steps. The Makefile decides which step is out of date.
#
#   .ci/setup.sh venv       creates .venv; names the missing system packages in one line
#   .ci/setup.sh deps       installs requirements-dev.txt, every file checked against its hash
#   .ci/setup.sh package    compiles the C parts and installs rascue editable
#
# Needs no root. Reaches only the package indexes that pip and npm are set up for.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=.venv
py=$venv/bin/python
python=${PYTHON:-python3}

fail() {
    echo "$1" >&2
    exit 1
}

require_python() {
    command -v "$python" >/dev/null ||
        fail "Missing on this system: run  sudo apt-get install -y python3 python3-venv python3-dev gcc libportaudio2"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "rascue needs Python 3.11 or newer; $python is older. Name another:  make setup PYTHON=python3.12"
}

missing_packages() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    command -v gcc >/dev/null || command -v cc >/dev/null || echo gcc libc6-dev
    "$python" -c 'import pathlib, sys, sysconfig
sys.exit(not pathlib.Path(sysconfig.get_path("include"), "Python.h").exists())' || echo python3-dev
    "$python" -c 'import ctypes; ctypes.CDLL("libportaudio.so.2")' 2>/dev/null || echo libportaudio2
}

make_venv() {
    require_python
    local missing
    missing=$(missing_packages | tr '\n' ' ')
    [ -z "$missing" ] ||
        fail "Missing on this system: run  sudo apt-get install -y ${missing% }"
    "$python" -m venv --clear "$venv"
}

# The pinned requirement of one package with its hashes, as the requirements file has it.
pinned() {
    awk -v name="$1==" 'index($0, name) == 1 { on = 1 } on { print } on && !/\\$/ { exit }' requirements-dev.txt
}

install_deps() {
    local only_uv
    only_uv=$(mktemp)
    pinned uv >"$only_uv"
    # uv does in seconds what pip does in a minute. It reads no pip.conf, so where it cannot reach
    # an index (or has no wheel for this machine), pip does the same work from the same hashes.
    if "$py" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$only_uv" 2>/dev/null &&
        VIRTUAL_ENV=$PWD/$venv "$venv/bin/uv" pip install --quiet --require-hashes -r requirements-dev.txt; then
        echo "dependencies installed (uv)"
    else
        echo "uv could not install them, trying pip (about a minute)" >&2
        "$py" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt ||
            fail "The packages could not be installed: see the line above; a package index must be reachable."
        echo "dependencies installed (pip)"
    fi
    rm -f "$only_uv"
}

install_package() {
    local log
    log=$(mktemp)
    # No isolated build environment: setuptools and cffi come from the hashed requirements.
    if ! "$py" -m pip install --disable-pip-version-check --no-deps --no-build-isolation --no-index \
        --editable . >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        rm -f "$log"
        fail "The C parts did not build: the compiler's message is above."
    fi
    rm -f "$log"
    # Python prefers a part compiled by hand for one version over the one just built for all.
    find rascue -name '*.so' ! -name '*.abi3.so' -delete
    echo "rascue installed"
}

case ${1:-} in
venv) make_venv ;;
deps) install_deps ;;
package) install_package ;;
*) fail "usage: .ci/setup.sh venv|deps|package" ;;
esac
