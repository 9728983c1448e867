"""Titles of the facts that are the declared values themselves."""

from darvoza.domain.titles.title import read_titles

DECLARED = read_titles("""
hs | commodity code | код ТН ВЭД | m | кода ТН ВЭД
description | description of the goods | описание товара | n | описания товара
origin | country of origin | страна происхождения | f | страны происхождения
export_country | country of dispatch | страна отправления | f | страны отправления
trading_country | trading country | торгующая страна | f | торгующей страны
destination_country | country of destination | страна назначения | f | страны назначения
transit_countries | countries crossed | страны транзита | p | стран транзита
exporter_country | country of the exporter | страна экспортёра | f | страны экспортёра
customs_value | customs value of the item | таможенная стоимость товара | f | таможенной стоимости товара
price | invoiced price of the item | цена товара по счёту | f | цены товара по счёту
invoice_total | invoice total | итог счёта | m | итога счёта
invoice_currency | invoice currency | валюта счёта | f | валюты счёта
freight | freight | стоимость перевозки | f | стоимости перевозки
insurance | insurance | стоимость страхования | f | стоимости страхования
incoterm | terms of delivery | код условий поставки | m | кода условий поставки
valuation_method | valuation method | метод определения таможенной стоимости | m | метода определения таможенной стоимости
tax_rate | rate of duties and taxes | совокупная ставка платежей | f | совокупной ставки платежей
importer | importer | импортёр | m | импортёра
importer_name | name of the importer | наименование импортёра | n | наименования импортёра
exporter | exporter | экспортёр | m | экспортёра
exporter_name | name of the exporter | наименование экспортёра | n | наименования экспортёра
declarant | declarant | декларант | m | декларанта
carrier | carrier | перевозчик | m | перевозчика
transport_mode | mode of transport at the border | вид транспорта на границе | m | вида транспорта на границе
vehicle | vehicle registration | номер транспортного средства | m | номера транспортного средства
vehicle_country | country of registration of the vehicle | страна регистрации транспортного средства | f | страны регистрации транспортного средства
trailer | trailer registration | номер прицепа | m | номера прицепа
transport_document | transport document number | номер транспортного документа | m | номера транспортного документа
containers | container numbers | номера контейнеров | p | номеров контейнеров
seals | seal numbers | номера пломб | p | номеров пломб
gross_mass | gross mass of the item | масса брутто товара | f | массы брутто товара
net_mass | net mass of the item | масса нетто товара | f | массы нетто товара
total_gross_mass | gross mass of the consignment | масса брутто партии | f | массы брутто партии
supplementary_quantity | quantity in the supplementary unit | количество в дополнительных единицах | n | количества в дополнительных единицах
supplementary_unit | supplementary unit | дополнительная единица измерения | f | дополнительной единицы измерения
packages | packages of the item | число грузовых мест товара | n | числа грузовых мест товара
package_kind | kind of packages | вид упаковки | m | вида упаковки
total_packages | packages of the consignment | число грузовых мест партии | n | числа грузовых мест партии
flow | direction | направление перемещения | n | направления перемещения
procedure | customs procedure | таможенная процедура | f | таможенной процедуры
preference | tariff preference | код заявленной преференции | m | кода заявленной преференции
tax_type | code of the rate | код применённой ставки | m | кода применённой ставки
post | post of the declaration | пост декларирования | m | поста декларирования
border_post | border post | пост на границе | m | поста на границе
version | version of the declaration | версия декларации | f | версии декларации
origin_region | region of origin | регион происхождения | m | региона происхождения
establishment | establishment of origin | номер предприятия происхождения | m | номера предприятия происхождения
process | process | способ обработки | m | способа обработки
intended_use | intended use | назначение товара | n | назначения товара
documents | documents presented | представленные документы | p | представленных документов
dispatched_on | day of dispatch | дата отправки | f | даты отправки
lodged_on | day of lodging | дата подачи | f | даты подачи
""")
