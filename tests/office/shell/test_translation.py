"""Every word that the pages say is translated."""

from pathlib import Path

from django.utils.translation import override

from darvoza.office.shell import translation
from darvoza.office.shell.words import WORDS, word


def test_no_word_lacks_a_translation() -> None:
    lacking = translation.untranslated()
    assert lacking == [], "add what is missing with: darvoza office words --write"


def test_a_word_is_translated_alike_wherever_it_is_asked_for() -> None:
    """Catalogues of all apps are one for gettext: of two translations of a word, one would be shown everywhere."""
    seen: dict[tuple[str, object], set[object]] = {}
    for app in translation.apps():
        for language in translation.LANGUAGES:
            for entry in translation.read_catalogue(translation.catalogue_path(app, language), language):
                if entry.id and entry.string:
                    seen.setdefault((language, entry.id if isinstance(entry.id, str) else entry.id[0]), set()).add(
                        entry.string
                    )
    assert {word: told for word, told in seen.items() if len(told) > 1} == {}


def test_every_code_has_a_word_in_russian() -> None:
    with override("ru"):
        assert all(any("а" <= letter <= "ё" for letter in word(code)) for code in WORDS)


def test_words_of_modules_and_of_templates_are_found(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "words.py").write_text('x = _("one")\ny = ngettext("a case", "cases", 2)\n')
    (tmp_path / "templates" / "page.html").write_text(
        '{% load i18n %}{% translate "two" %}{% blocktranslate count n=3 %}a thing{% plural %}things{% endblocktranslate %}'
    )
    assert translation.messages_of(tmp_path) == {"one", ("a case", "cases"), "two", ("a thing", "things")}


def test_an_empty_and_an_uncertain_word_are_named(tmp_path: Path) -> None:
    app = tmp_path / "desk"
    (app / "locale" / "ru" / "LC_MESSAGES").mkdir(parents=True)
    (app / "words.py").write_text('x = [_("one"), _("two"), _("three")]\n')
    text = 'msgid ""\nmsgstr ""\n\nmsgid "one"\nmsgstr ""\n\n#, fuzzy\nmsgid "two"\nmsgstr "два"\n\nmsgid "gone"\nmsgstr "нет"\n'
    translation.catalogue_path(app, "ru").write_text(text, encoding="utf-8")
    faults = {lack.message: lack.fault for lack in translation._lacks(app, "ru")}
    assert faults == {
        "one": "is empty",
        "two": "is marked as uncertain",
        "three": "is missing",
        "gone": "is asked for by nobody",
    }
