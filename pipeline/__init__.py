"""Filmroom's pipeline: from a recording to a coaching draft in which every sentence rests on words that were spoken."""

import os

__version__ = "0.1.0"

for _switch, _off in {
    "ORT_DISABLE_TELEMETRY": "1",  # ONNX Runtime sends events to its maker since 1.29, and asks once, at its start
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
    "DO_NOT_TRACK": "1",
}.items():
    os.environ[_switch] = _off  # before any library is loaded, in every process: see docs/privacy.md
