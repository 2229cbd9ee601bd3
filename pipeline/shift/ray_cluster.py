"""Owns the way to a Ray cluster: the only module that knows how Ray is started, joined and left.

Ray sends usage reports unless told otherwise before it is imported; here it is always told. A cluster that a run starts
for itself listens on 127.0.0.1 only, keeps its logs in a folder of its own and takes them away at the end.
"""

import os
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.config.night import RayCluster
from pipeline.errors import UsageError
from pipeline.log import get_logger

_log = get_logger(__name__)
OWN = "local"
"""As [ray] address: a cluster of this machine alone, started for the run, whatever others there are."""
_CURRENT = Path(tempfile.gettempdir(), "ray", "ray_current_cluster")
"""Where `ray start` leaves the address of the cluster that a machine belongs to."""
_OBJECTS_BYTES = 100 * 1024**2
"""What passes through Ray's own object store is small: results of stages go to the store of the workspace."""
_SHOWN = 120
_ANSWER_S = 10.0
_INSTALL = 'pip install "filmroom[ray]", on this machine and on every other of the cluster'


@dataclass(frozen=True)
class Machine:
    """One machine of a cluster: its id there, cores, GPUs, and bytes of memory as Ray counts them."""

    id: str
    cores: float
    gpus: float
    memory: int


class Cluster:
    """A cluster that this process takes part in."""

    def __init__(self, ray: Any) -> None:
        self.ray = ray
        self.home: str = ray.get_runtime_context().get_node_id()
        """The machine on which the run is."""

    def machines(self) -> dict[str, Machine]:
        """The machines that are up now, by id."""
        found = {}
        for node in self.ray.nodes():
            if node["Alive"]:
                has = node["Resources"]
                memory = int(has.get("memory", 0))
                found[node["NodeID"]] = Machine(node["NodeID"], has.get("CPU", 0.0), has.get("GPU", 0.0), memory)
        return found

    def actor(self, kind: type, *args: object, at: str, cores: float, gpus: float) -> Any:
        """A handle of a new actor that Ray starts again, and whose tasks it tries again, however often it dies.

        It is at this machine as long as there is one, and ends with it, or with the run.
        """
        return self._new(kind, args, at=at, num_cpus=cores, num_gpus=gpus)

    def beside(self, kind: type, *args: object, name: str) -> Any:
        """As `actor`, on the run's own machine only, where it takes no room; workers find it by its name."""
        return self._new(kind, args, at=self.home, num_cpus=0, name=name)

    def _new(self, kind: type, args: tuple[object, ...], *, at: str, **more: object) -> Any:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        place = NodeAffinitySchedulingStrategy(node_id=at, soft=False)
        remote = self.ray.remote(kind)
        options = remote.options(max_restarts=-1, max_task_retries=-1, scheduling_strategy=place, **more)
        return options.remote(*args)


def import_ray(*, alone: bool = False) -> Any:
    """The module ray, its reports off. `alone`: what it starts is for this machine only. Raises: UsageError."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    if alone:
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # Ray's name for: use the loopback address
    try:
        import ray
    except ImportError as error:
        raise UsageError("the engine ray needs Ray, which is not installed", hint=_INSTALL) from error
    ray._private.worker.print_to_stdstream = _reported  # it prints on stdout, where results are, and has no setting
    return ray


def _reported(data: dict[str, Any], *_: object, **__: object) -> None:
    """Ray's own reports as events: of each the beginning, which names processes and machines."""
    for line in data.get("lines", ())[:1]:
        _log.info("Ray reports: %s", str(line).strip().splitlines()[0][:_SHOWN] if str(line).strip() else "")


def cluster_of(settings: RayCluster, environment: Mapping[str, str] = os.environ) -> str | None:
    """The address of the cluster that a run would join, `OWN` for one of this machine alone; None for the one that this
    machine belongs to."""
    return settings.address or environment.get("RAY_ADDRESS") or (None if _CURRENT.exists() else OWN)


@contextmanager
def joined(settings: RayCluster) -> Iterator[Cluster]:
    """The cluster of these settings, left again at the end; one that this process is in already is used and stays.

    Raises: UsageError when Ray is not installed, or no cluster is at the address.
    """
    address = cluster_of(settings)
    ray = import_ray(alone=address == OWN)
    if ray.is_initialized():
        yield Cluster(ray)
        return
    with tempfile.TemporaryDirectory(prefix="filmroom-", ignore_cleanup_errors=True) as logs:
        with _listening_as_before():
            _enter(ray, address, logs)
        try:
            yield Cluster(ray)
        finally:
            ray.shutdown()


@contextmanager
def _listening_as_before() -> Iterator[None]:
    """After the block SIGTERM goes to whoever it went to before it.

    Ray listens for it from its start on, and would end the run at once, with calls under way and a code of its own.
    """
    former = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if former is not None and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, former)


def _enter(ray: Any, address: str | None, logs: str) -> None:
    quietly = {"include_dashboard": False, "log_to_driver": False, "configure_logging": False}
    if address == OWN:
        ray.init(address=OWN, object_store_memory=_OBJECTS_BYTES, _temp_dir=logs, **quietly)
        return
    try:
        _require_answer(address or _CURRENT.read_text(encoding="ascii").strip())
        ray.init(address=address or "auto", log_to_driver=False, configure_logging=False)
    except (OSError, RuntimeError, ValueError) as error:
        at = address or f"the address in {_CURRENT}"
        raise UsageError(
            f"no Ray cluster at {at}: {(str(error).splitlines() or [type(error).__name__])[0]}",
            hint="start one with ray start --head, or give [ray] address in filmroom.toml; "
            f'address = "{OWN}" is a cluster of this machine alone',
        ) from error


def _require_answer(address: str) -> None:
    """Passes when somebody listens at host:port, since Ray itself would try for minutes. Raises: OSError."""
    host, _, port = address.rpartition(":")
    if host and port.isdecimal() and "//" not in host:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_ANSWER_S).close()
