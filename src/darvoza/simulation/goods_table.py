"""The goods of the practice world, as a table to read and amend.

Codes are subheadings of the Harmonized System, edition 2022. Descriptions are our own words. Rates, prices, masses
and origins are **invented for practice** (November 2026) in plausible proportions; they are no country's tariff.

A line in brackets opens a group and gives what its headings share: package kind and kilograms per package, tare as
a share of net mass, spread of prices (σ of the logarithm), usual kilograms per item, season, SPS service, origins
with their weights. A heading gives: code, duty in per cent, price [value/kg], optionally ``unit:kg per unit``, then
English, Russian and, where they differ from the group's, origins.
"""

TABLE = """
[fruit] pkg=CT:10 tare=.09 sigma=.22 load=5000 season=summer sps=phyto origins=CN3,UZ5,TJ2,IR3,TR2,KZ1,KG1
080810 10 0.75 | apples, fresh | яблоки свежие | CN4,PL2,UZ2,KZ2,IR2
080830 10 0.85 | pears, fresh | груши свежие
080610 10 0.95 | table grapes, fresh | виноград столовый свежий
080929 10 1.90 | sweet cherries, fresh | черешня свежая
080910 8 0.90 | apricots, fresh | абрикосы свежие
080930 8 0.95 | peaches and nectarines | персики и нектарины
080940 8 0.80 | plums, fresh | сливы свежие
080711 10 0.22 | watermelons | арбузы | UZ5,IR3,KZ2,TJ2
080719 10 0.35 | melons | дыни | UZ5,TM3,TJ2
081010 10 2.10 | strawberries, fresh | земляника свежая
081070 10 0.90 | persimmons | хурма | UZ4,AZ3,CN2,TJ1
[citrus] pkg=CT:15 tare=.07 sigma=.18 load=7000 season=cold sps=phyto origins=TR5,EG4,PK3,CN2,IR2
080510 5 0.70 | oranges, fresh | апельсины
080521 5 0.75 | mandarins, fresh | мандарины
080550 5 0.95 | lemons, fresh | лимоны | TR5,UZ2,TJ2,EG2
080390 4 0.85 | bananas, fresh | бананы | EC8,IR1,IN1
080450 5 1.60 | mangoes, fresh | манго | PK5,IN3,TH1
[dried] pkg=BG:12 tare=.03 sigma=.20 load=2500 season=autumn sps=phyto origins=UZ4,TJ3,AF4,IR3,CN1
080620 12 1.80 | raisins | изюм
081310 12 2.70 | dried apricots | курага
080251 10 6.80 | pistachios in shell | фисташки в скорлупе | IR6,AF2,US2
080232 10 5.20 | walnuts, shelled | ядро грецкого ореха | KG3,UZ3,CN2
080212 10 5.90 | almonds, shelled | миндаль очищенный | US4,AF3,UZ2
120242 5 1.50 | groundnuts, shelled | арахис лущёный | CN4,IN3,UZ2
[vegetables] pkg=BG:20 tare=.04 sigma=.22 load=8000 season=summer sps=phyto origins=UZ5,CN3,IR3,KZ2,TJ2,KG2
070200 12 0.70 | tomatoes, fresh | томаты свежие | UZ5,TR3,IR3,CN2,TM2
070700 12 0.65 | cucumbers, fresh | огурцы свежие
070190 10 0.28 | potatoes, for the table | картофель продовольственный | PK3,KZ4,KG3,RU2,IR2
070310 8 0.25 | onions | лук репчатый
070610 8 0.24 | carrots | морковь столовая
070960 12 0.95 | peppers, fresh | перец сладкий
070490 8 0.26 | cabbages | капуста белокочанная
070320 8 1.10 | garlic | чеснок | CN8,UZ1
070930 10 0.60 | aubergines | баклажаны
[plants] pkg=CT:8 tare=.15 sigma=.30 load=900 season=march sps=phyto origins=NL4,EC3,KE2,TR1,UZ1
060311 10 6.50 | cut roses | розы срезанные | NL3,EC5,KE2
060312 10 4.80 | cut carnations | гвоздики срезанные
060319 10 5.20 | other cut flowers, tulips | тюльпаны и прочие цветы | NL6,UZ3
060110 5 4.00 | flower bulbs, dormant | луковицы цветов в покое | NL8,TR1
060220 2 2.60 | saplings of fruit trees | саженцы плодовых деревьев | UZ4,CN3,TR2,PL2
060290 5 3.40 | other live plants | прочие живые растения
070110 0 0.60 | seed potatoes | картофель семенной | NL4,DE2,RU3
120991 0 28.0 | vegetable seeds for sowing | семена овощей для посева | NL4,CN3,TR2
[grain] pkg=BG:50 tare=.01 sigma=.14 load=24000 season=autumn sps=phyto origins=KZ6,RU4,UA1
100199 2 0.24 | wheat | пшеница
110100 5 0.36 | wheat flour | мука пшеничная
100630 8 0.85 | rice, milled | рис шлифованный | PK3,IN3,KZ3,CN1
100590 2 0.23 | maize, grain | кукуруза
071340 3 0.80 | lentils, dried | чечевица | KZ4,RU2,TR2
071320 3 0.90 | chickpeas, dried | нут | UZ4,TR1,IN1
120600 2 0.55 | sunflower seed | семена подсолнечника | KZ4,RU3
[meat] pkg=CT:20 tare=.05 sigma=.16 load=9000 season=flat sps=vet origins=RU3,KZ3,BR2,IN1
020130 15 6.10 | beef, boneless, chilled | говядина бескостная охлаждённая | KZ3,BY2,PK2
020230 15 4.30 | beef, boneless, frozen | говядина бескостная мороженая | IN4,BR2,PK2,RU1
020714 15 1.50 | chicken cuts, frozen | части тушек кур мороженые | RU4,US2,BR2,TR2,UA1
020329 12 2.90 | pork, frozen | свинина мороженая | RU4,BR2,ES1
030354 8 1.90 | mackerel, frozen | скумбрия мороженая | RU4,CN3,NO1
160100 15 3.60 | sausages | колбасные изделия | RU5,KZ4
[dairy] pkg=CT:12 tare=.06 sigma=.14 load=5000 season=flat sps=vet origins=RU4,KZ3,BY3,KG2,IR1
040120 10 0.75 | milk, drinking | молоко питьевое
040221 10 3.60 | milk powder | молоко сухое | RU2,BY4,NL1,IR1
040510 12 5.60 | butter | масло сливочное
040690 15 5.20 | cheese | сыр
040721 12 1.60 PCE:.06 | hens' eggs | яйца куриные | KZ4,RU3,UA1
040900 10 3.10 | honey | мёд натуральный | KG4,RU2,UZ2
[animals] pkg=NE:300 tare=.02 sigma=.25 load=6000 season=autumn sps=vet origins=KZ4,RU3,MN2,AF1
010229 5 2.70 PCE:380 | cattle, live | крупный рогатый скот живой
010410 5 2.90 PCE:45 | sheep, live | овцы живые
010511 3 12.0 PCE:.04 | day-old chicks | цыплята суточные | RU3,TR3,NL2
[food] pkg=CT:12 tare=.07 sigma=.22 load=3500 season=flat sps=no origins=RU6,KZ3,TR3,CN2,DE1,IR1
151219 8 1.15 LTR:.92 | sunflower oil, refined | масло подсолнечное | RU6,KZ3,UA1
170199 15 0.58 | sugar, white | сахар белый | RU3,IN2,BR2,PK1
180632 15 4.60 | chocolate in bars | шоколад в плитках
190531 15 2.30 | sweet biscuits | печенье сладкое
190219 12 0.95 | pasta, uncooked | макаронные изделия
200990 12 1.05 LTR:1.04 | juice mixtures | смеси соков
090240 5 2.40 | black tea | чай чёрный | IN4,KE2,LK2,CN2
090121 8 8.00 | coffee, roasted | кофе жареный | IT3,RU3,TR1
210111 8 9.80 | coffee extracts | кофе растворимый | RU3,DE2,IN2,BR1
220210 15 0.60 LTR:1 | sweetened drinks | напитки безалкогольные
220300 20 0.75 LTR:1 | beer | пиво солодовое | RU5,KZ3,DE2,CZ1
220860 60 2.10 LTR:.95 | vodka | водка | RU6,KZ3
240220 55 14.0 | cigarettes | сигареты с фильтром | RU5,KZ3,TR1,AE1
240319 40 7.00 | smoking tobacco | табак курительный | AE3,TR2,RU2
210690 10 5.50 | food preparations | пищевые смеси прочие
200290 12 1.05 | tomato paste | томатная паста | CN4,IR4,UZ2
230990 3 0.90 | animal feed mixtures | корм для животных
[heating] pkg=PK:30 tare=.06 sigma=.20 load=2500 season=winter sps=no origins=CN5,RU4,TR3,IT1
851629 12 5.20 PCE:6 | electric heaters | обогреватели электрические
840310 8 6.00 PCE:60 | central heating boilers | котлы отопления
732219 12 2.40 | steel radiators | радиаторы стальные | CN4,TR4,RU2
732181 12 4.10 PCE:15 | gas stoves for heating | отопители газовые
270119 2 0.06 | coal | уголь каменный | KZ6,RU3,KG2
440131 3 0.16 | wood pellets | пеллеты древесные | RU8
[fuel] pkg=VL:25000 tare=.001 sigma=.08 load=45000 season=flat sps=no origins=RU7,KZ3,TM3,IR1
271012 18 0.78 LTR:.75 | motor spirit | бензин автомобильный
271019 14 0.74 LTR:.84 | gas oil and oils | дизельное топливо и масла
271113 6 0.48 | butane, liquefied | бутан сжиженный | RU3,KZ3,TM4
[chemistry] pkg=CT:15 tare=.06 sigma=.28 load=3000 season=flat sps=no origins=RU5,CN5,TR3,DE2,IR2
300490 0 45.0 | medicines in doses | лекарственные средства | IN4,RU3,DE2,TR1
300241 0 260.0 | vaccines for people | вакцины для людей | IN3,RU3,DE1
300450 5 30.0 | vitamin preparations, in doses | витамины в дозах | IN3,RU3,DE2
310210 2 0.36 | urea | карбамид | UZ3,TM4,RU3,IR1
310520 2 0.55 | mixed fertilisers | удобрения комплексные | RU6,UZ2
380891 8 7.00 | insecticides | инсектициды | CN5,IN2,DE1
330300 20 16.0 | perfumes | духи и туалетная вода | AE4,FR3,TR2,RU1
330499 20 9.00 | beauty products | косметика для ухода | KR3,RU3,TR2,CN2
340250 10 1.30 | washing powder | порошок стиральный | RU5,TR3,IR2
340111 10 1.60 | toilet soap | мыло туалетное
320910 10 1.70 | water-based paints | краски водные
350610 8 3.20 | glues for retail | клеи
382499 5 2.60 | chemical mixtures | химические смеси прочие
[plastics] pkg=BG:25 tare=.03 sigma=.20 load=5000 season=flat sps=no origins=CN6,RU4,IR3,TR2,UZ1
390110 5 1.10 | polyethylene, grains | полиэтилен в гранулах | IR4,UZ3,RU3
390410 5 0.95 | PVC, resin | ПВХ смола
391723 10 1.90 | PVC pipes | трубы из ПВХ
392321 12 2.10 | polyethylene bags | мешки полиэтиленовые
392410 15 3.10 | plastic tableware | посуда пластмассовая
392690 10 3.60 | other plastic articles | изделия из пластмасс прочие
401110 15 3.20 PCE:9 | car tyres | шины легковые | CN6,RU3,KR1,JP1
401120 12 2.80 PCE:48 | truck tyres | шины грузовые | CN8,RU2
[wood] pkg=PK:40 tare=.05 sigma=.25 load=6000 season=flat sps=no origins=RU6,CN4,TR2,BY1,PL1
440711 2 0.34 MTQ:520 | pine boards | доска сосновая | RU9,KZ1
441114 8 0.55 | fibreboard, thick | плиты МДФ
480256 8 1.00 | office paper | бумага офисная
481810 12 1.50 | toilet paper | бумага туалетная
481910 10 1.20 | cartons | коробки картонные
940360 20 3.40 PCE:35 | wooden furniture | мебель деревянная
940161 20 5.00 PCE:40 | upholstered seats | диваны и кресла мягкие
940399 10 3.00 | parts of furniture | части мебели
[textile] pkg=BL:40 tare=.04 sigma=.32 load=2200 season=flat sps=no origins=CN8,TR3,UZ2,BD1,KR1
520852 8 6.00 MTK:.15 | printed cotton cloth | ткань хлопковая набивная
540752 8 4.60 MTK:.12 | dyed polyester cloth | ткань полиэфирная крашеная
550320 3 1.30 | polyester fibre | волокно полиэфирное
600632 8 5.00 | dyed synthetic knit cloth | полотно трикотажное
570242 18 3.90 MTK:2.1 | woven carpets | ковры тканые | TR4,IR3,CN3
610910 20 11.0 PCE:.16 | cotton T-shirts | футболки хлопковые | CN6,UZ3,TR3,BD2
611030 20 13.5 PCE:.38 | synthetic pullovers | свитеры синтетические
620342 20 12.0 PCE:.55 | men's cotton trousers | брюки мужские хлопковые
620462 20 13.0 PCE:.45 | women's cotton trousers | брюки женские хлопковые
620140 20 15.0 PCE:.9 | men's synthetic jackets | куртки мужские
620240 20 16.0 PCE:.8 | women's synthetic jackets | куртки женские
621210 18 19.0 PCE:.09 | brassieres | бюстгальтеры
611595 15 8.00 PR:.05 | cotton socks | носки хлопковые
630260 15 6.50 | cotton towels | полотенца махровые
630140 15 4.20 PCE:1.4 | synthetic blankets | пледы синтетические
630900 10 1.40 | worn clothing | одежда бывшая в употреблении | CN2,AE2,DE3,KR1
[footwear] pkg=CT:14 tare=.12 sigma=.35 load=1800 season=flat sps=no origins=CN9,TR3,IR1,VN1,UZ1
640299 20 9.00 PR:.7 | plastic shoes | обувь из пластмассы
640399 20 19.0 PR:.95 | leather shoes | обувь кожаная | CN5,TR4,IT1
640411 20 15.0 PR:.7 | sports shoes of textile | кроссовки текстильные
640419 20 11.0 PR:.65 | textile shoes | обувь текстильная
640220 15 5.50 PR:.3 | plastic sandals | шлёпанцы пластмассовые
640690 5 4.00 | parts of footwear | детали обуви
420222 20 11.0 PCE:.6 | handbags | сумки женские
420212 18 7.00 PCE:3.2 | suitcases | чемоданы
420292 12 6.50 | bags and cases of textile | сумки и футляры прочие
[metal] pkg=PK:900 tare=.02 sigma=.16 load=14000 season=build sps=no origins=RU6,CN5,KZ3,UZ1,TR1
721049 6 0.85 | galvanised sheet | сталь оцинкованная
721420 6 0.62 | reinforcing bars | арматура стальная
721391 5 0.60 | wire rod | катанка
730890 10 1.70 | steel structures | металлоконструкции
731815 10 2.00 | bolts and screws | болты и винты | CN7,RU2
732393 18 4.80 | stainless kitchenware | посуда из нержавейки | CN6,IN3,TR2
740811 5 9.20 | copper wire | проволока медная | KZ4,UZ3,RU3
760421 8 3.60 | aluminium profiles | профили алюминиевые | CN5,UZ2,TR2
761699 12 4.50 | other aluminium articles | изделия из алюминия
[mineral] pkg=PX:1200 tare=.03 sigma=.22 load=18000 season=build sps=no origins=CN5,IR4,KZ3,RU2,UZ2,TR1
252329 8 0.06 | Portland cement | портландцемент | KZ4,IR3,UZ2,PK1
690721 15 0.38 MTK:19 | ceramic tiles | плитка керамическая
700529 10 0.42 | float glass | стекло листовое
701337 18 1.40 | drinking glasses | стаканы стеклянные
691110 18 1.80 | porcelain tableware | посуда фарфоровая
680221 12 0.50 | marble slabs | плиты мраморные
[machines] pkg=CS:60 tare=.10 sigma=.30 load=1600 season=flat sps=no origins=CN8,RU3,TR2,DE2,KR1,IT1
841510 12 6.00 PCE:38 | split air conditioners | кондиционеры | CN8,KR1,TR1
841810 14 4.00 PCE:60 | refrigerators | холодильники | CN5,RU3,UZ3,TR1
845011 14 4.40 PCE:62 | washing machines | машины стиральные | CN5,RU3,UZ2
841370 6 7.50 PCE:25 | centrifugal pumps | насосы центробежные
841490 3 8.00 | parts of pumps and fans | части насосов и вентиляторов
842952 5 6.20 PCE:21000 | excavators | экскаваторы | CN6,KR3,JP2
843149 2 5.00 | parts of excavators | части экскаваторов
870193 5 6.00 PCE:3100 | tractors, middle power | тракторы | BY5,RU2,CN2
843390 2 6.50 | parts of harvesters | части комбайнов | RU4,DE2,CN1
845210 8 8.00 PCE:9 | household sewing machines | машины швейные бытовые
840999 4 9.00 | parts of engines | части двигателей
901890 0 60.0 | medical instruments | инструменты медицинские | DE4,CN4,RU1
[electronics] pkg=CT:12 tare=.14 sigma=.38 load=700 season=flat sps=no origins=CN9,AE2,KR2,VN1,JP1
847130 5 95.0 PCE:1.9 | laptops | ноутбуки
847330 0 55.0 | parts of computers | части компьютеров
851713 10 320.0 PCE:.32 | smartphones | смартфоны | CN7,AE3,VN2,IN1
851762 3 80.0 | network equipment | оборудование сетевое
851779 0 70.0 | parts of telephones | части телефонов
852872 15 13.0 PCE:11 | television sets | телевизоры | CN5,RU2,UZ2,TR1
852990 3 16.0 | parts of television sets | части телевизоров
850440 5 18.0 | power converters | преобразователи питания
850760 8 22.0 | lithium batteries | аккумуляторы литиевые
850710 14 2.60 PCE:15 | car starter batteries | аккумуляторы автомобильные | RU3,CN3,KR2,KZ2
854143 0 2.80 PCE:22 | solar modules | модули солнечные | CN9
853952 10 12.0 | LED lamps | лампы светодиодные | CN9
854449 10 6.80 | insulated wires | провода изолированные | CN4,RU4,UZ1
851830 12 35.0 PCE:.15 | headphones | наушники | CN9,VN1
950450 12 60.0 PCE:3 | video game consoles | приставки игровые | CN6,JP2
[vehicles] pkg=NE:1500 tare=.01 sigma=.33 load=3000 season=flat sps=no origins=CN5,KR3,JP3,DE2,RU3,GE2,AE2
870322 20 6.50 PCE:1150 | cars, 1.0 to 1.5 litres | легковые 1000–1500 см³ | CN4,KR3,UZ3,RU3
870323 25 9.00 PCE:1450 | cars, 1.5 to 3.0 litres | легковые 1500–3000 см³
870340 15 11.0 PCE:1600 | hybrid cars | автомобили гибридные | JP4,CN3,KR2,GE2
870380 0 12.5 PCE:1800 | electric cars | электромобили | CN9,GE1,AE1
870421 12 6.00 PCE:1900 | diesel lorries to 5 t | грузовики до 5 т | CN4,KR4,JP1
870121 6 7.00 PCE:7600 | lorry tractors | тягачи седельные | CN5,DE3,RU2
871160 10 5.20 PCE:60 | electric scooters and motorcycles | электромотоциклы | CN9
[carparts] pkg=CT:18 tare=.10 sigma=.36 load=1500 season=flat sps=no origins=CN6,RU4,KR2,DE2,JP1,AE1,TR1
870829 14 6.00 | parts of car bodies | части кузовов
870830 12 6.50 | brakes and parts | тормоза и их части
870850 8 7.50 | drive axles | мосты ведущие
870899 5 6.00 | other car parts | части автомобилей прочие
842123 10 8.50 | oil filters | фильтры масляные
[household] pkg=CT:12 tare=.12 sigma=.36 load=1500 season=flat sps=no origins=CN9,TR2,RU2,AE1
950300 15 6.80 | toys | игрушки
961900 12 3.60 | nappies and pads | подгузники и прокладки | RU4,CN3,TR3
900410 15 28.0 PCE:.05 | sunglasses | очки солнцезащитные
910211 15 120.0 PCE:.07 | wrist-watches | часы наручные
711719 15 22.0 | imitation jewellery | бижутерия
940542 12 8.50 | LED luminaires | светильники светодиодные
960321 10 9.00 PCE:.02 | toothbrushes | щётки зубные
871200 12 4.60 PCE:14 | bicycles | велосипеды
950691 12 3.60 | fitness equipment | тренажёры
960899 5 9.00 | parts of pens | детали ручек
950590 8 6.00 | festive articles | товары для праздников
"""
