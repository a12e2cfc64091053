"""Timers: of processes, per interval, behind descriptors (timer_create(2), timerfd(2); N12)."""
