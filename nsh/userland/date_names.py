"""The words of dates: names, units, and how far the clocks of zones are ahead."""

from typing import Final

from nsh.userland.calendar import DAYS, MONTHS, SECOND

HOUR: Final = 3600
MONTH_NAMES: Final = {name.lower(): at for at, name in enumerate(MONTHS, 1)}
MONTH_NAMES.update({name[:3]: at for name, at in list(MONTH_NAMES.items())} | {"sept": 9})
DAY_NAMES: Final = {name.lower(): at for at, name in enumerate(DAYS)}
DAY_NAMES.update({name[:3]: at for name, at in list(DAY_NAMES.items())})
DAY_NAMES.update({"tues": 2, "wednes": 3, "thur": 4, "thurs": 4})
ORDINALS: Final = {"last": -1, "this": 0, "next": 1, "first": 1} | {
    name: at
    for at, name in enumerate(
        (
            *("third", "fourth", "fifth", "sixth", "seventh"),
            *("eighth", "ninth", "tenth", "eleventh", "twelfth"),
        ),
        3,
    )
}
SHIFTS: Final = {"now": 0, "today": 0, "tomorrow": 1, "yesterday": -1}
UNITS: Final = {
    "year": ("years", 1),
    "month": ("months", 1),
    "fortnight": ("days", 14),
    "week": ("days", 7),
    "day": ("days", 1),
    "hour": ("nanoseconds", HOUR * SECOND),
    "minute": ("nanoseconds", 60 * SECOND),
    "min": ("nanoseconds", 60 * SECOND),
    "second": ("nanoseconds", SECOND),
    "sec": ("nanoseconds", SECOND),
}
MERIDIANS: Final = {"am": 0, "a.m": 0, "pm": 12, "p.m": 12}
ZONES: Final = {
    name: ahead
    for ahead, names in {
        0: "utc gmt ut z wet",
        1: "bst west cet met mez wat",
        2: "cest mest mesz eet cat sast",
        3: "eest eat msk",
        8: "sgt",
        9: "jst kst",
        10: "gst",
        12: "nzst",
        13: "nzdt",
        -3: "art brt adt",
        -4: "ast clt edt",
        -5: "est cdt",
        -6: "cst mdt",
        -7: "mst pdt",
        -8: "pst",
        -10: "hst",
    }.items()
    for name in names.split()
}
ZONES.update(zip("abcdefghiklm", range(1, 13), strict=True))
ZONES.update(zip("nopqrstuvwxy", range(-1, -13, -1), strict=True))
"""Hours that their clocks are ahead."""
KNOWN: Final = (*MONTH_NAMES, *DAY_NAMES, *ORDINALS, *SHIFTS, *UNITS, "ago")


def unit(word: str) -> str:
    """The unit that *word* names, be it of one or many; "" if none."""
    if word in UNITS:
        return word
    return word[:-1] if word.endswith("s") and word[:-1] in UNITS else ""
