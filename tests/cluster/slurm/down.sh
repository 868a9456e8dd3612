#!/usr/bin/env bash
# Stops what up.sh started, by the recorded process ids, and removes its files.
for file in /run/rehearsal/slurmd.*.pid /run/rehearsal/slurmctld.pid /run/munge/rehearsal.pid; do
    [ -s "$file" ] || continue
    pid=$(cat "$file")
    kill "$pid" 2>/dev/null
    for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
done
for link in /etc/slurm/slurm.conf /etc/slurm/gres.conf; do
    [[ "$(readlink "$link")" == /run/rehearsal/* ]] && rm "$link"
done
rm -rf /run/rehearsal
