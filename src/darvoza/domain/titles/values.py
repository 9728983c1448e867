"""Words for the few codes that no officer should have to remember: directions and days of the week, in Russian."""

RUSSIAN_VALUES: dict[str, dict[str, str]] = {
    "flow": {"I": "ввоз", "E": "вывоз", "T": "транзит"},
    "weekday": {
        "mon": "понедельник",
        "tue": "вторник",
        "wed": "среда",
        "thu": "четверг",
        "fri": "пятница",
        "sat": "суббота",
        "sun": "воскресенье",
    },
}
"""By fact and code. Any other code is shown as it is written."""
