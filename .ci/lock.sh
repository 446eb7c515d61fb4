#!/usr/bin/env bash
# Keeps uv.lock and the hashed requirements files in step with pyproject.toml.
#
#   .ci/lock.sh             writes all three (add --upgrade to take newer versions)
#   .ci/lock.sh --check     changes nothing; fails when one of them is stale or names a private index
#
# Locking ignores the configuration of whoever locks, so that the files hold public names only.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=.venv/bin/uv
index=https://pypi.org/simple
export UV_NO_CONFIG=1 UV_DEFAULT_INDEX=$index
unset UV_INDEX UV_INDEX_URL UV_EXTRA_INDEX_URL UV_FIND_LINKS

export_to() {    # folder
    # requirements.txt is what a device installs, requirements-dev.txt what a checkout installs.
    "$uv" export --quiet --frozen --no-emit-project --no-header --no-default-groups --group build \
        -o "$1/requirements.txt" >/dev/null
    "$uv" export --quiet --frozen --no-emit-project --no-header --group dev \
        -o "$1/requirements-dev.txt" >/dev/null
}

only_public_names() {
    local foreign
    foreign=$(grep -nE '(https?|file)://|registry = ' uv.lock requirements.txt requirements-dev.txt |
        grep -vE '"https://(pypi\.org/simple"|files\.pythonhosted\.org/)' || true)
    foreign+=$(grep -nE '"resolved"' package-lock.json | grep -v 'https://registry.npmjs.org/' || true)
    [ -z "$foreign" ] || {
        printf 'Not a public address:\n%s\n' "$foreign" >&2
        return 1
    }
}

if [ "${1:-}" = --check ]; then
    "$uv" lock --quiet --check || {
        echo "uv.lock does not match pyproject.toml: run  make lock" >&2
        exit 1
    }
    fresh=$(mktemp -d)
    trap 'rm -rf "$fresh"' EXIT
    export_to "$fresh"
    for name in requirements.txt requirements-dev.txt; do
        cmp -s "$fresh/$name" "$name" || {
            echo "$name does not match uv.lock: run  make lock" >&2
            exit 1
        }
    done
    only_public_names
else
    "$uv" lock --quiet "$@"
    export_to .
    only_public_names
fi
