"""What goes wrong with settings."""

from __future__ import annotations


class SettingsError(Exception):
    """A settings file that can't be used; the text says what, where and what to do."""
