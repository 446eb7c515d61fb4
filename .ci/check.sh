#!/usr/bin/env bash
# Everything that is checked without running the program. Runs all steps, then says which failed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
bin=.venv/bin
failed=()

step() {    # name, command...
    local name=$1 log
    shift
    log=$(mktemp)
    if "$@" >"$log" 2>&1; then
        printf 'ok      %s\n' "$name"
    else
        printf 'FAILED  %s\n' "$name"
        sed 's/^/        /' "$log"
        failed+=("$name")
    fi
    rm -f "$log"
}

python_files=(rascue tests setup.py)
step "format" "$bin/ruff" format --check "${python_files[@]}"
step "lint" "$bin/ruff" check "${python_files[@]}"
step "types" "$bin/mypy" --strict rascue
step "import directions" "$bin/lint-imports" --no-cache
step "locks agree" .ci/lock.sh --check

# Files that a program of ours writes: each generator compares instead of writing with --check.
for generator in .ci/generate_*.py; do
    [ -e "$generator" ] || continue
    step "fresh: $(basename "$generator" .py)" "$bin/python" "$generator" --check
done

if [ ${#failed[@]} -gt 0 ]; then
    printf 'check failed: %s\n' "$(IFS=,; echo "${failed[*]}")" >&2
    exit 1
fi
