"""Papers: what acts, orders, requests and notices say, as content without a layout."""
