"""Themes: what customers talk about, found in their own words, named by them, and open to correction (S22).

1. Near-duplicates (same gist) are one text while themes are sought; in the sizes each counts.
2. Key phrases are found without a dictionary (``phrases``), and forms of one word are one (更新后, 更新完 → 更新).
3. Anchors, greedily: the phrase in most texts that no earlier anchor is in. This is the greedy answer to maximum
   coverage, at least 1 − 1/e of the best possible (Nemhauser, Wolsey and Fisher 1978, section 4).
   **The number of themes** follows: anchors are added while one brings at least ``smallest`` (2 %) of all texts.
   Subjects given beforehand come first, each with the phrases that say it, if a quarter of that speak of it.
4. Each other phrase goes to the anchor it stands with most beyond chance: log((c + s) ÷ (e + s)), c joint texts,
   e expected if independent, s = 5. A text goes where its phrases weigh most; with none, to no theme.

Nothing is drawn at random: the same texts, in any order, give the same themes. How much they owe to the sample is
``stability``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import share
from tenure.insight.text.lexicon import POLARITY
from tenure.insight.text.phrases import Spotter, key_phrases
from tenure.insight.text.reading import gist, is_han, verbatims
from tenure.insight.text.stopwords import OBJECTS, SUBJECTS, spelt
from tenure.insight.text.theme import EXAMPLES, PHRASES_SHOWN, Theme, together

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

SMALLEST = 0.02
MOST = 20
#: Fewer different texts than this have no themes, only anecdotes.
ENOUGH = 50
PHRASES = 500
#: Texts added to joint and expected counts, so that a pair seen twice is no discovery.
SMOOTHING = 5.0
#: An anchor outweighs what merely stands with it: e^6 = 400 times chance is rarely reached.
ANCHOR_WEIGHT = 6.0
#: Phrases that stand with an anchor less than half as much again as chance belong to no theme.
ASSOCIATED = float(np.log(1.5))
#: The most that one moved text adds to its phrases' weight: two outweigh an anchor.
LESSON = 5.0
NAMED_BY = 3
#: An anchor found in fewer texts than this is an anecdote, however few texts there are.
SPOKEN_OF = 5
#: A subject given beforehand needs this part of what a found one must bring: that it is a subject is known.
GIVEN = 0.25
FORMAT = 2


class Themes:
    """Themes of verbatims, Chinese, English or mixed.

    Parameters:
        count: how many; by the rule of the module unless given.
        smallest: the share of texts that an anchor must bring.
        subjects: themes looked for beforehand, phrases by key (``BANK_SUBJECTS``); others are found beside them. With
            them texts count as often as they were written, so that ready sentences many people ticked have themes too.
        names: of branches and employees; what is part of one names no subject. Not kept in the state.

    After ``fit``: ``themes_`` (largest first), ``texts_``, ``distinct_``, ``without_`` (texts that name no subject).
    """

    themes_: list[Theme]
    texts_: int
    distinct_: int
    without_: int

    def __init__(
        self,
        count: int | None = None,
        smallest: float = SMALLEST,
        subjects: Mapping[str, Iterable[str]] | None = None,
        names: Iterable[str] = (),
    ) -> None:
        if count is not None and not 2 <= count <= 50:
            raise InputError(f"count is {count}", "Ask for 2 to 50 themes, or leave it out.")
        if not 0 < smallest < 1:
            raise InputError(f"smallest is {smallest}", "Give a share of the texts between 0 and 1.")
        self.count, self.smallest = count, smallest
        self.subjects = {key: [spelt(each.lower()) for each in said] for key, said in (subjects or {}).items()}
        self.names = spelt("\n".join(names).lower())
        self._anchors: dict[str, list[str]] = {}
        self._names: dict[str, str] = {}
        self._lessons: list[tuple[list[str], str]] = []
        self._moved: dict[str, str] = {}
        self._roots: dict[str, str] = {}
        self._phrases: list[str] = []
        self._weights: Numbers = np.zeros((0, 0))
        self._owners: list[str] = []  # the theme of each row of the weights

    def fit(self, texts: Any) -> Themes:
        """Find the themes of ``texts`` afresh.

        Raises:
            TooLittleData: fewer than 50 different texts, or none in which phrases recur.
        """
        written, kept = self._different(texts)
        self._learn_phrases(kept, self._given())
        present = self._present(kept)
        self._anchors, self._names, self._lessons, self._moved = {}, {}, [], {}
        self._grow(written, kept, present)
        if not self._anchors:
            raise TooLittleData(
                f"no subject is in {self.smallest:.0%} of the texts", "Ask for a number of themes, or a smaller share."
            )
        return self._settle(written, kept, present)

    def update(self, texts: Any, grow: bool = False) -> Themes:
        """The same themes on newer texts: anchors, names and corrections stay; the other phrases are learnt again.

        With ``grow`` themes are added for what none of them covers, by the rule that found them.
        """
        self._fitted()
        written, kept = self._different(texts)
        self._names = {theme.key: theme.name for theme in self.themes_} | self._names
        held = [anchor for anchors in self._anchors.values() for anchor in anchors]
        self._learn_phrases(kept, [*held, *self._given()])
        present = self._present(kept)
        if grow:
            self._grow(written, kept, present)
        return self._settle(written, kept, present)

    def assign(self, texts: Any) -> list[str | None]:
        """The key of the theme of each text; None where it names no subject."""
        self._fitted()
        written = verbatims(texts)
        scores = self._present(written) @ self._weights.T
        found: list[str | None] = []
        for text, row in zip(written, np.asarray(scores), strict=True):
            moved = self._moved.get(gist(text))
            found.append(moved or (self._owners[int(row.argmax())] if row.max(initial=0.0) > 0 else None))
        return found

    def rename(self, theme: str, name: str) -> None:
        """Call it by a name of the bank's own; it stays through ``update``."""
        self._known(theme)
        if not name.strip():
            raise InputError("a theme needs a name")
        self._names[theme] = name.strip()
        self.themes_ = [replace(each, name=name.strip()) if each.key == theme else each for each in self.themes_]

    def merge(self, theme: str, into: str) -> None:
        """Make ``theme`` a part of ``into``: its anchors, its texts, and whatever was moved to it.

        At once: a text that was assigned to ``theme`` is assigned to ``into``, every other stays where it was. The next
        ``update`` learns what stands with either.
        """
        self._known(theme)
        self._known(into)
        if theme == into:
            raise InputError(f"{theme!r} cannot be merged into itself")
        self._anchors[into] += self._anchors.pop(theme)
        self._names.pop(theme, None)
        self._lessons = [(phrases, into if where == theme else where) for phrases, where in self._lessons]
        self._moved = {text: into if where == theme else where for text, where in self._moved.items()}
        self._owners = [into if owner == theme else owner for owner in self._owners]
        told = {each.key: each for each in self.themes_}
        told[into] = together(told[into], told.pop(theme))
        self.themes_ = sorted(told.values(), key=_by_size)

    def move_phrase(self, phrase: str, theme: str) -> None:
        """Texts with ``phrase`` belong to ``theme`` from now on: it becomes one of its anchors.

        ``assign`` knows at once; sizes and examples follow with the next ``update``.
        """
        self._known(theme)
        word = spelt(phrase.strip().lower())
        root = self._roots.get(word, word)
        if not root:
            raise InputError("the phrase is empty")
        for key, anchors in self._anchors.items():
            if root in anchors and len(anchors) == 1 and key != theme:
                raise InputError(f"{phrase!r} is all that {key!r} rests on", "Merge the themes instead.")
        for anchors in self._anchors.values():
            if root in anchors:
                anchors.remove(root)
        self._anchors[theme].append(root)
        if root not in self._phrases:
            self._phrases.append(root)
            self._roots[root] = root
            self._weights = np.pad(self._weights, ((0, 0), (0, 1)))
        at = self._phrases.index(root)
        weight = max(ANCHOR_WEIGHT, float(self._weights[:, at].max()))
        self._weights[:, at] = 0.0
        self._weights[self._owners.index(theme), at] = weight

    def move_text(self, text: str, theme: str) -> None:
        """This text, and any with its gist, belongs to ``theme``; others follow as far as they share its phrases."""
        self._known(theme)
        spotter = Spotter(self._roots)
        phrases = sorted({self._roots[spotter.phrases[place]] for place in spotter.spot(spelt(text))})
        self._lessons.append((phrases, theme))
        self._moved[gist(text)] = theme

    def state(self) -> str:
        """Everything as JSON, with example sentences: customers' words, to be kept where verbatims are kept."""
        self._fitted()
        return json.dumps(
            {
                "format": FORMAT,
                "count": self.count,
                "smallest": self.smallest,
                "subjects": self.subjects,
                "owners": self._owners,
                "anchors": self._anchors,
                "names": self._names,
                "lessons": self._lessons,
                "moved": self._moved,
                "roots": self._roots,
                "phrases": self._phrases,
                "weights": [[round(float(each), 6) for each in row] for row in self._weights],
                "themes": [theme.as_dict() for theme in self.themes_],
                "texts": [self.texts_, self.distinct_, self.without_],
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_state(cls, state: str, names: Iterable[str] = ()) -> Themes:
        """The themes that ``state`` wrote.

        Raises:
            InputError: it is something else.
        """
        try:
            read = json.loads(state)
            made = cls(read["count"], read["smallest"], read["subjects"], names)
            if read["format"] != FORMAT:
                raise InputError(f"themes of format {read['format']}; {FORMAT} was expected", "Fit them again.")
            made._owners = read["owners"]
            made._anchors, made._names, made._moved = read["anchors"], read["names"], read["moved"]
            made._lessons = [(phrases, theme) for phrases, theme in read["lessons"]]
            made._roots, made._phrases = read["roots"], read["phrases"]
            made._weights = np.array(read["weights"], dtype=np.float64)
            made.themes_ = [Theme.from_dict(each) for each in read["themes"]]
            made.texts_, made.distinct_, made.without_ = read["texts"]
        except (ValueError, KeyError, TypeError) as wrong:
            raise InputError(f"this is no saved state of themes: {wrong!r}") from None
        return made

    def _fitted(self) -> None:
        if not self._anchors:
            raise InputError("no themes yet", "Call fit(texts) first.")

    def _known(self, theme: str) -> None:
        self._fitted()
        if theme not in self._anchors:
            raise InputError(f"{theme!r} is no theme", f"There are: {', '.join(self._anchors)}.")

    def _different(self, texts: Any) -> tuple[list[str], list[str]]:
        """All texts with something in them, and one of each gist (the smallest, so that order means nothing)."""
        written = [text for text in verbatims(texts) if gist(text)]
        first: dict[str, str] = {}
        for text in sorted(written):
            first.setdefault(gist(text), text)
        texts_enough = len(written) if self.subjects else len(first)
        if texts_enough < ENOUGH:
            raise TooLittleData(
                f"{texts_enough}{'' if self.subjects else ' different'} texts have no themes",
                f"It takes at least {ENOUGH}; read them one by one.",
            )
        return written, list(first.values())

    def _learn_phrases(self, kept: Sequence[str], held: Sequence[str] = ()) -> None:
        found = key_phrases((spelt(text) for text in kept), max(5, len(kept) // 1000))
        self._roots = {**_roots([*(phrase.text for phrase in found), *held]), **{each: each for each in held}}
        spotter = Spotter(self._roots)
        texts = Counter(
            root for text in kept for root in {self._roots[spotter.phrases[at]] for at in spotter.spot(spelt(text))}
        )
        ranked = sorted(texts, key=lambda root: (-texts[root], root))
        self._phrases = list(dict.fromkeys([*ranked[:PHRASES], *held]))
        if not self._phrases:
            raise TooLittleData(f"no phrase recurs in these {len(kept):,} texts", "They may be codes, not sentences.")

    def _present(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Which phrase is in which text: ``(texts, phrases)`` of ones."""
        spotter = Spotter(self._roots)
        place = {phrase: at for at, phrase in enumerate(self._phrases)}
        of = [place.get(self._roots[phrase], -1) for phrase in spotter.phrases]
        rows, columns = [], []
        for row, text in enumerate(texts):
            for column in sorted({of[at] for at in spotter.spot(spelt(text))} - {-1}):
                rows.append(row)
                columns.append(column)
        return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(texts), len(self._phrases)))

    def _given(self) -> list[str]:
        return [phrase for said in self.subjects.values() for phrase in said]

    def _grow(self, written: Sequence[str], kept: Sequence[str], present: sparse.csr_matrix) -> None:
        """Add the given subjects that enough texts speak of, then the anchors that the texts bring forth."""
        times = Counter(gist(text) for text in written)
        often = np.array([times[gist(text)] for text in kept], dtype=np.float64)
        for key, said in self.subjects.items():
            spoken = often @ self._containing(present, said)
            if key not in self._anchors and spoken >= max(SPOKEN_OF, GIVEN * self.smallest * len(written)):
                self._anchors[key] = list(said)
        for anchor in self._greedy(present):
            self._anchors[anchor] = [anchor]

    def _containing(self, present: sparse.csr_matrix, phrases: Iterable[str]) -> Numbers:
        """1 for each text with any of the phrases."""
        place = {phrase: at for at, phrase in enumerate(self._phrases)}
        columns = [place[each] for each in phrases if each in place]
        return (np.asarray(present[:, columns].sum(axis=1)).ravel() > 0).astype(np.float64)

    def _greedy(self, present: sparse.csr_matrix) -> list[str]:
        """New anchors, by what each adds to the texts covered. What only praises or blames names no subject."""
        given = set(self._given())
        barred = np.array(
            [
                (phrase in POLARITY and phrase not in SUBJECTS)
                or phrase in OBJECTS
                or phrase in self.names
                or phrase in given
                for phrase in self._phrases
            ]
        )
        by_phrase = present.tocsc()
        open_ = 1.0 - self._containing(present, [each for anchors in self._anchors.values() for each in anchors])
        found: list[str] = []
        least = 0.0 if self.count else max(SPOKEN_OF, self.smallest * present.shape[0])
        while len(self._anchors) + len(found) < (self.count or MOST):
            gain = np.where(barred, 0.0, by_phrase.T @ open_)
            best = int(gain.argmax())
            if gain[best] <= 0 or gain[best] < least:
                break
            found.append(self._phrases[best])
            barred[best] = True
            open_[by_phrase[:, best].indices] = 0.0
        return found

    def _settle(self, written: list[str], kept: list[str], present: sparse.csr_matrix) -> Themes:
        self._weights = self._weigh(present)
        self._teach()
        scores = np.asarray(present @ self._weights.T)
        keys = self._owners = list(self._anchors)
        counts = Counter(self.assign(written))
        self.texts_, self.distinct_, self.without_ = len(written), len(kept), counts[None]
        texts_with = np.asarray(present.sum(axis=0)).ravel()
        made = []
        for at, key in enumerate(keys):
            order = np.argsort(-self._weights[at] * np.sqrt(texts_with), kind="stable")
            phrases = tuple(self._phrases[i] for i in order[:PHRASES_SHOWN] if self._weights[at, i] > 0)
            naming = phrases if key in self.subjects else dict.fromkeys([key, *phrases])
            name = self._names.get(key) or " · ".join(list(naming)[:NAMED_BY]) or key
            part = share(counts[key], len(written))
            made.append(Theme(key, name, phrases, _examples(kept, scores, at), counts[key], part))
        self.themes_ = sorted(made, key=_by_size)
        return self

    def _weigh(self, present: sparse.csr_matrix) -> Numbers:
        """Weights ``(themes, phrases)``: each phrase in one theme, an anchor in its own."""
        n = present.shape[0]
        place = {phrase: at for at, phrase in enumerate(self._phrases)}
        texts_with = np.asarray(present.sum(axis=0)).ravel()
        groups = [[place[each] for each in anchors if each in place] for anchors in self._anchors.values()]
        inside = sparse.csr_matrix(
            np.column_stack([self._containing(present, anchors) for anchors in self._anchors.values()])
        )
        joint = np.asarray((inside.T @ present).todense())
        expected = np.outer(np.asarray(inside.sum(axis=0)).ravel(), texts_with) / n
        beyond = np.log((joint + SMOOTHING) / (expected + SMOOTHING))
        mine = beyond.argmax(axis=0) == np.arange(len(groups))[:, None]
        weights = np.where(mine & (beyond >= ASSOCIATED), beyond, 0.0)
        for at, group in enumerate(groups):
            weights[:, group] = 0.0
            # of two anchors in one text the rarer says more
            weights[at, group] = ANCHOR_WEIGHT + np.log(n / np.maximum(texts_with[group], 1.0))
        anchored = {anchor for anchors in self._anchors.values() for anchor in anchors}
        silent = {each for each in self._phrases if each in OBJECTS or each in self.names} - anchored
        weights[:, [place[each] for each in sorted(silent)]] = 0.0
        return np.asarray(weights)

    def _teach(self) -> None:
        """Corrections, in their order: what a moved text says besides anchors gains towards its theme.

        An anchor stays where it is: one moved text must not carry off a whole theme (``move_phrase`` does that).
        """
        place = {phrase: at for at, phrase in enumerate(self._phrases)}
        keys = list(self._anchors)
        anchored = {anchor for anchors in self._anchors.values() for anchor in anchors}
        for phrases, theme in self._lessons:
            every = [place[each] for each in phrases if each in place]
            free = [place[each] for each in phrases if each in place and each not in anchored]
            totals = self._weights[:, every].sum(axis=1)
            at = keys.index(theme)
            lacking = np.delete(totals, at).max(initial=0.0) - totals[at] + 1.0
            if free and lacking > 0:
                self._weights[at, free] += min(lacking, LESSON) / len(free)


def _by_size(theme: Theme) -> tuple[int, str]:
    return -theme.texts, theme.key


def _roots(phrases: Sequence[str]) -> dict[str, str]:
    """Each phrase with the one word it is a form of: it contains that phrase and no other (更新后 → 更新)."""
    known = set(phrases)
    roots: dict[str, str] = {}
    for phrase in sorted(known, key=lambda each: (len(each), each)):
        inside: set[str] = set()
        if is_han(phrase):
            parts = {phrase[i:j] for i in range(len(phrase)) for j in range(i + 2, len(phrase) + 1)} - {phrase}
            inside = {part for part in parts & known if not any(part != o and part in o for o in parts & known)}
        roots[phrase] = roots[inside.pop()] if len(inside) == 1 else phrase
    return roots


def _examples(kept: Sequence[str], scores: Numbers, at: int) -> tuple[str, ...]:
    """Sentences that speak of this theme and little else: of readable length, clearest first."""
    mine = np.flatnonzero((scores[:, at] > 0) & (scores.argmax(axis=1) == at))
    clear = scores[mine, at] * scores[mine, at] / scores[mine].sum(axis=1)
    order = mine[np.argsort(-clear, kind="stable")]
    readable = [kept[row] for row in order if 8 <= len(kept[row]) <= 200]
    return tuple(readable[:EXAMPLES] or [kept[row] for row in order[:EXAMPLES]])
