"""What a password must be: the bank's rules (``[password]`` in door.toml) as pure checks and in Django's form."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tenure.desk.org.door.config import PasswordPolicy, door_of

#: Keys that lie beside each other, by row, by column, and the alphabet; shifted digits count as digits.
_RUNS = (
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "abcdefghijklmnopqrstuvwxyz",
)
_UNSHIFTED = str.maketrans("!@#$%^&*()", "1234567890")
#: So many keys in a row are a run. Four would catch words: the keys of “property” hold e-r-t-y.
RUN = 5


def kinds_of(password: str) -> int:
    """How many kinds of characters are in it: lower case, upper case, digits, anything else."""
    kinds = (str.islower, str.isupper, str.isdigit, lambda one: not (one.islower() or one.isupper() or one.isdigit()))
    return sum(any(kind(letter) for letter in password) for kind in kinds)


def run_in(password: str) -> str:
    """The first five characters that run along the keyboard or alphabet, either way, or repeat one; else empty."""
    plain = password.casefold().translate(_UNSHIFTED)
    for at in range(len(plain) - RUN + 1):
        piece = plain[at : at + RUN]
        if len(set(piece)) == 1 or any(piece in row or piece[::-1] in row for row in _RUNS):
            return password[at : at + RUN]
    return ""


def holds_name(password: str, username: str) -> bool:
    """Whether the user name stands in it, forwards or backwards; names of one or two characters say nothing."""
    name, plain = username.casefold(), password.casefold()
    return len(name) >= 3 and (name in plain or name[::-1] in plain)


def too_old(policy: PasswordPolicy, set_at: datetime, now: datetime) -> bool:
    """Whether a password set at ``set_at`` must be changed before anything else."""
    return policy.longest_age_days > 0 and now >= set_at + timedelta(days=policy.longest_age_days)


class DeskPassword:
    """A validator in Django's form; the bank's rules are read when it is asked."""

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse ``password`` in words, all of them at once.

        Raises:
            ValidationError: what it lacks.
        """
        policy = door_of(settings.HOME).password
        wrong = []
        if len(password) < policy.least_length:
            wrong.append(_("A password has at least %(least)s characters.") % {"least": policy.least_length})
        if kinds_of(password) < policy.kinds:
            wrong.append(
                _("It holds at least %(kinds)s of: lower case, upper case, digits, others.") % {"kinds": policy.kinds}
            )
        if run := run_in(password):
            wrong.append(_("“%(run)s” is a run of the keyboard.") % {"run": run})
        if user is not None and holds_name(password, user.username):
            wrong.append(_("It does not hold the user name."))
        if wrong:
            raise ValidationError(wrong)

    def get_help_text(self) -> str:
        """What to tell before one types."""
        policy = door_of(settings.HOME).password
        told = [
            _("At least %(least)s characters; four unrelated words are easy to keep.") % {"least": policy.least_length}
        ]
        if policy.kinds > 1:
            told.append(_("At least %(kinds)s of: lower case, upper case, digits, others.") % {"kinds": policy.kinds})
        if policy.history:
            told.append(_("Not one of your last %(many)s.") % {"many": policy.history})
        if policy.longest_age_days:
            told.append(_("It is good for %(days)s days.") % {"days": policy.longest_age_days})
        return " ".join(told)
