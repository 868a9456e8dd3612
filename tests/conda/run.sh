#!/usr/bin/env bash
# make test-conda: fetches py-rattler, which stands in for conda, and runs the tests of the
# environments with it. Where it cannot be fetched, it says so and leaves with status 0.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
environment=$root/.venv-conda
if [ ! -e "$environment/.ready" ]; then
    rm -rf "$environment"
    "$root/.venv/bin/python" -m venv "$environment"
    if ! "$environment/bin/python" -m pip install --quiet \
        py-rattler==0.28.0 zstandard==0.25.0 packaging==26.0 pyyaml==6.0.3 2>/tmp/rockrec-pip.log; then
        echo "SKIPPED: the tests of conda's environments: $(tail -n 1 /tmp/rockrec-pip.log)"
        exit 0
    fi
    touch "$environment/.ready"
fi
cd "$root"
ROCKREC_CONDA_PYTHON="$environment/bin/python" "$root/.venv/bin/pytest" -q tests/conda "$@"
