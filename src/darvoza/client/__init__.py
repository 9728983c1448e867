"""A client of the API, typed, with nothing but the standard library.

It gives each request a key of its own and sends it again under the same key where the line broke: a declaration is
decided once, however often it is sent.

Examples
--------
Against an office, the transport is left out:

>>> def office(request: Request) -> Reply:
...     return Reply(201, {}, b'{"declaration_id":"D1","version":1,"revision":1,"kind":"lodged","channel":"red","binding":true,'
...         b'"state":"ab","lodged_at":"","decided_at":"","acts":[{"agency":"customs","act":"physical","items":[1]}]}')
>>> gate = GateClient("https://office.example/api/v1", "dvz_token", transport=office)
>>> decision = gate.lodge({"declaration_id": "D1", "post": "KG-TOR", "importer_id": "I1", "items": [{"hs": "870323", "origin": "DE"}]})
>>> decision.channel, [act.act for act in decision.acts]
('red', ['physical'])
"""

from darvoza.client.answers import Act, ApiProblem, Arrival, Decision, Line, Tagged
from darvoza.client.gate import LARGEST, LONGEST_WAIT, GateClient
from darvoza.client.network import Reply, Request, Transport, send

__all__ = [
    "LARGEST",
    "LONGEST_WAIT",
    "Act",
    "ApiProblem",
    "Arrival",
    "Decision",
    "GateClient",
    "Line",
    "Reply",
    "Request",
    "Tagged",
    "Transport",
    "send",
]
