"""Bundles: products with services under one name and price, made by marketers under four eyes."""
