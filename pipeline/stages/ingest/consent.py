"""The consent gate: stands before anything that would decode a recording."""

from pipeline.domain.recording import CallMetadata, Consent
from pipeline.errors import ConsentError

_HINT = (
    'state consent "yes" in the sidecar or in calls.csv (or "announced": the recording was announced and nobody '
    "objected), or say it for the whole run with --consent yes"
)


def consent_allows(metadata: CallMetadata, *, required: bool) -> None:
    """Passes when the recording may be decoded: consent is stated, or need not be and was not refused.

    `required` is False when a person says for the whole run that consent was given; a stated "no" outweighs that.
    Raises: ConsentError.
    """
    if metadata.consent is Consent.NO:
        hint = "delete the recording; if the customer did consent, correct the metadata"
        raise ConsentError("the metadata says that the customer did not consent to being recorded", hint=hint)
    if required and metadata.consent is Consent.UNKNOWN:
        raise ConsentError("nobody stated that the customer consents to being recorded", hint=_HINT)
