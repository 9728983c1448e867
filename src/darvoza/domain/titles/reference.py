"""Titles of the facts that compare what was declared with peers."""

from darvoza.domain.titles.title import read_titles

REFERENCE = read_titles("""
reference_unit_value | median unit value of peers | медианная стоимость за кг у аналогов | f | медианной стоимости за кг у аналогов
reference_low | lower quartile of the unit value of peers | нижний квартиль стоимости за кг у аналогов | m | нижнего квартиля стоимости за кг у аналогов
reference_count | number of peers | число аналогов для сравнения | n | числа аналогов для сравнения
unit_value_z | robust z of the unit value | стандартизованное отклонение от цен аналогов | n | стандартизованного отклонения от цен аналогов
""")
