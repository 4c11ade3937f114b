"""Tests talk to this machine only."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

LOCAL_NAMES = {"", "localhost"}


class OutsideError(RuntimeError):
    """A test reached for the network."""


@contextmanager
def loopback_only() -> Iterator[None]:
    """Refuse to look up or connect to anything but loopback inside the block.

    It holds for Python's sockets. Chromium is told the same by its own arguments, and PostgreSQL
    listens on no network at all.
    """
    real_connect, real_connect_ex = socket.socket.connect, socket.socket.connect_ex
    real_look_up = socket.getaddrinfo

    def connect(self: socket.socket, address: Any) -> None:
        _refuse(self.family, address)
        return real_connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        _refuse(self.family, address)
        return real_connect_ex(self, address)

    def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse(socket.AF_INET, (host,))
        return real_look_up(host, *args, **kwargs)

    socket.socket.connect = connect  # type: ignore[method-assign]
    socket.socket.connect_ex = connect_ex  # type: ignore[method-assign]
    socket.getaddrinfo = look_up
    try:
        yield
    finally:
        socket.socket.connect = real_connect  # type: ignore[method-assign]
        socket.socket.connect_ex = real_connect_ex  # type: ignore[method-assign]
        socket.getaddrinfo = real_look_up


def _refuse(family: int, address: Any) -> None:
    if family in (socket.AF_INET, socket.AF_INET6) and not is_local(address[0]):
        raise OutsideError(f"a test may not reach {address!r}: it stays on this machine")


def is_local(host: str | bytes | None) -> bool:
    text = host.decode() if isinstance(host, bytes) else (host or "")
    if text in LOCAL_NAMES:
        return True
    try:
        return ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False
