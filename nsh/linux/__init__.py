"""The other kernel: the Linux under your feet.

Rule: stands on `abi` and `machine`, beside `kernel`, `lang`, `userland` and `views`, and never
imports any of them. It may ask the host through os, ctypes and fcntl.
"""
