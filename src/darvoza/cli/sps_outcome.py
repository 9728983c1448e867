"""``darvoza sps outcome``: what customs does with a consignment on the word of all services, and why."""

from argparse import Namespace

from darvoza.cli.control_files import controlled
from darvoza.cli.reference_data import shipped
from darvoza.domain.sps.control import CustomsWord
from darvoza.errors import SettingsError
from darvoza.flow.inspection.joint import joint_word
from darvoza.flow.inspection.outcomes import CODE_OF_OUTCOME, CODE_OF_STATUS, customs_word
from darvoza.flow.inspection.papers.control_papers import joint_rows
from darvoza.flow.inspection.papers.writing import Writing
from darvoza.flow.intake.register_rows import rows_of

LINES = {
    "en": {
        "head": "{id}: {word} ({code})",
        "partial": "the goods part ways",
        "overruled": "a service released against a failed check or result",
        "codes": "codes",
        "national": "here {code}",
    },
    "ru": {
        "head": "{id}: {word} ({code})",
        "partial": "решения по товарам расходятся",
        "overruled": "служба выпустила товар вопреки проверке или испытанию",
        "codes": "коды",
        "national": "у нас {code}",
    },
}
OVERRULED = 3
CODES = "sps_customs_codes.csv"
COLUMNS = ("code", "word", "en", "ru", "national", "source", "certainty")


def run(options: Namespace) -> int:
    """Tell the joint word; 1 unless everything may be released, 3 where that is against a failed check or result.

    Raises
    ------
    SettingsError
        When no run is given: nothing else says which services must speak.
    """
    codes = _codes(options)
    if options.directory is None:
        expected = "a run, which says what services must speak: goods wait for every one of them"
        raise SettingsError(field="run", expected=expected, got=None)
    found = controlled(options)
    joint = joint_word(found.together, items=found.document.items, now=options.at)
    say, write = LINES[options.language], Writing(options.language)
    head = say["head"].format(id=found.records.declaration_id, word=write.named(joint.word), code=joint.customs)
    remarks = [say[name] for name, so in (("partial", joint.partial), ("overruled", joint.overruled)) if so]
    print("; ".join([head, *remarks]))
    rows = joint_rows(joint, write)
    print("\n".join("  " + " | ".join(cells) for cells in (rows.head, *rows.rows)))
    for code in sorted({item.customs for item in joint.items}):
        row = codes[code]
        national = f", {say['national'].format(code=row['national'])}" if row["national"] else ""
        print(f"  {code}: {row[options.language]}{national} ({row['source']})")
    if joint.word is not CustomsWord.RELEASE:
        return 1
    return OVERRULED if joint.overruled else 0


def _codes(options: Namespace) -> dict[str, dict[str, str]]:
    """Read what each code means; every code that can come out must be there, with the word it stands for."""
    path = options.codes or shipped(CODES)
    codes = {row["code"]: row for row in rows_of(path, required=COLUMNS[:4], allowed=COLUMNS)}
    for code in sorted({*CODE_OF_STATUS.values(), *CODE_OF_OUTCOME.values()}):
        word = codes.get(code, {}).get("word")
        if word != customs_word(code):
            raise SettingsError(field=f"{path.name}: {code}", expected=f"the word {customs_word(code)}", got=word)
    return {code: {"national": "", "source": path.name, **row} for code, row in codes.items()}
