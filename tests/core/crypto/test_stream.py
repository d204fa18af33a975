"""What was sealed opens; anything else is refused."""

import secrets
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.crypto import CHUNK_BYTES, Tampered, open_stream, seal_stream

SEALED_CHUNK = CHUNK_BYTES + 16
KEY = secrets.token_bytes(32)
SCHOOL, DOCUMENT = uuid4(), uuid4()

# Lengths around the chunk's edges are where a mistake would sit.
lengths = st.one_of(
    st.integers(0, 300),
    st.integers(CHUNK_BYTES - 2, CHUNK_BYTES + 2),
    st.integers(3 * CHUNK_BYTES - 2, 3 * CHUNK_BYTES + 2),
)
piece_sizes = st.integers(1, 2 * CHUNK_BYTES).filter(lambda size: size > 200)


def _pieces(content: bytes, size: int) -> list[bytes]:
    return [content[i : i + size] for i in range(0, len(content), size)]


def _seal(content: bytes, **place) -> bytes:
    place = {"school_id": SCHOOL, "document_id": DOCUMENT, "key": KEY} | place
    return b"".join(seal_stream([content], **place))


def _open(sealed: bytes, **place) -> bytes:
    place = {"school_id": SCHOOL, "document_id": DOCUMENT, "key": KEY} | place
    return b"".join(open_stream([sealed], **place))


@settings(max_examples=60, deadline=None)
@given(length=lengths, written=piece_sizes, read=piece_sizes)
def test_stream_opens_to_what_was_sealed_in_pieces_of_any_size(length, written, read):
    content = secrets.token_bytes(length)
    sealed = b"".join(seal_stream(_pieces(content, written), key=KEY, school_id=SCHOOL, document_id=DOCUMENT))
    opened = open_stream(_pieces(sealed, read), key=KEY, school_id=SCHOOL, document_id=DOCUMENT)
    assert b"".join(opened) == content


@settings(max_examples=60, deadline=None)
@given(length=lengths, cut=st.integers(1, 4 * CHUNK_BYTES))
def test_stream_refuses_truncation_anywhere(length, cut):
    sealed = _seal(secrets.token_bytes(length))
    with pytest.raises(Tampered):
        _open(sealed[: max(0, len(sealed) - cut)])


@pytest.mark.parametrize("chunks", [1, 2])
def test_stream_refuses_truncation_at_a_chunk_edge(chunks):
    sealed = _seal(secrets.token_bytes(3 * CHUNK_BYTES))
    with pytest.raises(Tampered):
        _open(sealed[: chunks * SEALED_CHUNK])


@settings(max_examples=30, deadline=None)
@given(order=st.permutations(range(4)).filter(lambda order: list(order) != [0, 1, 2, 3]))
def test_stream_refuses_reordered_chunks(order):
    sealed = _seal(secrets.token_bytes(4 * CHUNK_BYTES))
    chunks = _pieces(sealed, SEALED_CHUNK)
    with pytest.raises(Tampered):
        _open(b"".join(chunks[i] for i in order))


def test_stream_refuses_a_repeated_and_a_dropped_chunk():
    chunks = _pieces(_seal(secrets.token_bytes(3 * CHUNK_BYTES)), SEALED_CHUNK)
    for changed in ([0, 0, 1, 2], [0, 2], [0, 1, 2, 2]):
        with pytest.raises(Tampered):
            _open(b"".join(chunks[i] for i in changed))


@settings(max_examples=60, deadline=None)
@given(length=lengths, at=st.integers(0, 5 * CHUNK_BYTES), bit=st.integers(0, 7))
def test_stream_refuses_any_changed_bit(length, at, bit):
    sealed = bytearray(_seal(secrets.token_bytes(length)))
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(Tampered):
        _open(bytes(sealed))


@settings(max_examples=20, deadline=None)
@given(extra=st.binary(min_size=1, max_size=100))
def test_stream_refuses_appended_bytes(extra):
    with pytest.raises(Tampered):
        _open(_seal(b"content") + extra)


@pytest.mark.spec("TEN-08")
@pytest.mark.parametrize(
    "other", [{"school_id": uuid4()}, {"document_id": uuid4()}, {"key": secrets.token_bytes(32)}]
)
def test_stream_refuses_another_school_document_or_key(other):
    sealed = _seal(b"Ruby told her tutor")
    with pytest.raises(Tampered):
        _open(sealed, **other)


def test_stream_refuses_chunks_swapped_between_two_documents():
    first, second = (
        _seal(secrets.token_bytes(2 * CHUNK_BYTES)),
        _seal(secrets.token_bytes(2 * CHUNK_BYTES), document_id=uuid4()),
    )
    with pytest.raises(Tampered):
        _open(first[:SEALED_CHUNK] + second[SEALED_CHUNK:])


def test_nothing_of_a_changed_chunk_is_yielded():
    sealed = bytearray(_seal(b"A" * CHUNK_BYTES + b"B" * CHUNK_BYTES))
    sealed[SEALED_CHUNK + 5] ^= 1
    opened = open_stream([bytes(sealed)], key=KEY, school_id=SCHOOL, document_id=DOCUMENT)
    assert next(opened) == b"A" * CHUNK_BYTES
    with pytest.raises(Tampered):
        next(opened)


@pytest.mark.spec("DOC-02")
def test_sealed_bytes_hold_nothing_of_the_content():
    assert b"Ruby told her tutor" not in _seal(b"Ruby told her tutor" * 50)
