"""Depth and retention (S12): the raw curve by products held, the adjusted one, and how much of the former survives."""

from tenure.insight.depth.curve import Contrast, Curve, Level, Overlap, retention_by_depth
from tenure.insight.depth.sensitivity import e_value

__all__ = ["Contrast", "Curve", "Level", "Overlap", "e_value", "retention_by_depth"]
