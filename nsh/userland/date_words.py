"""What GNU's tools take for a date, on a machine without time zones (gnulib's parse-datetime).

Words and numbers in any order: a date, a time, a day of the week, and moves from there.
"""

import re
from typing import Final, NamedTuple, NoReturn

from nsh.spelling import suggestion
from nsh.userland.calendar import DAY, SECOND, days_of, moment
from nsh.userland.date_names import (
    DAY_NAMES,
    HOUR,
    KNOWN,
    MERIDIANS,
    MONTH_NAMES,
    ORDINALS,
    SHIFTS,
    UNITS,
    ZONES,
    unit,
)
from nsh.userland.options import UsageError
from nsh.userland.quoting import quoted

_SECONDS: Final = re.compile(r"\s*@\s*([-+]?)\s*(\d{1,18})(?:[.,](\d+))?\s*", re.ASCII)
_TOKEN: Final = re.compile(
    r"\s*(?:[-+\s]*(?P<sign>[-+])\s*(?=\d))?(?:(?P<number>\d{1,18})(?:[.,](?P<part>\d+))?"
    r"|(?P<word>[A-Za-z][A-Za-z.]*)|(?P<mark>[:/,])|\([^()]*\)|[-+])",
    re.ASCII,
)
_MOST_YEARS: Final = 2**31


class _Token(NamedTuple):
    """``kind``: u number, s signed number, w word, or the character that it is."""

    kind: str
    text: str
    value: int = 0
    digits: int = 0
    part: str = ""


_END: Final = _Token("", "")


def parse(text: str, now: int) -> int:
    """The moment that *text* means when it is *now*, both in nanoseconds since 1970.

    :class:`UsageError` if it means none.
    """
    match = _SECONDS.fullmatch(text)
    if match is not None:
        size = int(match[2]) * SECOND + int((match[3] or "0")[:9].ljust(9, "0"))
        return -size if match[1] == "-" else size
    return _Reader(text, now).moment()


