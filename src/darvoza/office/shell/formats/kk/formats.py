"""How numbers are written, after CLDR; Django has a full stop here."""

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "\xa0"
