#!/usr/bin/env bash
# Scores public step detectors beside ours: installs each in an environment of its own and runs it
# over the recordings. They are no dependency of rascue; gaitmap_mad is under the AGPL and stays there.
#
#   tests/benchmarks/peers.sh [DATA]          then: rascue bench steps
#
# RASCUE_PEERS names the folder for environments and results (default ~/.cache/rascue/peers).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
data=${1:-$here/../../../shared/data/gait}
folder=${RASCUE_PEERS:-$HOME/.cache/rascue/peers}
mkdir -p "$folder/detections"

for peer in mobgap skdh gaitmap; do
    python=$folder/$peer/bin/python
    if [ ! -x "$python" ]; then
        python3 -m venv "$folder/$peer"
        "$python" -m pip install -q -r "$here/peers/$peer.txt"
    fi
    echo "$peer: $("$python" -m pip list --format=freeze | grep -iE 'mobgap|gaitmap|digital' | tr '\n' ' ')"
    OMP_NUM_THREADS=1 "$python" "$here/peers/detect.py" "$peer" "$data" "$folder/detections" \
        2>"$folder/$peer.log" || { echo "$peer failed; see $folder/$peer.log" >&2; exit 1; }
done
