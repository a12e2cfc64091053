"""The other kernel: real processes that do as they are asked, and report what Linux answered.

Three parts.  `puppet` is what runs inside each of those processes, on the standard library
alone; `stage` makes the fresh namespaces and the root that they live in; the `conductor` is the
parent's side: it sends requests, and notices replies, deaths, and who sleeps.

Rule: stands on abi and machine; never sees kernel, lang or userland.  What a kernel answers is
asked of the kernel, not computed here.
"""
