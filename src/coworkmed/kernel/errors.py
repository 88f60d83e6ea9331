"""What can go wrong, said to a person. Messages are marked for translation and filled in where they are shown."""

from typing import Any


class CoworkmedError(Exception):
    """A refusal a person can act on.

    ``message`` is a template in English (mark it with ``N_``); ``params`` fill its ``{named}`` places. ``str()`` gives
    the English sentence; a face with a reader translates ``message`` first and formats after.
    """

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message, params)
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return self.message.format(**self.params)


class CatalogueError(CoworkmedError):
    """The catalogue of sources can't be used as it is written."""


class SourceError(CoworkmedError):
    """A source can't be fetched or read as a whole (a bad row is never this: it becomes a reject)."""


class UnsafeAddressError(SourceError):
    """An address we refuse to call: not http(s), or inside a private network."""
