"""What follows from where a language model is: whether it is on this machine, its key, its time-out."""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from pipeline.config import LanguageModel
from pipeline.errors import UsageError

OPENAI_URL = "https://api.openai.com/v1"
LOCAL_TIMEOUT_S = 600.0
REMOTE_TIMEOUT_S = 120.0
CONNECT_TIMEOUT_S = 10.0

_NO_KEY_NEEDED = "none"
_OWN_HOSTS = ("openai.com", "openai.azure.com", "services.ai.azure.com")


def url_of(settings: LanguageModel) -> str | None:
    """The address requests go to; None where the provider's own package knows it.

    The environment has no say in it (OPENAI_BASE_URL): calls go where filmroom.toml says. Raises: UsageError.
    """
    url = settings.url or (OPENAI_URL if settings.provider == "openai" else None)
    if url is not None and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise UsageError(
            f"url = {url!r} under [llm] is no address", hint='write it like "http://127.0.0.1:8080/v1" or "https://..."'
        )
    return url


def is_local(url: str | None) -> bool:
    """Whether the address is of this machine."""
    host = "" if url is None else urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def is_openais(url: str) -> bool:
    """Whether OpenAI or Azure runs the endpoint: there the limit of an answer is called `max_completion_tokens`."""
    host = urlsplit(url).hostname or ""
    return any(host == own or host.endswith(f".{own}") for own in _OWN_HOSTS)


def shown_address(settings: LanguageModel) -> str:
    """The address as messages may show it: without a user, a password or a query."""
    url = url_of(settings)
    return settings.provider if url is None else without_secrets(url)


def without_secrets(url: str) -> str:
    """The address without a user, a password or a query; a path stays, for it tells where."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"


def timeout_s(settings: LanguageModel) -> float:
    """Seconds that an answer may take: those configured, else ten minutes on this machine and two elsewhere."""
    if settings.timeout_s is not None:
        return settings.timeout_s
    return LOCAL_TIMEOUT_S if is_local(url_of(settings)) or settings.provider == "ollama" else REMOTE_TIMEOUT_S


def key_of(settings: LanguageModel, environment: Mapping[str, str]) -> str:
    """The key for an OpenAI-compatible endpoint; on this machine a word that stands for none will do.

    Raises: UsageError naming the variable, never its value.
    """
    key = environment.get(settings.key_variable, "").strip()
    if not key and is_local(url_of(settings)):
        return _NO_KEY_NEEDED
    hint = (
        f"put the key into the environment variable {settings.key_variable}, or name another by key_variable in [llm]"
    )
    if not key:
        raise UsageError(f"no key for {shown_address(settings)}: {settings.key_variable} is not set", hint=hint)
    if not key.isascii() or not key.isprintable() or " " in key:
        raise UsageError(f"{settings.key_variable} holds characters that no key has", hint=hint)
    return key
