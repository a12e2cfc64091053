"""Two runs of one script, held against each other: ``nsh compare``.

script -> run each (:mod:`seen`) -> values that no two kernels share become relations
(:mod:`relations`) -> steps in pairs, and where a pair differs (:mod:`differences`) -> text or JSON
(:mod:`telling`).

What is compared after each step: who asked what, the answer, what came out on terminals, and of
every task what `facts` tells.
"""
