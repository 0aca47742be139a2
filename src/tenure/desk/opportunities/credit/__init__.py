"""Sharing credit (S18): who found, won and serves; shares that all have agreed to; what they come to in a month.

Shares change by agreement alone and never by silence. Where the parties do not agree, the branch head above all of
them decides through the desk's one four-eyes mechanism (``control.changes``).
"""
