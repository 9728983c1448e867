"""Every refusal of the language door in one table: sentences, profiles, lists, each with what is said of it."""

from darvoza.errors import CostExceeded, SentenceError, UnknownFact, WrongType
from darvoza.flow.fields import MOST_LETTERS

SENTENCES = [
    ("", SentenceError, 1, "the sentence is empty"),
    ("   ", SentenceError, 1, "the sentence is empty"),
    ("orgin is GE", UnknownFact, 1, "did you mean origin?"),
    ("price > 5 and unit_valeu < 2", UnknownFact, 15, "did you mean unit_value?"),
    ('importer in list "watchd"', UnknownFact, 18, "did you mean watched?"),
    ('importer in list "zzz"', UnknownFact, 18, "add it to lists/"),
    ("origin < 5", WrongType, 1, "origin, a code"),
    ('hs contains "x"', WrongType, 1, "hs, a commodity code"),
    ("customs_value is GE", WrongType, 1, "customs_value, a number"),
    ("price > 5 and customs_value is GE", WrongType, 15, "customs_value, a number"),
    ("importer_is_new > 3", WrongType, 1, "importer_is_new, a flag"),
    ("documents is CO", WrongType, 1, "documents, a set of codes"),
    ("origin include CO", WrongType, 1, "origin, a code"),
    ("origin starts with GE", WrongType, 1, "origin, a code"),
    ("hs starts with GE", WrongType, 16, "digits of a commodity code"),
    ("hs is 8703.23", WrongType, 7, "without dots"),
    ("lodged_on > 5", WrongType, 13, "a date, to compare with a date"),
    ("lodged_on > 2026-13-01", WrongType, 13, "a day of the calendar"),
    ("lodged_on - 2026-01-01 > 5", WrongType, 1, "days between lodged_on and"),
    ("lodged_on * 3 days > 2026-01-01", WrongType, 1, "a date + or - days"),
    ("lodged_on - 1.5 days > 2026-01-01", WrongType, 13, "whole days, at most 99999"),
    ("lodged_on - 100000 days > 2026-01-01", WrongType, 13, "whole days, at most 99999"),
    ("price - 3 days > 2026-01-01", WrongType, 1, "expected a date, got a number"),
    ("days between price and lodged_on > 3", WrongType, 14, "expected a date, got a number"),
    ("price > 30 days", WrongType, 9, "a number of days that stands alone"),
    ("distinct price of items > 2", WrongType, 10, "a code or text to count the values of"),
    ("distinct orign of items > 2", UnknownFact, 10, "did you mean origin?"),
    ("distinct origin of items", WrongType, 1, "a condition, which is true or false"),
    ("any item (distinct origin of items > 1)", CostExceeded, 11, "inside another"),
    ('hs has word "x"', WrongType, 1, "a text before has word"),
    ('description has word " "', WrongType, 22, "a code or text"),
    ("origin is empty", WrongType, 1, "a set of codes before is empty"),
    ("price between 2026-01-01 and 5", WrongType, 15, "a number, to compare"),
    ("origin is export_country", WrongType, 11, "a fact is not compared with a fact"),
    ("price", WrongType, 1, "price, a number"),
    ("price + 1", WrongType, 1, "a condition, which is true or false"),
    ("(price > 3) + 2 > 3", WrongType, 2, "a number or a date"),
    ("sum of origin > 3", WrongType, 8, "a number to sum"),
    ("sum of price", WrongType, 1, "a condition, which is true or false"),
    ("sum of price + 1 > 3", WrongType, 1, "compare it directly"),
    ("count of items (price > 1) > 2026-01-01", WrongType, 30, "expected a number"),
    ('description contains " "', WrongType, 22, "a code or text"),
    ('origin is ""', WrongType, 11, "is missing"),
    ("(origin is GE", SentenceError, 1, "never closed"),
    ("price > 1 and (origin in (GE, AE)", SentenceError, 15, "never closed"),
    ("origin in (GE, AE", SentenceError, 11, "never closed"),
    ("origin is GE)", SentenceError, 13, "the end of the sentence"),
    ("origin is", SentenceError, 10, "a code"),
    ("origin is ge", WrongType, 11, "did you mean GE?"),
    ("price > 1 and origin in (GE, Ae)", WrongType, 30, "did you mean AE?"),
    ("invoice_currency is usd", WrongType, 21, "did you mean USD?"),
    ("origin is GE and", SentenceError, 17, "a condition or value"),
    ("origin GE", SentenceError, 8, "is"),
    ("price > 1,000", SentenceError, 10, "thousand separators"),
    ("price > > 2", SentenceError, 9, "a fact, a number or a date"),
    ("price = 'x'", SentenceError, 9, "a fact, a number or a date"),
    ("@", SentenceError, 1, "a condition or value"),
    ('description contains "x', SentenceError, 22, "a code"),
    ("price > 5 / 0", SentenceError, 13, "division by zero"),
    ("origin iss GE", SentenceError, 8, "did you mean is?"),
    ("hs starts wixh 87", SentenceError, 11, "did you mean with?"),
    ("origin is GE or or price > 1", SentenceError, 17, "a condition or value, got 'or'"),
    ("price > lodged_on", WrongType, 9, "a number, to compare with a number"),
    ("price + lodged_on > 1", WrongType, 9, "write lodged_on - 30 days"),
    ("price > 5 / 0.00", SentenceError, 13, "division by zero"),
    ("any item (any item (importer_is_new))", CostExceeded, 11, "inside another"),
    ("count of items (all items (price > 1)) > 1", CostExceeded, 17, "inside another"),
    ("any item (sum of price > 1)", CostExceeded, 11, "inside another"),
    ("price > " + "9" * 29, WrongType, 9, "at most 28 digits"),
    ("not " * 51 + "importer_is_new", CostExceeded, 201, "deeper than 50"),
    ("price > 0" + " + 1" * 60, CostExceeded, 9, "deeper than 50"),
    (" or ".join(["price > 1"] * 200), CostExceeded, 1, "500 are allowed"),
    ("origin in (" + "GE, " * 6000 + "GE)", CostExceeded, 1, "20000 are allowed"),
]

