"""A program: a cluster of this machine that is bound by permissions; its address on stdout, until stdin is closed."""

import sys

from pipeline.config.night import RayCluster
from pipeline.shift.ray_cluster import OWN, joined
from tests.store.machine import drop_privileges

if __name__ == "__main__":
    drop_privileges()
    with joined(RayCluster(address=OWN)) as cluster:
        sys.stdout.write(f"{cluster.ray.get_runtime_context().gcs_address}\n")
        sys.stdout.flush()
        sys.stdin.read()
