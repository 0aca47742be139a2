"""Complaints: what a case has besides where it is a complaint: arrivals, codes, concessions, letters, the return."""
