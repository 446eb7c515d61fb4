#!/bin/sh
# Makes an environment with rtmixer, which `rascue bench audio` compares us with; it is no part of
# the project. Usage: export RASCUE_RTMIXER_PYTHON=$(tests/audio/rtmixer_env.sh FOLDER)
set -eu
python3 -m venv "$1"
"$1/bin/pip" install --quiet rtmixer==0.1.7 numpy >&2
echo "$1/bin/python"