PROFILE = """\
code: KG-1
title: Something
agency: customs
risk_area: origin
rationale: because
justification: the country matters
valid: {from: 2026-01-01, to: 2026-12-31}
when: origin in (NO, GE) and hs starts with 0101
treatment: {act: physical, share: 0.5}
unknown: match
instructions: {en: Look., ru: Смотрите.}
cases:
  - title: A Norwegian horse is looked at
    given: {origin: NO, hs: 010121, price: 1.10, importer_is_new: yes, documents: [CO]}
    expect: match
"""
LIST = "name: watched\nsource: police\ndate: 2026-01-01\nvalues: ['01', '02']\n"

PROFILES = [
    ("code: KG-1\n", "", "a.yaml: code: expected a text"),
    ("agency: customs", "agency: custom", "a.yaml: agency: expected one of customs"),
    ("risk_area: origin", "risk_area: x", "a.yaml: risk_area: expected one of"),
    ("rationale: because\n", "", "a.yaml: legal_basis: expected a legal basis, or a rationale"),
    ("justification: the country matters\n", "", "a.yaml: justification: expected the reason"),
    ("to: 2026-12-31", "to: 2025-12-31", "a.yaml: valid.to: expected a day from 2026-01-01 on"),
    ("from: 2026-01-01", "from: 1.1.2026", "a.yaml: valid.from: expected a date"),
    ("when: origin", "when: orgin", "a.yaml: when: there is no fact 'orgin' (did you mean origin?) [column 1]"),
    ("act: physical", "act: phisical", "a.yaml: treatment.act: expected one of"),
    ("share: 0.5", "share: 0", "a.yaml: treatment.share: expected a share above 0"),
    ("share: 0.5", "share: 1.5", "a.yaml: treatment.share: expected a share above 0"),
    ("share: 0.5", "share: .nan", "a.yaml: treatment.share: expected a number"),
    ("unknown: match\n", "", "a.yaml: unknown: expected one of no match, match"),
    (", ru: Смотрите.", "", "a.yaml: instructions.ru: expected a text"),
    ("title: Something", "titel: Something", "did you mean title?"),
    ("expect: match", "expect: hit", "a.yaml: cases.0.expect: expected one of match, no match, unknown"),
    ("price: 1.10", "prise: 1.10", "a.yaml: cases.0.given.prise: there is no fact 'prise' (did you mean price?)"),
    ("price: 1.10", "price: ten", "a.yaml: cases.0.given.price: expected a number"),
    ("importer_is_new: yes", "importer_is_new: 2", "a.yaml: cases.0.given.importer_is_new: expected true or false"),
    ("code: KG-1", "code: KG-1\ncode: KG-2", "the key 'code' stands twice"),
    ("code: KG-1", "code: [", "the file is not YAML"),
    ("code: KG-1", "code: KG-1\x00", "the file is not YAML"),
    ("unknown: match", "unknown: match\nfloor: score", "a.yaml: floor: expected profile, law or alert"),
    ("unknown: match", "unknown: match\nfloor: law", "a.yaml: legal_basis: expected the law that asks for it"),
    ("code: KG-1", "code: KG 1", "a.yaml: code: expected letters, digits, dots, hyphens and underscores, got 'KG 1'"),
    ("code: KG-1", "code: {a: b}", "a.yaml: code: expected a text, got {'a': 'b'}"),
    ("code: KG-1", "code: " + "[" * 5000, "a.yaml: the file is not YAML: it nests deeper than 30 levels"),
    ("treatment: {act: physical, share: 0.5}", "treatment: physical", "a.yaml: treatment: expected fields with values"),
    ("share: 0.5}", "shares: 0.5}", "a.yaml: treatment.shares: expected one of act, share, got 'shares' (did you mean"),
    ("to: 2026-12-31}", "until: 2026-12-31}", "a.yaml: valid.until: expected one of from, to"),
    (
        "unknown: match",
        "unknown: match\nreview_by: 2027-01-01",
        "review_by: expected a day of the validity, 2026-01-01",
    ),
    ("unknown: match", "unknown: match\nreview_by: soon", "a.yaml: review_by: expected a date such as 2026-01-31"),
    ("unknown: match", "unknown: match\nvisibility: all", "a.yaml: visibility: expected one of agency, joint, restr"),
    ("unknown: match", "unknown: match\napprover: B", "a.yaml: author: expected who wrote what was approved"),
    (
        "unknown: match",
        "unknown: match\nauthor: Ё. Б\napprover: е. б",
        "approver: expected somebody else than the author",
    ),
    ("unknown: match", "unknown: match\nneeds_national_data: yes", "national_data: expected which number must be set"),
    ("unknown: match", "unknown: match\nneeds_national_data: maybe", "needs_national_data: expected true or false"),
    ("{en: Look.", "{english: Look., en: Look.", "instructions.english: expected the code of a language, such as"),
    ("documents: [CO]", "documents: CO", "given.documents: expected a list of codes, got 'CO' (write [CO])"),
    ("hs: 010121", "hs: 0101.21", "given.hs: expected the digits of a commodity code, got '0101.21' (write 870323,"),
    ("price: 1.10", "lodged_on: 1.1.26", "given.lodged_on: expected a date such as 2026-01-31, got '1.1.26'"),
    ("{origin: NO, ", "{items: 3, origin: NO, ", "given.items: expected a list of goods items, got '3'"),
    ("{origin: NO, ", "{items: [{orign: NO}], ", "given.items.0.orign: there is no fact 'orign' (did you mean origin?"),
    (PROFILE[PROFILE.index("  - title") :], "", "a.yaml: cases: expected at least one worked case, got None"),
    (PROFILE[PROFILE.index("  - title") :], "  - 5\n", "a.yaml: cases.0: expected fields with values, got '5'"),
]
"""What is replaced in the profile above, by what, and what is said of it."""

