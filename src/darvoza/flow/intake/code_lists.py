"""Code lists that intake checks against: countries (ISO 3166-1 alpha-2) and currencies (ISO 4217).

They change a few times in a decade, and a wrong country is an error of one row, so they ship with the code rather
than as reference data. Both hold withdrawn codes as well: replayed history was declared with the codes of its day.
"""

_COUNTRIES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT
MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ
UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""

_TRADE_COUNTRIES = "XK ZZ XX EU AN CS SU YU"

COUNTRIES: frozenset[str] = frozenset((_COUNTRIES + _TRADE_COUNTRIES).split())
"""The 249 codes of ISO 3166-1, and those that trade data use beside them.

XK (Kosovo) is user-assigned; ZZ and XX stand for unknown or other; EU is exceptionally reserved and is declared as an
origin; AN, CS, SU and YU are withdrawn.
"""

_CURRENCIES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP
CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT
MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES
VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""

_WITHDRAWN_CURRENCIES = """
ANG ATS AZM BEF BYB BYR CSD CUC CYP DEM EEK ESP FIM FRF GHC GRD HRK IEP ITL LTL LUF LVL MRO MTL MZM NLG PTE ROL RUR
SDD SIT SKK SLL SRG STD TJR TMM TRL UAK VEB VEF XEU YUM ZMK ZWD ZWL ZWR
"""

CURRENCIES: frozenset[str] = frozenset((_CURRENCIES + _WITHDRAWN_CURRENCIES).split())
"""Currencies of ISO 4217 in which an invoice can be drawn up, active and withdrawn.

Fund, metal and testing codes (XDR, XAU, XTS …) and XXX, "no currency", are left out: no invoice is payable in them.
"""
