"""Titles of the facts looked up in registers."""

from darvoza.domain.titles.title import read_titles

REGISTER = read_titles("""
sps_agencies | services competent | уполномоченные службы | p | уполномоченных служб
veterinary_category | veterinary category | ветеринарная категория | f | ветеринарной категории
plant_risk | phytosanitary risk | фитосанитарный риск | m | фитосанитарного риска
ispm32_category | ISPM 32 category | категория по МСФМ 32 | f | категории по МСФМ 32
sanitary_category | sanitary category | санитарная категория | f | санитарной категории
perishable | goods are perishable | товар скоропортящийся | clause | товар не скоропортящийся
zone_status | status of the zone of origin | статус зоны происхождения | m | статуса зоны происхождения
zone_hazards | diseases and pests in the zone of origin | опасности в зоне происхождения | p | опасностей в зоне происхождения
zone_free_of | diseases and pests absent from the zone of origin | исключённые для зоны происхождения опасности | p | исключённых для зоны происхождения опасностей
establishment_status | status of the establishment | статус предприятия | m | статуса предприятия
establishment_approved | establishment is approved | предприятие одобрено | clause | предприятие не одобрено
certificate_level | levels passed by the certificates | уровень сверки сертификатов | m | уровня сверки сертификатов
phytosanitary_certificate_faults | faults of the phytosanitary certificate | замечания к фитосанитарному сертификату | p | замечаний к фитосанитарному сертификату
veterinary_certificate_faults | faults of the veterinary certificate | замечания к ветеринарному сертификату | p | замечаний к ветеринарному сертификату
sanitary_certificate_faults | faults of the sanitary certificate | замечания к санитарному сертификату | p | замечаний к санитарному сертификату
certificate_statements | additional declarations of the certificates | дополнительные декларации сертификатов | p | дополнительных деклараций сертификатов
certificate_quantity_left | mass left on the certificates | остаток массы по сертификатам | m | остатка массы по сертификатам
permit_faults | faults of the permit | замечания к разрешению | p | замечаний к разрешению
permit_covers | permit covers the goods | разрешение распространяется на товар | clause | разрешение не распространяется на товар
permit_quantity_left | mass left on the permit | остаток массы по разрешению | m | остатка массы по разрешению
""")
