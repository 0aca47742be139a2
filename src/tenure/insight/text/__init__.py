"""What customers write, Chinese and English, read offline: codes, feelings, causes of complaint, themes (S22, S23).

``TextClassifier`` learns the bank's own codes and is corrected by handlers; ``Sentiment`` judges verbatims, by a
lexicon until the bank's survey answers teach it; ``ComplaintCause`` suggests a cause; ``Themes`` finds what people
talk about and names it, ``stability`` says how much of that is the sample's doing, ``key_phrases`` how they put it.
"""

from __future__ import annotations

from tenure.insight.text.causes import COMMON_CAUSES, SIX_CAUSES, ComplaintCause
from tenure.insight.text.classifier import Suggestion, TextClassifier
from tenure.insight.text.phrases import Phrase, key_phrases
from tenure.insight.text.sentiment import Feeling, Sentiment
from tenure.insight.text.spans import Spoke
from tenure.insight.text.stability import stability
from tenure.insight.text.subjects import BANK_SUBJECTS
from tenure.insight.text.theme import Theme
from tenure.insight.text.themes import Themes

__all__ = [
    "BANK_SUBJECTS",
    "COMMON_CAUSES",
    "SIX_CAUSES",
    "ComplaintCause",
    "Feeling",
    "Phrase",
    "Sentiment",
    "Spoke",
    "Suggestion",
    "TextClassifier",
    "Theme",
    "Themes",
    "key_phrases",
    "stability",
]
