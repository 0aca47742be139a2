"""Maker–checker (制单、复核): changes that take effect only when a second person has looked at them.

A service that must not act alone calls :func:`services.propose` with what it would do; its kind (``kinds``) says who
may check that, shows it, and applies it in the transaction of the approval. Pages, API and audit trail are here, once.
"""
