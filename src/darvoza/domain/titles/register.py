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
""")