FOLDERS: list[tuple[dict[str, str | bytes | None], str]] = [
    ({"a.yaml": PROFILE, "b.yaml": PROFILE}, "b.yaml: code: expected a name used once, got 'KG-1'"),
    ({"a.yaml": PROFILE.encode("cp1251")}, "a.yaml: the file is not UTF-8"),
    ({"a.yaml": "- 1\n"}, "a.yaml: expected fields with values, got ['1']"),
    ({"a.yaml": "#" * (MOST_LETTERS + 1)}, "a.yaml: expected at most 4,194,304 characters, got '4,194,305'"),
    ({"a.yaml": None}, "a.yaml: expected a file that can be read, got 'Is a directory'"),
    ({"a.yml": PROFILE}, "a.yml: expected a name that ends in .yaml, got 'a.yml' (rename it)"),
    ({"deep/a.YAML": PROFILE}, "deep/a.YAML: expected a name that ends in .yaml, got 'a.YAML' (rename it)"),
    ({"lists/a.yml": LIST}, "lists/a.yml: expected a name that ends in .yaml, got 'a.yml' (rename it)"),
    ({"lists/a.yaml": LIST, "lists/b.yaml": LIST}, "lists/b.yaml: name: expected a name used once, got 'watched'"),
    ({"lists/a.csv": "code\n"}, "lists/a.csv: expected a header beside it, a YAML file with `file: a.csv`, got 'none'"),
    ({"lists/a.yaml": "name: [\n"}, "lists/a.yaml: the file is not YAML"),
    (
        {"a.yaml": PROFILE.replace("origin in (NO, GE) and hs starts with 0101", 'hs in list "watched"'),
         "lists/a.yaml": LIST.replace("'02'", "x2")},
        "a.yaml: when: expected a list of commodity codes, got one that holds 'x2' [column 12]",
    ),
    (
        {"a.yaml": PROFILE.replace("origin in (NO, GE) and hs starts with 0101", 'origin in list "watched"'),
         "lists/a.yaml": LIST.replace("'02'", "ge")},
        "a.yaml: when: expected a list of codes of capital letters, got one that holds 'ge' [column 16]",
    ),
]  # fmt: skip
"""Files by name (``None``: a folder), and what is said of them."""

