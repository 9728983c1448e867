"""Everything that can be wrong with what people hand to Darvoza, as one tree.

::

    DarvozaError
    ├── SettingsError            an option or argument cannot be used as given
    │   └── OtherState           the files of a state are not those that were read
    ├── IntakeError
    │   ├── UnreadableFile       the file is empty, of an unknown form, or not what its name says
    │   ├── InvalidMapping       the mapping file does not describe the declarations it claims to
    │   └── InvalidValue         one value of one row breaks one rule
    ├── ProfileError
    │   ├── SentenceError        the sentence cannot be parsed; carries the position
    │   ├── UnknownFact          a fact or list that the catalogue does not hold
    │   ├── WrongType            a fact is used as something it is not
    │   ├── CostExceeded         the condition is larger than the stated bound
    │   ├── InvalidProfile       the file around the sentence is incomplete or contradictory
    │   └── ProfileRefused       what somebody wants to do with a version is not his to do, or not now
    ├── InvalidMeasure           a measure of a health service is incomplete or contradictory
    ├── CaseRefused              what somebody wants to do with a case is not his to do, or not now
    ├── DataRefused              what somebody wants to do with reference data is not his to do, or not now
    ├── ModelError
    │   ├── TamperedModel        a file of the model does not have the digest it was saved with
    │   ├── UnfitModel           there is too little evidence to fit or to use a model
    │   └── MissingLibrary       a library that fits or reads trees cannot be loaded
    ├── DrawError
    │   ├── InvalidKey           the key file cannot be used
    │   └── CommitmentMismatch   the key is not the one that was committed to
    ├── JournalError
    │   ├── InvalidEntry         something that cannot be written into the journal as given
    │   ├── InvalidHead          a signed head, or the key it is signed with, cannot be read
    │   └── BrokenJournal        the journal is not what it was when it was written
    ├── BackupError              a backup cannot be made or used
    ├── PostError                a post without a line cannot do what is asked
    │   ├── InvalidBundle        a bundle is not what was signed, or not for this post, or older than the last one
    │   └── ExpiredBundle        nothing is decided any more: the bundle is over, or the clock was set back
    ├── ProviderError            the service that people sign in with did not answer as agreed
    ├── UnreadableAnswer         what answers at the address of an office is not its API
    └── OutputError              the place to write to, or a result read back, cannot be used

Every error has a stable ``code``, the ``field`` it speaks of, what was ``expected``, what was ``got`` and a
``hint`` that says what to do. The core never translates; a door renders the words.
"""

GOT_LIMIT = 80


def shown(value: object) -> str:
    """Render a value for an error message, cut to a length that fits a line.

    Examples
    --------
    >>> shown("87.03")
    "'87.03'"
    >>> len(shown("x" * 10_000_000)) < 120
    True
    """
    if isinstance(value, str) and len(value) > GOT_LIMIT:
        return f"{value[:GOT_LIMIT]!r}… ({len(value)} characters)"
    try:
        text = repr(value)
    except ValueError:  # Python writes no such number out
        return "a whole number of thousands of digits"
    return text if len(text) <= GOT_LIMIT + 20 else f"{text[:GOT_LIMIT]}…"


class DarvozaError(Exception):
    """Something a person can put right.

    Parameters
    ----------
    message
        What is wrong, in one clause. ``None`` builds it from `expected` and `got`.
    field
        The path of what is wrong, such as ``items.3.hs`` or ``when``.
    expected
        What would have been right, in words.
    got
        What was there.
    hint
        What to do about it.

    Examples
    --------
    >>> print(DarvozaError(field="items.3.hs", expected="6 to 10 digits", got="87.03"))
    items.3.hs: expected 6 to 10 digits, got '87.03'
    """

    code = "error"

    def __init__(
        self,
        message: str | None = None,
        *,
        field: str | None = None,
        expected: str | None = None,
        got: object = None,
        hint: str | None = None,
    ) -> None:
        self.field, self.expected, self.got, self.hint = field, expected, got, hint
        if message is None:
            message = f"expected {expected}, got {shown(got)}"
        self.message = message
        super().__init__(message)

    def __str__(self) -> str:
        """Give field, message and hint on one line."""
        head = f"{self.field}: " if self.field else ""
        tail = f" ({self.hint})" if self.hint else ""
        return f"{head}{self.message}{tail}"


