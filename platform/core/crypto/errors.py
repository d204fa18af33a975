"""What can be wrong with a key or a sealed stream. No message holds key material or content."""


class CryptoError(Exception):
    """Nothing was sealed or opened."""


class KeyUnavailable(CryptoError):  # noqa: N818 -- named for what is so, as the callers' sentences are
    """A key is missing, wrong or its service does not answer. Nothing may go on in clear."""


class Tampered(CryptoError):  # noqa: N818 -- named for what is so, as the callers' sentences are
    """The bytes are not the ones that were sealed for this school and this document."""
