"""Everything known of one call, gathered for people and programs to read."""

from pipeline.domain.assessment import Assessment, Observation, RejectedClaim
from pipeline.domain.base import Value
from pipeline.domain.coaching import Draft
from pipeline.domain.metrics import CallMetrics
from pipeline.domain.provenance import Provenance
from pipeline.domain.recording import Recording
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.domain.tracker import Tracking


class CallResult(Value):
    """The results of all stages for one call, each with its provenance, read against one rubric.

    `tracking` is absent in calls that were reviewed before there were trackers.
    """

    recording: Recording
    conversation: Conversation
    metrics: CallMetrics
    rubric: Rubric
    observations: tuple[Observation, ...]
    rejected: tuple[RejectedClaim, ...]
    assessment: Assessment
    draft: Draft
    provenance: tuple[Provenance, ...]
    tracking: Tracking | None = None

    def observation(self, observation_id: str) -> Observation | None:
        """The observation with this id, or None."""
        return next((o for o in self.observations if o.id == observation_id), None)
