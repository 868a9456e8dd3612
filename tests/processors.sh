#!/usr/bin/env bash
# make test-processors: the tests of learning as other processors would run them, for five seeds
# each, with one and with two threads. By hand, before a bound of such a test is chosen: hours.
# What it is given goes to pytest: `tests/processors.sh -k stylegan2`.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=0
for aten in default avx2 ""; do
    for onednn in SSE41 AVX2 ""; do
        for threads in 1 2; do
            settings=(OMP_NUM_THREADS=$threads)
            [ -z "$aten" ] || settings+=("ATEN_CPU_CAPABILITY=$aten")
            [ -z "$onednn" ] || settings+=("ONEDNN_MAX_CPU_ISA=$onednn")
            echo "=== ${settings[*]}"
            env "${settings[@]}" .venv/bin/pytest -q -m learning --seeds 5 tests/unit "$@" || failed=1
        done
    done
done
exit $failed
