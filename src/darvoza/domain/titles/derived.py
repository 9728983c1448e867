"""Titles of the facts that compare what was declared with itself."""

from darvoza.domain.titles.title import read_titles

DERIVED = read_titles("""
chapter | HS chapter | группа ТН ВЭД | f | группы ТН ВЭД
heading | HS heading | товарная позиция | f | товарной позиции
subheading | HS subheading | товарная субпозиция | f | товарной субпозиции
heading_count | number of HS headings | число разных товарных позиций | n | числа разных товарных позиций
description_length | length of the description | длина описания товара | f | длины описания товара
description_words | telling words of the description | число содержательных слов описания | n | числа содержательных слов описания
description_vagueness | vague share of the description | доля общих слов в описании | f | доли общих слов в описании
origin_count | number of countries of origin | число разных стран происхождения | n | числа разных стран происхождения
origin_differs_from_export | origin differs from country of dispatch | страна происхождения отличается от страны отправления | clause | страна происхождения совпадает со страной отправления
exporter_country_differs_from_export | exporter's country differs from country of dispatch | страна экспортёра отличается от страны отправления | clause | страна экспортёра совпадает со страной отправления
trading_country_differs_from_export | seller's country differs from country of dispatch | торгующая страна отличается от страны отправления | clause | торгующая страна совпадает со страной отправления
transit_count | number of countries crossed | число стран транзита | n | числа стран транзита
unit_value | customs value per kilogram | таможенная стоимость за кг | f | таможенной стоимости за кг
value_per_unit | customs value per supplementary unit | таможенная стоимость за дополнительную единицу | f | таможенной стоимости за дополнительную единицу
value_per_package | customs value per package | таможенная стоимость на грузовое место | f | таможенной стоимости на грузовое место
value_roundness | zeros at the end of the customs value | число нулей в конце таможенной стоимости | n | числа нулей в конце таможенной стоимости
price_roundness | zeros at the end of the invoiced price | число нулей в конце цены по счёту | n | числа нулей в конце цены по счёту
stake | duties and taxes declared | исчисленные платежи за товар | p | исчисленных платежей за товар
freight_share | freight as a share of the customs value | доля перевозки в таможенной стоимости | f | доли перевозки в таможенной стоимости
insurance_share | insurance as a share of the customs value | доля страхования в таможенной стоимости | f | доли страхования в таможенной стоимости
item_value_share | item's share of the customs value | доля товара в стоимости партии | f | доли товара в стоимости партии
limit_margin | share by which the value stays under a limit | недобор стоимости до ближайшего порога | m | недобора стоимости до ближайшего порога
importer_is_declarant | importer declares for himself | импортёр декларирует сам | clause | импортёр декларирует не сам
total_stake | duties and taxes declared for the consignment | исчисленные платежи за партию | p | исчисленных платежей за партию
total_value | customs value of the consignment | таможенная стоимость партии | f | таможенной стоимости партии
container_count | number of containers | число контейнеров | n | числа контейнеров
container_faults | number of faulty container numbers | число неверных номеров контейнеров | n | числа неверных номеров контейнеров
mass_per_container | gross mass per container | масса брутто на контейнер | f | массы брутто на контейнер
seal_count | number of seals | число пломб | n | числа пломб
vehicle_country_differs_from_export | vehicle's country differs from country of dispatch | страна транспортного средства отличается от страны отправления | clause | страна транспортного средства совпадает со страной отправления
gross_net_ratio | gross mass ÷ net mass | отношение брутто к нетто | n | отношения брутто к нетто
tare_share | tare as a share of the gross mass | доля тары в массе брутто | f | доли тары в массе брутто
gross_mass_per_package | gross mass per package | масса брутто на грузовое место | f | массы брутто на грузовое место
gross_mass_difference | gross mass beyond that of the items | превышение брутто партии над товарами | n | превышения брутто партии над товарами
gross_mass_difference_share | share of gross mass beyond that of the items | доля превышения в брутто партии | f | доли превышения в брутто партии
packages_difference | packages beyond those of the items | превышение числа мест партии над товарами | n | превышения числа мест партии над товарами
density | net mass per cubic metre | масса нетто на кубический метр | f | массы нетто на кубический метр
mass_per_package | net mass per package | масса нетто на грузовое место | f | массы нетто на грузовое место
mass_per_unit | net mass per supplementary unit | масса нетто на дополнительную единицу | f | массы нетто на дополнительную единицу
item_count | number of goods items | число товаров в декларации | n | числа товаров в декларации
preference_claimed | a tariff preference is claimed | преференция заявлена | clause | преференция не заявлена
preference_without_certificate | a preference is claimed without a certificate of origin | преференция заявлена без сертификата происхождения | clause | преференция без сертификата происхождения не заявлена
declared_away_from_border | declared away from the post of entry | пост декларации отличается от поста ввоза | clause | пост декларации совпадает с постом ввоза
document_count | number of documents | число документов | n | числа документов
has_origin_certificate | certificate of origin presented | сертификат происхождения представлен | clause | сертификат происхождения не представлен
has_phytosanitary_certificate | phytosanitary certificate presented | фитосанитарный сертификат представлен | clause | фитосанитарный сертификат не представлен
has_veterinary_certificate | veterinary certificate presented | ветеринарный сертификат представлен | clause | ветеринарный сертификат не представлен
has_sanitary_certificate | sanitary certificate presented | санитарный сертификат представлен | clause | санитарный сертификат не представлен
has_conformity_certificate | certificate of conformity presented | сертификат соответствия представлен | clause | сертификат соответствия не представлен
has_permit | licence or permit presented | лицензия представлена | clause | лицензия не представлена
origin_region_code | region of origin, as compared | код региона происхождения | m | кода региона происхождения
establishment_code | establishment of origin, as compared | сверяемый номер предприятия происхождения | m | сверяемого номера предприятия происхождения
weekday | day of the week of lodging | день недели подачи | m | дня недели подачи
month | month of lodging | месяц подачи | m | месяца подачи
hour | hour of lodging, UTC | час подачи по UTC | m | часа подачи по UTC
local_hour | local hour of lodging | местный час подачи | m | местного часа подачи
local_weekday | local day of the week of lodging | местный день недели подачи | m | местного дня недели подачи
lodged_at_weekend | lodged on a day of rest | подано в выходной день | clause | подано в рабочий день
lodged_at_night | lodged at night | подано ночью | clause | подано днём
""")
