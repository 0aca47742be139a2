"""Tenure 久谊: a bank knows, serves and keeps its customers."""

__version__ = "0.1.0"
