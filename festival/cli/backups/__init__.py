"""``backup``, ``restore``, ``rehearse``: the festival in one file, and back."""

from festival.cli.backups.commands import backup, rehearse, restore

__all__ = ["backup", "rehearse", "restore"]
