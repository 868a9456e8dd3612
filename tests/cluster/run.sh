#!/usr/bin/env bash
# make test-cluster: installs SLURM, starts a small cluster on this machine, runs the tests on it.
# Where that cannot be, it says why, and leaves with status 0: a skipped test, not a failed one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
packages=(slurmctld slurmd slurm-client slurm-wlm-basic-plugins munge)
plugin=snakemake-executor-plugin-slurm==2.8.0
environment=$root/.venv-cluster

skip() {
    echo "SKIPPED: the tests on a cluster: $1"
    exit 0
}

[ "$(id -u)" = 0 ] || skip "they start daemons, which takes root"
command -v apt-get >/dev/null || skip "they install Debian's SLURM, and there is no apt-get here"
if [ -e /etc/slurm/slurm.conf ] && [[ "$(readlink /etc/slurm/slurm.conf)" != /run/rehearsal/* ]]; then
    skip "this machine belongs to a cluster: there is an /etc/slurm/slurm.conf"
fi
# One cluster at a time.
exec 9>/run/rehearsal.lock
flock 9
if ! dpkg --status "${packages[@]}" >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    options=(-o DPkg::Lock::Timeout=120)
    apt-get "${options[@]}" update >/tmp/rockrec-apt.log 2>&1 &&
        apt-get "${options[@]}" install -y --no-install-recommends "${packages[@]}" >>/tmp/rockrec-apt.log 2>&1 ||
        skip "Debian's packages cannot be installed: $(tail -n 1 /tmp/rockrec-apt.log)"
fi

# The plugin has an environment of its own, with the project's packages behind it: beside
# Snakemake it would ask for a cluster at every start.
if [ ! -e "$environment/.ready" ]; then
    rm -rf "$environment"
    "$root/.venv/bin/python" -m venv "$environment"
    site=$("$environment/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    "$root/.venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' >"$site/project.pth"
    "$environment/bin/python" -m pip install --quiet "$plugin" 2>/tmp/rockrec-pip.log ||
        skip "$plugin cannot be installed: $(tail -n 1 /tmp/rockrec-pip.log)"
    touch "$environment/.ready"
fi

trap '"$here/slurm/down.sh"' EXIT
"$here/slurm/up.sh" 9>&-
cd "$root"
ROCKREC_CLUSTER_PYTHON="$environment/bin/python" \
    PATH="$environment/bin:$PATH" \
    "$root/.venv/bin/pytest" -q -s tests/cluster "$@"
