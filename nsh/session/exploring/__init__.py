"""All orders in which the programs of a script can take their steps, and what comes of each.

A machine is a value and a step a function of it, so a state is gone on from as often as there are
programs that may go next.  :mod:`~nsh.session.exploring.moves` says what may happen next,
:mod:`~nsh.session.exploring.prints` which states are the same, :mod:`~nsh.session.exploring.search`
goes through all of them, and :mod:`~nsh.session.exploring.orders` tells one order step by step.
"""
