"""Panels of customers who test products (S33): drawn by lot, heard, told what came of it; the rest are the control."""
