"""A small mapping and small files to try intake with."""

COLUMNS = ("Ref", "Item", "Date", "Post", "Importer", "HS", "Origin", "Gross", "Net", "Currency", "Goods")
ROW = ("D1", "1", "2025-03-01", "P1", "I1", "870323", "CN", "12.5", "10", "USD", "used car")
FIELDS = """
fields:
  declaration_id: Ref
  item: Item
  lodged_at: Date
  post: Post
  importer_id: Importer
  hs: HS
  origin: Origin
  gross_mass: Gross
  net_mass: Net
  invoice_currency: Currency
  description: Goods
"""


def a_row(**changes: str) -> list[str]:
    """A good row, with some values changed."""
    return [changes.get(name, value) for name, value in zip(COLUMNS, ROW, strict=True)]


def a_csv(*rows: list[str], delimiter: str = ",") -> str:
    """A header and rows, without quotes."""
    return "\n".join(delimiter.join(row) for row in (list(COLUMNS), *rows)) + "\n"
