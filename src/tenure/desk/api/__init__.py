"""The API at ``/api/v1``: thin operations over the same selectors and services as the pages (docs/api.md)."""
