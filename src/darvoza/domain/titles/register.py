"""Titles of the facts looked up in registers."""

from darvoza.domain.titles.title import read_titles

REGISTER = read_titles("""
sps_agencies | services competent | уполномоченные службы | p | уполномоченных служб
veterinary_category | veterinary category | ветеринарная категория | f | ветеринарной категории
plant_risk | phytosanitary risk | фитосанитарный риск | m | фитосанитарного риска
ispm32_category | ISPM 32 category | категория по МСФМ 32 | f | категории по МСФМ 32
sanitary_category | sanitary category | санитарная категория | f | санитарной категории
perishable | goods are perishable | товар скоропортящийся | clause | товар не скоропортящийся
""")
