"""Titles of the facts that compare what was declared with peers."""

from darvoza.domain.titles.title import read_titles

REFERENCE = read_titles("""
reference_unit_value | median unit value of peers | медианная стоимость за кг у аналогов | f | медианной стоимости за кг у аналогов
reference_low | lower quartile of the unit value of peers | нижний квартиль стоимости за кг у аналогов | m | нижнего квартиля стоимости за кг у аналогов
reference_5_percent | 5 % quantile of the unit value of peers | 5 % квантиль стоимости за кг у аналогов | m | 5 % квантиля стоимости за кг у аналогов
reference_level | how near the peers are | степень близости аналогов | f | степени близости аналогов
reference_count | number of peers | число аналогов для сравнения | n | числа аналогов для сравнения
unit_value_z | robust z of the unit value | стандартизованное отклонение от цен аналогов | n | стандартизованного отклонения от цен аналогов
reference_mass_per_unit | median mass per supplementary unit of the same goods | медианная масса на дополнительную единицу у аналогов | f | медианной массы на дополнительную единицу у аналогов
mass_per_unit_z | robust z of the mass per supplementary unit | стандартизованное отклонение массы на единицу от аналогов | n | стандартизованного отклонения массы на единицу от аналогов
reference_tare_share | median tare share of the same goods | медианная доля тары у аналогов | f | медианной доли тары у аналогов
tare_share_z | robust z of the tare share | стандартизованное отклонение доли тары от аналогов | n | стандартизованного отклонения доли тары от аналогов
""")
