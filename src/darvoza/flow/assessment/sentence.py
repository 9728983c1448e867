"""Sentences of profiles read with a grammar; every refusal names the column and what was expected, in words.

The grammar (keywords in any case)::

    condition   condition or condition · condition and condition · not condition · (condition)
                flag
                value < <= > >= = != value · value between value and value
                fact is CODE · is not CODE · in (CODE, …) · not in (CODE, …)
                fact in list "name" · not in list "name"
                hs starts with CODE · does not start with CODE · starts with (CODE, …)
                text contains "…" · does not contain "…" · contains any of ("…", …)
                text has word "…" · does not have word "…" · has word any of ("…", …)
                codes include CODE · do not include CODE · include any of (CODE, …) · include all of (CODE, …)
                codes is empty · codes is not empty
                fact is known · fact is missing
                any item (condition) · all items (condition)
                count of items (condition) >= value · sum of fact (condition) > value · sum of fact > value
                distinct fact of items (condition) >= value · distinct fact of items >= value
    value       number · date · fact · value + - * / value · (value)
                date + 30 days · date - 30 days · days between date and date
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from darvoza.domain.expression import Expression
from darvoza.domain.named_list import NamedList
from darvoza.errors import CostExceeded, SentenceError
from darvoza.flow.assessment.checking import Checker

LONGEST = 20_000
MOST_NODES, DEEPEST = 500, 50

GRAMMAR = r"""
start: expression
?expression: conjunction | conjunction (_OR conjunction)+ -> either
?conjunction: negation | negation (_AND negation)+ -> both
?negation: comparison | _NOT negation -> opposite

?comparison: total
    | total ORDER total -> comparison
    | total _BETWEEN total _AND total -> between
    | NAME _IS literal -> is_one
    | NAME _IS _NOT literal -> is_none
    | NAME _IN literals -> is_one
    | NAME _NOT _IN literals -> is_none
    | NAME _IS _KNOWN -> known
    | NAME _IS _NOT _MISSING -> known
    | NAME _IS _MISSING -> missing
    | NAME _IS _NOT _KNOWN -> missing
    | NAME _IN _LIST STRING -> listed
    | NAME _NOT _IN _LIST STRING -> unlisted
    | NAME _STARTS _WITH _prefixes -> starts
    | NAME _DOES _NOT _START _WITH _prefixes -> starts_not
    | NAME _CONTAINS _texts -> contains
    | NAME _DOES _NOT _CONTAIN _texts -> contains_not
    | NAME _HAS _WORD _texts -> has_word
    | NAME _DOES _NOT _HAVE _WORD _texts -> has_word_not
    | NAME _IS _EMPTY -> empty
    | NAME _IS _NOT _EMPTY -> empty_not
    | NAME _INCLUDE _some -> include
    | NAME _INCLUDE _ALL _OF literals -> include_all
    | NAME _DOES _NOT _INCLUDE _some -> include_not
    | NAME _DOES _NOT _INCLUDE _ALL _OF literals -> include_not_all
    | _ANY _ITEM "(" expression ")" -> any_item
    | _ALL _ITEMS "(" expression ")" -> all_items

_prefixes: literal | _ANY _OF literals | literals
_texts: literal | _ANY _OF literals | literals
_some: literal | _ANY _OF literals

?total: product | total PLUS product -> arithmetic | total MINUS product -> arithmetic
?product: atom | product TIMES atom -> arithmetic | product OVER atom -> arithmetic
?atom: NAME -> fact
    | NUMBER -> number
    | MINUS NUMBER -> negative
    | DATE -> day
    | _COUNT _OF _ITEMS "(" expression ")" -> item_count
    | _SUM _OF NAME -> item_sum
    | _SUM _OF NAME "(" expression ")" -> item_sum
    | _DISTINCT NAME _OF _ITEMS -> distinct
    | _DISTINCT NAME _OF _ITEMS "(" expression ")" -> distinct
    | NUMBER _DAYS -> days
    | _DAYS _BETWEEN atom _AND atom -> days_between
    | "(" expression ")"

literals: "(" literal ("," literal)* ")"
literal: CODE | STRING

