"""``darvoza sps outcome``: what customs does with a consignment on the word of all services, and why."""

from argparse import Namespace

from darvoza.cli.control_files import controlled
from darvoza.domain.sps.control import CustomsWord
from darvoza.flow.inspection.joint import joint_word
from darvoza.flow.inspection.outcomes import CODES_FROM
from darvoza.flow.inspection.papers.control_papers import joint_rows
from darvoza.flow.inspection.papers.writing import Writing

LINES = {
    "en": {"head": "{id}: {word} ({code})", "partial": "the goods part ways", "codes": CODES_FROM},
    "ru": {
        "head": "{id}: {word} ({code})",
        "partial": "решения по товарам расходятся",
        "codes": "коды единого окна Великобритании, как их выводит его опубликованный исходный текст",
    },
}


def run(options: Namespace) -> int:
    """Tell the joint word; 1 unless everything may be released."""
    found = controlled(options)
    joint = joint_word(found.together, items=found.document.items, now=options.at)
    say, write = LINES[options.language], Writing(options.language)
    head = say["head"].format(id=found.records.declaration_id, word=write.named(joint.word), code=joint.customs)
    print(f"{head}; {say['partial']}" if joint.partial else head)
    rows = joint_rows(joint, write)
    print("\n".join("  " + " | ".join(cells) for cells in (rows.head, *rows.rows)))
    print(f"  {say['codes']}")
    return 0 if joint.word is CustomsWord.RELEASE else 1
