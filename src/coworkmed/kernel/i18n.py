"""Languages of the interface, and the marker for text that is translated where it is shown."""

#: In the order offered to a reader. English is the language messages are written in.
LANGUAGES = ("fr", "el", "it", "hr", "es", "ca", "en")

#: Each language named by its own speakers.
LANGUAGE_NAMES = {
    "fr": "Français",
    "el": "Ελληνικά",
    "it": "Italiano",
    "hr": "Hrvatski",
    "es": "Español",
    "ca": "Català",
    "en": "English",
}


def N_(message: str) -> str:  # noqa: N802 (gettext's own name for it)
    """Mark a message for the catalogues and return it unchanged: it is translated later, where a reader is known."""
    return message
