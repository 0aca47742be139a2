"""Pages of companies: the company, what it is buying, visits to it."""
