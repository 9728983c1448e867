"""The files that pages need, looked for once: every browser of a test starts the office anew, and looked again."""

from typing import Any, ClassVar

from whitenoise.middleware import WhiteNoiseMiddleware


class FoundOnce(WhiteNoiseMiddleware):  # type: ignore[misc]  # it comes without types
    """Serve what the first of them has found."""

    found: ClassVar[dict[str, Any]] = {}

    def add_files_from_finders(self) -> None:
        """Look where nobody has."""
        if not self.found:
            super().add_files_from_finders()
            self.found.update(self.files)
        self.files.update(self.found)
