"""Checks of the settings: whether they keep the promises that people rely on, and can be carried out at all."""

import importlib.util
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pipeline.adapters.chat_address import is_local, shown_address, url_of
from pipeline.upkeep.findings import Finding, House, ok, problem, warning


def consent(house: House) -> Iterator[Finding]:
    """What has to be known before a recording is decoded."""
    if house.config.consent == "required":
        yield ok("consent", "required: no recording is decoded before somebody states that everybody consented")
    else:
        told = "assumed: a recording about which nobody said anything counts as consented to"
        yield warning("consent", told, 'set consent = "required", and state consent beside each recording')


def redaction(house: House) -> Iterator[Finding]:
    """What is taken out of words before they leave, against where they go."""
    config = house.config
    leaves = config.asks_language_model and not is_local(url_of(config.llm))
    if not leaves:
        yield ok("redaction", "no words of calls leave this machine: " + _who_reads(house))
    elif config.redact.leaving:
        kinds = ", ".join(config.redact.kinds)
        yield ok("redaction", f"{kinds} are taken out before words go to {shown_address(config.llm)}")
    else:
        told = f"whole calls go to {shown_address(config.llm)} with the numbers and addresses spoken in them"
        yield problem("redaction", told, "set leaving = true in [redact], or ask a model on this machine")


def _who_reads(house: House) -> str:
    config = house.config
    if config.asks_language_model:
        return f"the language model is at {shown_address(config.llm)}"
    return f"the reader is {config.reader}, the drafter {config.drafter}"


def key(house: House) -> Iterator[Finding]:
    """Whether the variables that hold secrets are set; their values are never looked at."""
    config = house.config
    needed = [hook.secret_variable for hook in config.webhooks]
    if config.asks_language_model and not is_local(url_of(config.llm)):
        needed.append(config.llm.key_variable)
    if config.store.objects and config.store.objects.startswith("s3:"):
        needed += ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
    if config.review.oidc is not None and config.review.oidc.client_secret_variable:
        needed.append(config.review.oidc.client_secret_variable)
    missing = [name for name in dict.fromkeys(needed) if not os.environ.get(name, "").strip()]
    if missing:
        hint = "put them into the environment of whoever starts the night: EnvironmentFile= of the unit, or the crontab"
        yield problem("keys", f"not set here: {', '.join(missing)}", hint)
    elif needed:
        yield ok("keys", f"set: {', '.join(dict.fromkeys(needed))} (values are not looked at)")
    else:
        yield ok("keys", "none is needed")


def ray(house: House) -> Iterator[Finding]:
    """Whether the engine that is configured is installed."""
    if house.config.engine != "ray":
        return
    if importlib.util.find_spec("ray") is None:
        yield problem("engine", 'engine = "ray", and Ray is not installed', 'install "filmroom[ray]", or use "local"')
    else:
        yield ok("engine", f"ray, {house.config.ray.address or 'on this machine'}")


def told_machines(house: House) -> Iterator[Finding]:
    """Whether the files by which machines are told can be written."""
    operations = house.config.operations
    for name, path in (("log file", operations.log_file), ("metrics", operations.metrics)):
        if path is None:
            continue
        folder = path.absolute().parent
        may = os.access(path, os.W_OK) if path.exists() else os.access(folder, os.W_OK)
        if name == "metrics" and not os.access(folder, os.W_OK):
            may = False  # it is replaced by a new file each time
        if may and not path.is_dir():
            yield ok(name, str(path))
        else:
            yield problem(name, f"{path} cannot be written", f"make {folder} writable for this user")


def zone(_: House) -> Iterator[Finding]:
    """By which clock a schedule goes."""
    now = datetime.now().astimezone()
    told = f"{now.tzname()} (UTC{now:%z}); schedules go by it, records are in UTC"
    if not Path("/etc/localtime").exists() and "TZ" not in os.environ:
        yield warning("time zone", told, "set one, so that two in the morning is what people here mean by it")
    else:
        yield ok("time zone", told)


SETTINGS_CHECKS = (consent, redaction, key, ray, told_machines, zone)
