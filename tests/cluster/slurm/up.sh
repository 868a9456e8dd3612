#!/usr/bin/env bash
# Starts munge, slurmctld and two slurmd (nodes cpu1 and gpu1) on this machine, as root.
# All they write lies in /run/rehearsal. Refused where the machine belongs to a cluster already.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here/down.sh"
if [ -e /etc/slurm/slurm.conf ]; then
    echo "there is an /etc/slurm/slurm.conf: this machine belongs to a cluster" >&2
    exit 1
fi
install -d /run/rehearsal/state
install -m 644 "$here/slurm.conf" "$here/gres.conf" /run/rehearsal/
# The executor plugin hides SLURM_CONF from its jobs, so that it has to be here.
ln -s /run/rehearsal/slurm.conf /run/rehearsal/gres.conf /etc/slurm/

if ! munge -n 2>/dev/null | unmunge >/dev/null 2>&1; then
    install -d -o munge -g munge -m 755 /run/munge
    [ -s /etc/munge/munge.key ] || mungekey --create
    chown munge: /etc/munge/munge.key
    setpriv --reuid=munge --regid=munge --clear-groups munged --pid-file=/run/munge/rehearsal.pid
fi
slurmctld
slurmd -N cpu1
slurmd -N gpu1
for _ in $(seq 60); do
    [ "$(sinfo -h -N -t idle -o %N | wc -l)" = 2 ] && exec sinfo -o '%P %D %T %c %m %G'
    sleep 0.5
done
echo "the nodes do not come up:" >&2
tail -n 20 /run/rehearsal/*.log >&2
exit 1
