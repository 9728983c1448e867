"""What clients ask for: each address checks the purpose of the token, asks a service or a query, and answers."""