class _Reader:
    """Reads once.  What a date, a time or a zone says is None until one is read."""

    def __init__(self, text: str, now: int) -> None:
        self._text = text
        self._now = now
        self._tokens = self._cut()
        self._date: tuple[int, int, int] | None = None
        self._year_given = False
        self._time: int | None = None
        """Nanoseconds of the day."""
        self._weekday: tuple[int, int] | None = None
        self._ahead: int | None = None
        """Seconds."""
        self._moved = False
        self._moves = {"years": 0, "months": 0, "days": 0, "nanoseconds": 0}

    # ---- tokens

    def _cut(self) -> list[_Token]:
        found = []
        at = 0
        text = self._text.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                self._fail()
            at = match.end()
            if match["number"]:
                kind = "s" if match["sign"] else "u"
                value = int(match["number"]) * (-1 if match["sign"] == "-" else 1)
                sign = match["sign"] or ""
                digits = len(match["number"])
                found.append(
                    _Token(kind, sign + match["number"], value, digits, match["part"] or "")
                )
            elif match["word"]:
                found.append(_Token("w", match["word"].lower().rstrip(".")))
            elif match["mark"]:
                found.append(_Token(match["mark"], match["mark"]))
        return found

    def _fail(self, hint: str = "") -> NoReturn:
        raise UsageError(f"invalid date {quoted(self._text)}{hint}")

    def _peek(self, ahead: int = 0) -> _Token:
        return self._tokens[ahead] if ahead < len(self._tokens) else _END

    def _take(self, kind: str = "") -> _Token:
        if not self._tokens or (kind and self._tokens[0].kind != kind):
            self._fail()
        return self._tokens.pop(0)

    def _whole(self, kind: str) -> int:
        """A number of a date or a time: behind a hyphen, if it is to have a sign."""
        token = self._take(kind)
        if token.part or token.text.startswith("+"):
            self._fail()
        return abs(token.value)

    # ---- what they mean

    def moment(self) -> int:
        """All of it."""
        while self._tokens:
            self._item()
        now = moment(self._now // SECOND)
        year, month, day = self._date or now.date
        time = self._time
        if time is None:
            keeps = self._moved and self._date is None and self._weekday is None
            time = self._now % (DAY * SECOND) if keeps else 0
        days = days_of(year, month, day)
        if moment(days * DAY).date != (year, month, day):
            self._fail()
        if self._weekday is not None and self._date is None:
            ordinal, wanted = self._weekday
            today = (days + 4) % 7
            weeks = ordinal - (ordinal > 0 and today != wanted)
            days += (wanted - today) % 7 + 7 * weeks
        moves = self._moves
        at = moment(days * DAY)
        months = at.year * 12 + at.month - 1 + moves["years"] * 12 + moves["months"]
        if not 0 <= months < _MOST_YEARS * 12:
            self._fail()
        days = days_of(months // 12, months % 12 + 1, 1) + at.day - 1 + moves["days"]
        ahead = (self._ahead or 0) * SECOND
        return days * DAY * SECOND + time - ahead + moves["nanoseconds"]

    def _item(self) -> None:
        token, following = self._peek(), self._peek(1)
        if token.kind == "w":
            self._take()
            self._word(token.text)
        elif token.kind == "s":
            self._move(self._take())
        elif token.kind != "u":
            self._fail()
        elif following.kind == ":" or following.text in MERIDIANS:
            self._clock()
        elif following.kind == "/":
            self._slashes()
        elif following.kind == "s" and self._peek(2).kind == "s":
            self._iso()
        elif following.kind == "s" and not unit(self._peek(2).text):
            self._clock()
        elif following.text in MONTH_NAMES:
            self._day_and_month()
        elif following.text in DAY_NAMES:
            self._set_weekday(self._whole("u"), self._take().text)
        elif unit(following.text):
            self._move(self._take())
        else:
            self._number(self._take())

    def _word(self, word: str) -> None:
        if word in SHIFTS:
            self._shift("days", SHIFTS[word])
        elif word in MONTH_NAMES:
            self._month_and_day(MONTH_NAMES[word])
        elif word in DAY_NAMES:
            self._set_weekday(0, word)
            if self._peek().kind == ",":
                self._take()
        elif word in ORDINALS:
            following = self._take("w").text
            if following in DAY_NAMES:
                self._set_weekday(ORDINALS[word], following)
            else:
                self._by_unit(following, ORDINALS[word])
        elif unit(word):
            self._by_unit(word, 1)
        elif word in ZONES:
            self._set_zone(ZONES[word] * HOUR)
            if self._peek().kind == "s" and not unit(self._peek(1).text):
                self._ahead = (self._ahead or 0) + self._offset()
        else:
            self._fail(suggestion(word, KNOWN))

    def _move(self, token: _Token) -> None:
        """``+3 days``, ``2 weeks ago``, ``1.5 seconds``."""
        self._by_unit(self._take("w").text, token.value, token.part, token.text.startswith("-"))

    def _by_unit(self, word: str, count: int, part: str = "", negative: bool = False) -> None:
        named = unit(word)
        if not named:
            self._fail(suggestion(word, KNOWN))
        what, size = UNITS[named]
        amount = count * size
        if part:
            if size != SECOND:
                self._fail()
            fraction = int(part[:9].ljust(9, "0"))
            amount += -fraction if negative else fraction
        if self._peek().text == "ago":
            self._take()
            amount = -amount
        self._shift(what, amount)

    def _shift(self, what: str, amount: int) -> None:
        self._moved = True
        self._moves[what] += amount

    def _set_weekday(self, ordinal: int, word: str) -> None:
        if self._weekday is not None:
            self._fail()
        self._weekday = (ordinal, DAY_NAMES[word])

    def _set_zone(self, ahead: int) -> None:
        if self._ahead is not None:
            self._fail()
        self._ahead = ahead

    def _set_date(self, year: int | None, month: int, day: int, digits: int = 4) -> None:
        if self._date is not None or not (1 <= month <= 12 and 1 <= day <= 31):
            self._fail()
        self._year_given = year is not None
        if year is None:
            year = moment(self._now // SECOND).year
        elif digits == 2:
            year += 1900 if year >= 69 else 2000
        if year >= _MOST_YEARS:
            self._fail()
        self._date = (year, month, day)

    def _set_time(self, hour: int, minute: int = 0, second: int = 0, part: str = "") -> None:
        if self._time is not None or hour > 23 or minute > 59 or second > 59:
            self._fail()
        seconds = hour * HOUR + minute * 60 + second
        self._time = seconds * SECOND + int(part[:9].ljust(9, "0") or 0)

    # ---- dates and times

    def _iso(self) -> None:
        digits = self._peek().digits
        self._set_date(self._whole("u"), self._whole("s"), self._whole("s"), digits)
        if self._peek().text == "t" and self._peek(1).kind == "u":
            self._take()
            self._clock()

    def _slashes(self) -> None:
        first = self._take("u")
        self._take("/")
        second = self._whole("u")
        if self._peek().kind != "/":
            self._set_date(None, first.value, second)
            return
        self._take("/")
        third = self._take("u")
        if first.digits >= 4:
            self._set_date(first.value, second, third.value, first.digits)
        else:
            self._set_date(third.value, first.value, second, third.digits)

    def _day_and_month(self) -> None:
        """``14 Aug``, ``14 Aug 2006``, ``14-Aug-2006`` (of which the lexer drops the first)."""
        day = self._whole("u")
        month = MONTH_NAMES[self._take("w").text]
        self._year_behind(month, day)

    def _month_and_day(self, month: int) -> None:
        """``Aug 14``, ``August 14, 2006``, ``Aug-14-2006``."""
        if self._peek().kind == "s":
            day, digits = self._whole("s"), self._peek().digits
            self._set_date(self._whole("s"), month, day, digits)
            return
        day = self._whole("u")
        if self._peek().kind == ",":
            self._take()
            digits = self._peek().digits
            self._set_date(self._whole("u"), month, day, digits)
        else:
            self._set_date(None, month, day)

    def _year_behind(self, month: int, day: int) -> None:
        year = self._peek()
        if year.kind == "u" or (year.kind == "s" and not unit(self._peek(1).text)):
            self._set_date(self._whole(year.kind), month, day, year.digits)
        else:
            self._set_date(None, month, day)

    def _clock(self) -> None:
        """``10:30``, ``10:30:15.5``, ``10 pm``, ``10:30 pm``; and how far its zone is ahead."""
        hour = self._whole("u")
        minute, second, part = 0, 0, ""
        if self._peek().kind == ":":
            self._take()
            minute = self._whole("u")
            if self._peek().kind == ":":
                self._take()
                token = self._take("u")
                second, part = token.value, token.part
        if self._peek().text in MERIDIANS:
            if not 1 <= hour <= 12:
                self._fail()
            hour = hour % 12 + MERIDIANS[self._take().text]
        elif self._peek().kind == "s":
            self._set_zone(self._offset())
        self._set_time(hour, minute, second, part)

    def _offset(self) -> int:
        """``+2``, ``+0200``, ``+02:00``: seconds."""
        token = self._take("s")
        size = abs(token.value)
        if self._peek().kind == ":":
            self._take()
            minutes = size * 60 + self._whole("u")
        else:
            minutes = size * 60 if token.digits <= 2 else size // 100 * 60 + size % 100
        if minutes > 24 * 60 or token.part:
            self._fail()
        return (-60 if token.text.startswith("-") else 60) * minutes

    def _number(self, token: _Token) -> None:
        """A number alone: a year behind a date, ``20060814``, ``1030``, or an hour."""
        if token.part:
            self._fail()
        value, digits = token.value, token.digits
        timed = self._time is not None or digits > 2
        if self._date is not None and not self._year_given and not self._moved and timed:
            _year, month, day = self._date
            self._date = None
            self._set_date(value, month, day, digits)
        elif digits > 4:
            self._set_date(value // 10000, value // 100 % 100, value % 100, digits - 4)
        elif digits <= 2:
            self._set_time(value)
        else:
            self._set_time(value // 100, value % 100)
