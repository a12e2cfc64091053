"""Requests about the hardware clock (rtc(4))."""

from nsh.abi.request import Request


class RtcReadTime(Request, frozen=True, gc=False):
    """ioctl RTC_RD_TIME.  Replies seconds since 1970; EBADF, ENOTTY."""

    fd: int


class RtcSetTime(Request, frozen=True, gc=False):
    """ioctl RTC_SET_TIME, to *seconds* since 1970.  Replies 0; EACCES, EBADF, EINVAL, ENOTTY."""

    fd: int
    seconds: int
