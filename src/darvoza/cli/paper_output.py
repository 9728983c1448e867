"""Papers for a command: text on the screen, a PDF into a file, or the verdict on a printed one."""

from argparse import Namespace
from datetime import datetime

from darvoza.errors import OutputError, SettingsError
from darvoza.flow.inspection.papers.paper import Paper, agrees, as_text

VERDICTS = {
    "en": {True: "the printed paper agrees with the records", False: "THE PRINTED PAPER DIFFERS FROM THE RECORDS"},
    "ru": {True: "напечатанный документ совпадает с записями", False: "НАПЕЧАТАННЫЙ ДОКУМЕНТ НЕ СОВПАДАЕТ С ЗАПИСЯМИ"},
}


def give(paper: Paper, options: Namespace, last: datetime | None) -> int:
    """Verify, write or show a paper, as the options ask; 1 when a printed one differs.

    Raises
    ------
    OutputError
        When the file exists already or cannot be written.
    SettingsError
        When there is no moment to write into the file.
    """
    code = getattr(options, "verify", None)
    if code is not None:
        same = agrees(paper, code)
        print(VERDICTS[options.language][same])
        return 0 if same else 1
    if options.out is None:
        print(as_text(paper))
        return 0
    at = options.at or last
    if at is None:
        raise SettingsError(
            field="at", expected="a moment to be written into the file, as nothing is recorded", got=None
        )
    _write(paper, options, at)
    print(f"{options.out}: {paper.title} {paper.reference}".rstrip())
    print(paper.verification)
    return 0


def _write(paper: Paper, options: Namespace, at: datetime) -> None:
    from darvoza.papers.rendering import as_pdf  # noqa: PLC0415 - text needs no typesetter, and it takes its time to load

    if options.fonts is not None and not options.fonts.is_dir():
        raise SettingsError(field="fonts", expected="a folder with fonts", got=str(options.fonts))
    made = as_pdf(paper, at=at, fonts=options.fonts)
    try:
        with options.out.open("xb") as file:
            file.write(made)
    except OSError as problem:
        raise OutputError(
            field=str(options.out), expected="a file that does not exist yet in a place that can be written to",
            got=problem.strerror, hint="earlier papers are never overwritten; choose another name or remove it",
        ) from problem  # fmt: skip
