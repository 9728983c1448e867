"""What is sent over a line: a receiver that says nothing, or a letter now and then, is not waited for."""

import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from ipaddress import ip_network

import pytest

from darvoza.office.api import sending
from darvoza.office.api.addresses import may_reach


@pytest.fixture
def receiver() -> Iterator[socket.socket]:
    """A socket that listens on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


def dripping(receiver: socket.socket, letters: bytes) -> None:
    """Answer the next who comes, a letter every twentieth of a second."""

    def answer() -> None:
        line, _ = receiver.accept()
        with line:
            try:
                for letter in letters:
                    line.sendall(bytes([letter]))
                    time.sleep(0.05)
            except OSError:
                return

    threading.Thread(target=answer, daemon=True).start()


def test_who_answers_drop_by_drop_is_not_listened_to_for_ever(
    receiver: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LONGEST", 0.4)
    dripping(receiver, b"HTTP/1.1 200 " + b"x" * 400)
    begun = time.monotonic()
    assert sending.send(f"http://127.0.0.1:{receiver.getsockname()[1]}/", b"{}", {}) == 0
    assert time.monotonic() - begun < 5


def test_who_answers_slowly_but_soon_enough_is_heard(receiver: socket.socket) -> None:
    dripping(receiver, b"HTTP/1.1 204 \r\n\r\n")
    assert sending.send(f"http://127.0.0.1:{receiver.getsockname()[1]}/", b"{}", {}) == 204


def test_where_nobody_listens_nobody_answers(receiver: socket.socket) -> None:
    port = receiver.getsockname()[1]
    receiver.close()
    assert sending.send(f"http://127.0.0.1:{port}/", b"{}", {}) == 0


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_what_leads_within_the_house_is_not_sent_to(receiver: socket.socket, scheme: str) -> None:
    closed = partial(may_reach, demo=False, inside=())
    with pytest.raises(sending.NotOpenError, match="127"):
        sending.send(f"{scheme}://127.0.0.1:{receiver.getsockname()[1]}/", b"{}", {}, may_reach=closed)
    line, _ = receiver.accept()
    with line:
        assert line.recv(100) == b"", "the line stood, and nothing was sent on it"
    dripping(receiver, b"HTTP/1.1 204 \r\n\r\n")
    open_here = partial(may_reach, demo=False, inside=(ip_network("127.0.0.0/8"),))
    assert sending.send(f"http://127.0.0.1:{receiver.getsockname()[1]}/", b"{}", {}, may_reach=open_here) == 204
