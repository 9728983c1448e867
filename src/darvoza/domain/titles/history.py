"""Titles of the facts about what was known, before this declaration, of those who trade and what they trade."""

from collections.abc import Iterator

from darvoza.domain.titles.patterns import PATTERNS
from darvoza.domain.titles.title import Title, read_titles

SUBJECTS = """
importer | of the importer | импортёра
exporter | of the exporter | экспортёра
declarant | of the declarant | декларанта
carrier | of the carrier | перевозчика
post | at the post | на этом посту
hs6 | of the subheading | той же субпозиции
hs4 | of the heading | той же товарной позиции
origin | of the origin | того же происхождения
hs6_origin | of the subheading from this origin | той же субпозиции того же происхождения
importer_hs4 | of the importer in this heading | импортёра в этой товарной позиции
importer_origin | of the importer from this origin | импортёра из этой страны происхождения
exporter_importer | of the importer with this exporter | импортёра у этого экспортёра
declarant_post | of the declarant at this post | декларанта на этом посту
vehicle | on this vehicle | на этом транспортном средстве
route | on this route | на этом маршруте
"""
"""Whose history is kept, as words that can follow "goods": fact, English, Russian."""

COUNTERS = """
items | earlier items {} | число ранее заявленных товаров {} | n | числа ранее заявленных товаров {}
items_recent | recent items {} | число недавно заявленных товаров {} | n | числа недавно заявленных товаров {}
examined | items examined before {} | число проверенных ранее товаров {} | n | числа проверенных ранее товаров {}
examined_recent | items recently examined {} | число недавно проверенных товаров {} | n | числа недавно проверенных товаров {}
examined_12m | items examined in 12 months {} | число проверенных за 12 месяцев товаров {} | n | числа проверенных за 12 месяцев товаров {}
findings_12m | findings in 12 months {} | число нарушений за 12 месяцев среди товаров {} | n | числа нарушений за 12 месяцев среди товаров {}
findings | findings before {} | число прежних нарушений среди товаров {} | n | числа прежних нарушений среди товаров {}
findings_recent | recent findings {} | число недавних нарушений среди товаров {} | n | числа недавних нарушений среди товаров {}
finding_rate_recent | recent finding rate {} | недавняя доля нарушений среди товаров {} | f | недавней доли нарушений среди товаров {}
finding_rate | finding rate {} | доля нарушений среди проверенных товаров {} | f | доли нарушений среди проверенных товаров {}
age | days since the first item {} | число дней с первой подачи товаров {} | n | числа дней с первой подачи товаров {}
"""
"""What is counted of each."""

NEW = """
importer_is_new | importer never seen before | импортёр ранее не встречался | clause | импортёр ранее встречался
declarant_is_new | declarant never seen before | декларант ранее не встречался | clause | декларант ранее встречался
carrier_is_new | carrier never seen before | перевозчик ранее не встречался | clause | перевозчик ранее встречался
exporter_importer_is_new | importer never bought from this exporter | импортёр ранее не покупал у этого экспортёра | clause | импортёр ранее покупал у этого экспортёра
route_is_new | route never seen before | маршрут ранее не встречался | clause | маршрут ранее встречался
hs6_origin_is_new | subheading never seen from this origin | субпозиция из этой страны ранее не встречалась | clause | субпозиция из этой страны ранее встречалась
importer_hs4_is_new | importer never declared this heading | импортёр ранее не заявлял эту товарную позицию | clause | импортёр ранее заявлял эту товарную позицию
"""


def _counted() -> Iterator[Title]:
    """Give the titles of every counter of every subject."""
    for line in SUBJECTS.strip().splitlines():
        subject, english, russian = (cell.strip() for cell in line.split(" | "))
        for counter in read_titles(COUNTERS):
            yield Title(
                f"{subject}_{counter.fact}",
                counter.english.format(english),
                counter.russian.format(russian),
                counter.gender,
                counter.genitive.format(russian),
            )


HISTORY: tuple[Title, ...] = (*_counted(), *read_titles(NEW), *PATTERNS)