_OR.3: /or\b/i
_AND.3: /and\b/i
_NOT.3: /not\b/i
_BETWEEN.3: /between\b/i
_IS.3: /is\b/i
_IN.3: /in\b/i
_LIST.3: /list\b/i
_KNOWN.3: /known\b/i
_MISSING.3: /missing\b/i
_STARTS.3: /starts\b/i
_START.3: /start\b/i
_WITH.3: /with\b/i
_DOES.3: /(does|do)\b/i
_CONTAINS.3: /contains\b/i
_CONTAIN.3: /contain\b/i
_INCLUDE.3: /includes?\b/i
_ANY.3: /any\b/i
_ALL.3: /all\b/i
_OF.3: /of\b/i
_ITEMS.3: /items\b/i
_ITEM.3: /item\b/i
_HAS.3: /has\b/i
_HAVE.3: /have\b/i
_WORD.3: /words?\b/i
_EMPTY.3: /empty\b/i
_DISTINCT.3: /distinct\b/i
_DAYS.3: /days?\b/i
_COUNT.3: /count\b/i
_SUM.3: /sum\b/i
DATE.2: /\d{4}-\d{2}-\d{2}\b/
NUMBER: /\d+(\.\d+)?/
NAME: /(?!(?:or|and|not|is|in|of|with|between)\b)[a-z_][a-z0-9_]*/i
CODE: /[^\W_][\w.\/-]*/
STRING: /"(\\.|[^"\\])*"/
ORDER: "<=" | ">=" | "!=" | "<" | ">" | "="
PLUS: "+"
MINUS: "-"
TIMES: "*"
OVER: "/"
%ignore /\s+/
"""

PARSER = Lark(GRAMMAR, parser="lalr", propagate_positions=True, maybe_placeholders=False)

WORDS = {
    "$END": "the end of the sentence",
    "NAME": "a fact",
    "NUMBER": "a number",
    "DATE": "a date such as 2026-01-31",
    "CODE": "a code",
    "STRING": 'a text in "quotes"',
    "ORDER": "a comparison (<, <=, >, >=, =, !=)",
    "LPAR": "an opening parenthesis '('",
    "RPAR": "a closing parenthesis ')'",
    "COMMA": "a comma",
    "PLUS": "+",
    "MINUS": "-",
    "TIMES": "*",
    "OVER": "/",
}
LITERALS = {"CODE", "STRING"}


def parse(text: str, lists: Iterable[NamedList] = (), *, approved: bool = False) -> Expression:
    """Read a sentence as a typed condition.

    Parameters
    ----------
    text
        The sentence, at most 20 000 characters.
    lists
        The named lists it may speak of.
    approved
        Whether it was approved before: what it decided stays to be told, even with codes that never occur.

    Raises
    ------
    SentenceError
        It is empty or cannot be read; `UnknownFact`, `WrongType` and `CostExceeded` are its special cases. Each
        carries the 1-based column.

    Examples
    --------
    >>> from darvoza.domain.wording import render
    >>> render(parse("HS starts with 8703 AND origin in (GE, AE)".replace("HS", "hs")))
    'hs starts with 8703 and origin in (AE, GE)'
    >>> parse("orgin is GE")
    Traceback (most recent call last):
        ...
    darvoza.errors.UnknownFact: there is no fact 'orgin' (did you mean origin?) [column 1]
    """
    if not text.strip():
        raise SentenceError("the sentence is empty", expected="a condition", got=text)
    if len(text) > LONGEST:
        raise CostExceeded(
            f"the sentence has {len(text)} characters; {LONGEST} are allowed",
            expected=f"at most {LONGEST} characters",
            got=len(text),
            hint="put long lists of codes into a file of lists/",
        )
    tree = _read(text)
    _weigh(tree)
    return Checker({named.name: named for named in lists}, approved=approved).condition(tree.children[0])


@dataclass(frozen=True, slots=True)
class Weight:
    """How large a sentence is, in what its bound is stated in.

    Attributes
    ----------
    parts
        Tests, comparisons, values and joins, each counted once; at most `MOST_NODES`. Each is looked at no more than
        once for a goods item, and once for a declaration where it asks about all items.
    levels
        How deep they nest; at most `DEEPEST`.
    characters
        Its length; at most `LONGEST`.
    """

    parts: int
    levels: int
    characters: int


def weigh(text: str) -> Weight:
    """Measure a sentence that can be read.

    Examples
    --------
    >>> weigh("net_mass > 1000 and origin in (GE, AE)")
    Weight(parts=6, levels=3, characters=38)
    """
    parts, levels = _weigh(_read(text))
    return Weight(parts, levels, len(text))


def _read(text: str) -> Tree[Token]:
    try:
        return PARSER.parse(text)
    except UnexpectedInput as error:
        raise _refusal(error, text) from None


def _weigh(tree: Tree[Token]) -> tuple[int, int]:
    """Count parts and levels, and refuse what is larger than the bound before anything recurses into it."""
    count = depth = 0
    level = [tree]
    while level:
        if depth > DEEPEST:
            message, expected = f"the sentence nests deeper than {DEEPEST} levels", f"at most {DEEPEST} levels"
            place = level[0].meta.start_pos + 1
            raise CostExceeded(message, column=place, expected=expected, got=depth, hint="split the profile")
        count += len(level)
        depth += 1
        level = [
            child for node in level for child in node.children if isinstance(child, Tree) and child.data != "literal"
        ]
    if count > MOST_NODES + 1:
        message, expected = (
            f"the sentence has {count - 1} parts; {MOST_NODES} are allowed",
            f"at most {MOST_NODES} parts",
        )
        raise CostExceeded(message, expected=expected, got=count - 1, hint="split the profile")
    return count - 1, depth - 1  # the sentence itself is no part of it


def _refusal(error: UnexpectedInput, text: str) -> SentenceError:
    """Say in words what the parser stumbled over."""
    accepted: set[str] = set()
    end = isinstance(error, UnexpectedEOF)
    place: int = error.pos_in_stream or 0
    got = "the end of the sentence"
    if isinstance(error, UnexpectedToken):
        accepted, end = set(error.accepts or error.expected), error.token.type == "$END"
        place = error.token.start_pos or 0
    elif isinstance(error, UnexpectedCharacters):
        accepted = set(error.allowed or ())
    if end:
        opened = _unclosed(text)
        if opened is not None and "RPAR" in accepted:
            return SentenceError(
                "a parenthesis is opened and never closed",
                column=opened + 1,
                expected="a closing parenthesis ')'",
                got=got,
                hint="add ')' where the group ends",
            )
        place = len(text)
    else:
        got = text[place:].split(maxsplit=1)[0]
    hint = None
    if not end and text[place] == "," and place and text[place - 1].isdigit() and accepted & {"PLUS", "ORDER"}:
        hint = "write numbers without thousand separators"
    elif not end:
        hint = _nearest_keyword(got, accepted)
    expected = _in_words(accepted)
    message = f"expected {expected}, got {got if end else repr(got)}"
    return SentenceError(message, column=place + 1, expected=expected, got=got, hint=hint)


def _nearest_keyword(got: str, terminals: set[str]) -> str | None:
    """Suggest the keyword that was meant, among those that may stand here."""
    close = difflib.get_close_matches(got.lower(), _keywords(terminals), n=1, cutoff=0.7)
    return f"did you mean {close[0]}?" if close and close[0] != got.lower() else None


def _keywords(terminals: set[str]) -> list[str]:
    return sorted(name.strip("_").lower() for name in terminals if name not in WORDS)


def _in_words(terminals: set[str]) -> str:
    named = [WORDS[name] for name in WORDS if name in terminals]
    if "NAME" in terminals:  # a new condition may begin here: its keywords would only be noise
        return "a condition or value" if "_NOT" in terminals else "a fact, a number or a date"
    return ", ".join([*named, *_keywords(terminals)]) or "nothing more"


def _unclosed(text: str) -> int | None:
    """Find the last parenthesis that is opened and never closed, quoted texts aside."""
    opened: list[int] = []
    quoted = escaped = False
    for place, sign in enumerate(text):
        if quoted:
            quoted, escaped = (escaped or sign != '"'), (sign == "\\" and not escaped)
        elif sign == '"':
            quoted = True
        elif sign == "(":
            opened.append(place)
        elif sign == ")" and opened:
            opened.pop()
    return opened[-1] if opened else None
