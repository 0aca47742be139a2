"""Round-trip Excel: take out, edit, bring back, see each difference, have it approved, apply, undo.

What can be edited this way is a kind (``kinds``); everything else — the file, the comparison cell by cell, the
approval, the background job with its result file, taking it back — is here, once.
"""
