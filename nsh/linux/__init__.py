"""The other kernel: the Linux under your feet.

`puppet` is what runs inside real processes that do as they are asked, on the standard library
alone: its `stage` makes the fresh namespaces and the root that they live in.  The `conductor` is
the parent's side: it sends requests, and notices replies, deaths, and who sleeps.  `observe`
reads /proc.

Rule: stands on `abi` and `machine`, beside `kernel`, `lang`, `userland` and `views`, and never
imports any of them.  What a kernel answers is asked of the kernel, not computed here.
"""
