"""How gunicorn serves the pages: read by it with ``--config python:festival.cli.web``."""

import gc
from typing import Any

from gunicorn.glogging import Logger


class QuietLogger(Logger):
    """Links carry tokens in their query, so no log shows one."""

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        bare = [one.partition("?")[0] if isinstance(one, str) else one for one in args]
        super().exception(msg, *bare, **kwargs)


worker_class = "gthread"
logger_class = QuietLogger
loglevel = "warning"
accesslog = None
control_socket_disable = True  # signals are enough
timeout = 60
graceful_timeout = 15
keepalive = 5


def post_worker_init(_worker: Any) -> None:
    """What was loaded at the start stays for good: the collector need not look through it again
    and again, and need not look as often for so few cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