HEADER = "name: watched\nsource: police\ndate: 2026-01-01\nexpires: 2026-03-31\nversion: 7\nfile: watched.csv\n"

LISTS: list[tuple[str | bytes, str, str]] = [
        ("code\nA\n\nB\n", HEADER, "watched.csv: row 3: expected a code, got None (leave no blank row or cell)"),
        ("code,remark\nA,x\n ,y\n", HEADER, "watched.csv: row 3: expected a code, got ' ' (leave no blank"),
        ("code\nA\nB\nA\n", HEADER, "watched.csv: row 4: expected a code that stands here once, got 'A' (it stands at"),
        ("code\nA\nB\nA\n", HEADER, "watched.csv: row 2, too"),
        ("code\n" + "A \n" * 200, HEADER, "row 101: expected fewer errors, got '100 of them' (the rest was not read)"),
        ("code\nA \n", HEADER, "watched.csv: row 2: expected a code without spaces around it, got 'A '"),
        ("code\nA\tB\n", HEADER, "watched.csv: row 2: expected a code without control characters"),
        (f"code\n{'9' * 201}\n", HEADER, "watched.csv: row 2: expected a code of at most 200 characters"),
        ("code\n87.03\n", HEADER + "kind: hs\n", "watched.csv: row 2: expected 2 to 10 digits of a commodity code, got '87"),
        ("code\nGeorgia\n", HEADER + "kind: country\n", "row 2: expected a country of two capital letters, got 'Georgia'"),
        ("code\nge\n", HEADER + "kind: country\n", "row 2: expected a country of two capital letters, got 'ge'"),
        ("code,remark\nA\n", HEADER, "watched.csv: row 2: expected 2 cells, got '1 cells'"),
        ("cod\nA\n", HEADER, "watched.csv: row 1: expected the columns code and, if you like, remark, got 'cod' (did you"),
        ("remark\nA\n", HEADER, "watched.csv: row 1: expected a head with the column code, once, got 'remark'"),
        ("A\nB\n", HEADER, "watched.csv: row 1: expected the columns code and"),
        ("", HEADER, "watched.csv: row 1: expected a head with the column code, once, got ''"),
        ("code\n", HEADER, "watched.csv: expected one or more codes, got 'none'"),
        ("code\nЖ\n".encode("cp1251"), HEADER, "watched.csv: row 2: expected UTF-8, got 'other bytes' (save it as CSV UTF-8)"),
        ("code\nA\n".encode("utf-16"), HEADER, "watched.csv: row 1: expected UTF-8"),
        ('code\nA\n"B\n', HEADER, "watched.csv: row 3: expected a row of CSV, got 'unexpected end of data'"),
        ("code\nA\n", HEADER.replace("watched.csv", "other.csv"), "file: expected a file beside the header, got 'other.csv'"),
        ("code\nA\n", HEADER.replace("watched.csv", "../x.csv"), "file: expected the name of a CSV file beside the header"),
        ("code\nA\n", HEADER.replace("watched.csv", "x.xlsx"), "file: expected the name of a CSV file beside the header"),
        ("code\nA\n", HEADER + "values: [A]\n", "watched.yaml: file: expected either values or a file"),
        ("code\nA\n", HEADER + "kind: hscode\n", "watched.yaml: kind: expected one of code, hs, country"),
        ("code\nA\n", HEADER.replace("2026-03-31", "2025-12-31"), "expires: expected a day from 2026-01-01 on, got '2025-"),
        ("code\nA\n", HEADER.replace("file: watched.csv\n", ""), "values: expected one or more codes, or the file they"),
        ("code\nA\n", HEADER.replace("file: watched.csv\n", "values: [A, '', A]\n"), "values.1: expected a code, got ''"),
        ("code\nA\n", HEADER.replace("file: watched.csv\n", "values: [A, A]\n"), "values.1: expected a code that stands"),
        ("code\nA\n", HEADER.replace("file: watched.csv\n", "values: [A]\n"), "watched.csv: expected a header beside it"),
        ("code\nA\n", HEADER + "origin: x\n", "origin: expected one of"),
]  # fmt: skip
"""The CSV file, the header, and what is said of them."""
