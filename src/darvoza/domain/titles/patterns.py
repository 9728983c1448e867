"""Titles of the facts about the behaviour of those who trade."""

from darvoza.domain.titles.title import read_titles

PATTERNS = read_titles("""
importer_declarations | earlier declarations of the importer | число прежних деклараций импортёра | n | числа прежних деклараций импортёра
importer_idle_days | days since the importer's last declaration | число дней с последней декларации импортёра | n | числа дней с последней декларации импортёра
importer_declarations_72h | declarations of the importer in 72 hours | число деклараций импортёра за 72 часа | n | числа деклараций импортёра за 72 часа
importer_value_72h | value lodged by the importer in 72 hours | стоимость партий импортёра за 72 часа | f | стоимости партий импортёра за 72 часа
importer_hs4_declarations_72h | declarations of the importer in this heading in 72 hours | число деклараций импортёра по этой позиции за 72 часа | n | числа деклараций импортёра по этой позиции за 72 часа
importer_hs4_value_72h | value lodged by the importer in this heading in 72 hours | стоимость товаров импортёра по этой позиции за 72 часа | f | стоимости товаров импортёра по этой позиции за 72 часа
importer_vehicle_declarations_72h | declarations of the importer with this vehicle in 72 hours | число деклараций импортёра на этом транспорте за 72 часа | n | числа деклараций импортёра на этом транспорте за 72 часа
importer_vehicle_value_72h | value lodged by the importer with this vehicle in 72 hours | стоимость партий импортёра на этом транспорте за 72 часа | f | стоимости партий импортёра на этом транспорте за 72 часа
exporter_importer_declarations_72h | declarations of the importer with this exporter in 72 hours | число деклараций импортёра у этого экспортёра за 72 часа | n | числа деклараций импортёра у этого экспортёра за 72 часа
exporter_importer_value_72h | value lodged by the importer with this exporter in 72 hours | стоимость партий импортёра у этого экспортёра за 72 часа | f | стоимости партий импортёра у этого экспортёра за 72 часа
split_below_limit | parts stay below a limit that they reach together | части партии ниже порога вместе достигают его | clause | дробление партии ниже порога не видно
importer_below_limit_12m | declarations of the importer just below a limit in 12 months | число деклараций импортёра чуть ниже порога за 12 месяцев | n | числа деклараций импортёра чуть ниже порога за 12 месяцев
importer_above_limit_12m | declarations of the importer just above a limit in 12 months | число деклараций импортёра чуть выше порога за 12 месяцев | n | числа деклараций импортёра чуть выше порога за 12 месяцев
importer_limit_bunching | chance of the importer's values below a limit | случайность стоимостей импортёра ниже порога | f | случайности стоимостей импортёра ниже порога
importer_origin_switched | importer turned to another origin for this heading | импортёр сменил страну происхождения по этой позиции | clause | импортёр не менял страну происхождения по этой позиции
importer_hs6_value_ratio | unit value against the importer's own earlier ones | отношение стоимости за кг к прежней у импортёра | n | отношения стоимости за кг к прежней у импортёра
twin_items_72h | same items in other declarations in 72 hours | число таких же товаров в других декларациях за 72 часа | n | числа таких же товаров в других декларациях за 72 часа
amended_value_ratio | value against the version before | отношение стоимости к прежней версии декларации | n | отношения стоимости к прежней версии декларации
vehicle_other_post_hours | hours since the vehicle was at another post | число часов после другого поста у транспортного средства | n | числа часов после другого поста у транспортного средства
container_other_post_hours | hours since a container was at another post | число часов после другого поста у контейнера | n | числа часов после другого поста у контейнера
hs6_origin_rarity | rarity of the subheading from this origin | редкость субпозиции из этой страны | f | редкости субпозиции из этой страны
importer_hs4_rarity | rarity of the importer in this heading | редкость импортёра в этой позиции | f | редкости импортёра в этой позиции
declarant_post_rarity | rarity of the declarant at this post | редкость декларанта на этом посту | f | редкости декларанта на этом посту
route_rarity | rarity of the route | редкость маршрута | f | редкости маршрута
""")
