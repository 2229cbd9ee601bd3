"""Ingest: from paths to recordings that may be decoded. Consent known, files hashed, sound probed and heard once."""

from pipeline.stages.ingest.candidate import Candidate, CandidateFile, Fetch, lasting
from pipeline.stages.ingest.channels import Layout, channel_layout
from pipeline.stages.ingest.consent import consent_allows
from pipeline.stages.ingest.discover import InBucket, discover, each_call
from pipeline.stages.ingest.recording import Limits, call_id, identify, ingest
from pipeline.stages.ingest.transcripts import format_of, read_script

__all__ = [
    "Candidate",
    "CandidateFile",
    "Fetch",
    "InBucket",
    "Layout",
    "Limits",
    "call_id",
    "channel_layout",
    "consent_allows",
    "discover",
    "each_call",
    "format_of",
    "identify",
    "ingest",
    "lasting",
    "read_script",
]
