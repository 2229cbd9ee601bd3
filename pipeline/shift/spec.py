"""Owns what a worker has to be told to take part in a night: values that can be sent to another process or machine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.callwork import Facts, Night
from pipeline.config import Config
from pipeline.domain.rubric import LoadedRubric
from pipeline.domain.stability import Withheld
from pipeline.domain.tracker import LoadedTracker
from pipeline.engines.local import LocalEngine
from pipeline.ports import ChatModel, Engine
from pipeline.store.workspace import Workspace

MakeEngine = Callable[[Config, ChatModel | None], Engine]


def local_engine(config: Config, chat: ChatModel | None) -> Engine:
    """The models of the configuration, in this process, none loaded yet."""
    return LocalEngine(config, chat=chat)


@dataclass(frozen=True)
class NightSpec:
    """What determines a night, as plain values. `engine` has to be a function of a module, so that it can be sent."""

    root: Path
    config: Config
    rubric: LoadedRubric
    trackers: tuple[LoadedTracker, ...] = ()
    by_stage: Mapping[str, LoadedRubric] = field(default_factory=dict)
    withheld: Mapping[str, tuple[Withheld, ...]] = field(default_factory=dict)
    engine: MakeEngine = local_engine

    @classmethod
    def of(cls, night: Night) -> "NightSpec":
        """What a worker is told of this night; its models are made anew there."""
        return cls(
            night.workspace.root,
            night.config,
            night.rubric,
            trackers=night.trackers,
            by_stage=dict(night.by_stage),
            withheld=dict(night.withheld),
        )

    def open(self, *, chat: ChatModel | None = None, facts: Facts | None = None) -> Night:
        """The night in this process. `chat` is who answers for a language model; `facts` who knows the records.

        Raises: UsageError, WeightsError: as making the engine.
        """
        return Night(
            Workspace(self.root, store=self.config.store),
            self.config,
            self.engine(self.config, chat),
            self.rubric,
            trackers=self.trackers,
            by_stage=self.by_stage,
            withheld=self.withheld,
            stated_facts=facts,
        )
