"""Titles of the facts that compare what was declared with itself."""

from darvoza.domain.titles.title import read_titles

DERIVED = read_titles("""
heading_count | number of HS headings | число разных товарных позиций | n | числа разных товарных позиций
description_length | length of the description | длина описания товара | f | длины описания товара
origin_count | number of countries of origin | число разных стран происхождения | n | числа разных стран происхождения
origin_differs_from_export | origin differs from country of dispatch | страна происхождения отличается от страны отправления | clause | страна происхождения совпадает со страной отправления
unit_value | customs value per kilogram | таможенная стоимость за кг | f | таможенной стоимости за кг
value_per_unit | customs value per supplementary unit | таможенная стоимость за дополнительную единицу | f | таможенной стоимости за дополнительную единицу
stake | duties and taxes declared | исчисленные платежи за товар | p | исчисленных платежей за товар
freight_share | freight as a share of the customs value | доля перевозки в таможенной стоимости | f | доли перевозки в таможенной стоимости
total_value | customs value of the consignment | таможенная стоимость партии | f | таможенной стоимости партии
container_count | number of containers | число контейнеров | n | числа контейнеров
gross_net_ratio | gross mass ÷ net mass | отношение брутто к нетто | n | отношения брутто к нетто
mass_per_package | net mass per package | масса нетто на грузовое место | f | массы нетто на грузовое место
mass_per_unit | net mass per supplementary unit | масса нетто на дополнительную единицу | f | массы нетто на дополнительную единицу
item_count | number of goods items | число товаров в декларации | n | числа товаров в декларации
preference_claimed | a tariff preference is claimed | преференция заявлена | clause | преференция не заявлена
weekday | day of the week of lodging | день недели подачи | m | дня недели подачи
month | month of lodging | месяц подачи | m | месяца подачи
hour | hour of lodging, UTC | час подачи по UTC | m | часа подачи по UTC
""")