class SettingsError(DarvozaError):
    """An option or argument cannot be used as given."""

    code = "settings"


class OtherState(SettingsError):
    """The files of a state are not those that were read."""

    code = "other-state"


class IntakeError(DarvozaError):
    """Declarations could not be taken in."""

    code = "intake"


class UnreadableFile(IntakeError):
    """The file is empty, of an unknown form, or not what its name says."""

    code = "unreadable-file"


class InvalidMapping(IntakeError):
    """The mapping file does not describe the declarations it claims to."""

    code = "invalid-mapping"


class InvalidValue(IntakeError):
    """One value of one row breaks one rule."""

    code = "invalid-value"


class ProfileError(DarvozaError):
    """A risk profile cannot be used."""

    code = "profile"


class SentenceError(ProfileError):
    """The sentence of a profile cannot be parsed.

    `column` is the 1-based position in the sentence; ``None`` for a name that stands in a field of its own.
    """

    code = "sentence"

    def __init__(
        self,
        message: str | None = None,
        *,
        column: int | None = 1,
        expected: str | None = None,
        got: object = None,
        field: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.column = column
        super().__init__(message, field=field, expected=expected, got=got, hint=hint)

    def __str__(self) -> str:
        """Give the usual line, with the column."""
        return super().__str__() + ("" if self.column is None else f" [column {self.column}]")


class UnknownFact(SentenceError):
    """A fact or list that the catalogue does not hold."""

    code = "unknown-fact"


class WrongType(SentenceError):
    """A fact is used as something it is not."""

    code = "wrong-type"


class CostExceeded(SentenceError):
    """The condition is larger than the stated bound."""

    code = "cost-exceeded"


class InvalidProfile(ProfileError):
    """The file around the sentence is incomplete or contradictory."""

    code = "invalid-profile"


class ProfileRefused(ProfileError):
    """What somebody wants to do with a version of a profile is not his to do, or not now."""

    code = "profile-refused"


class InvalidMeasure(DarvozaError):
    """A measure of a health service is incomplete or contradictory."""

    code = "invalid-measure"


class CaseRefused(DarvozaError):
    """What somebody wants to do with a case is not his to do, or not now."""

    code = "case-refused"


class DataRefused(DarvozaError):
    """What somebody wants to do with reference data is not his to do, or not now."""

    code = "data-refused"


class ModelError(DarvozaError):
    """A model cannot be used."""

    code = "model"


class TamperedModel(ModelError):
    """A file of the model does not have the digest it was saved with."""

    code = "tampered-model"


class UnfitModel(ModelError):
    """There is too little evidence to fit or to use a model."""

    code = "unfit-model"


class MissingLibrary(ModelError):
    """A library that fits or reads trees cannot be loaded."""

    code = "missing-library"


class DrawError(DarvozaError):
    """A draw cannot be made or checked."""

    code = "draw"


class InvalidKey(DrawError):
    """The key file cannot be used."""

    code = "invalid-key"


class CommitmentMismatch(DrawError):
    """The key is not the one that was committed to."""

    code = "commitment-mismatch"


class JournalError(DarvozaError):
    """The journal cannot be written or used."""

    code = "journal"


class InvalidEntry(JournalError):
    """Something that cannot be written into the journal as given."""

    code = "invalid-entry"


class InvalidHead(JournalError):
    """A signed head, or the key it is signed with, cannot be read."""

    code = "invalid-head"


class BrokenJournal(JournalError):
    """The journal is not what it was when it was written."""

    code = "broken-journal"


class BackupError(DarvozaError):
    """A backup cannot be made or used."""

    code = "backup"


class PostError(DarvozaError):
    """A post without a line cannot do what is asked."""

    code = "post"


class InvalidBundle(PostError):
    """A bundle is not what was signed, or not for this post, or older than the last one."""

    code = "invalid-bundle"


class ExpiredBundle(PostError):
    """Nothing is decided any more: the bundle is over, or the clock was set back."""

    code = "expired-bundle"


class ProviderError(DarvozaError):
    """The service that people sign in with did not answer as agreed."""

    code = "provider"


class UnreadableAnswer(DarvozaError):
    """What answers at the address of an office is not its API."""

    code = "unreadable-answer"


class OutputError(DarvozaError):
    """The place to write to, or a result read back, cannot be used."""

    code = "output"
