"""What a function writes, on its way to a reader in another thread."""

from __future__ import annotations

import threading

import pytest
from localstack_dockerless.executor.streams import Stream, current


def test_what_is_written_is_read_before_the_invocation_ends():
    over = threading.Event()

    def invoke():
        stream = current()
        stream.begin("text/plain")
        stream.write(b"one")
        over.wait(20)
        return "result"

    stream = Stream(invoke)
    stream.wait()
    parts = iter(stream)
    assert (next(parts), stream.result) == (b"one", None)
    over.set()
    assert (list(parts), stream.result) == ([], "result")


def test_an_error_before_the_first_part_is_raised_where_somebody_waits():
    def invoke():
        raise KeyError("no")

    with pytest.raises(KeyError):
        Stream(invoke).wait()


def test_an_error_in_the_middle_is_raised_after_the_parts():
    def invoke():
        current().begin("text/plain")
        current().write(b"half")
        raise KeyError("no")

    stream = Stream(invoke)
    stream.wait()
    parts = iter(stream)
    assert next(parts) == b"half"
    with pytest.raises(KeyError):
        next(parts)


def test_nothing_is_kept_for_a_reader_that_has_gone():
    gone = threading.Event()

    def invoke():
        current().begin("text/plain")
        gone.wait(20)
        current().write(b"unread")
        return "result"

    stream = Stream(invoke)
    stream.close()
    gone.set()
    assert list(stream) == []
    assert stream.result == "result"


def test_other_threads_have_no_stream():
    assert current() is None
