"""Text to program: grammar, syntax tree, diagnostics, lexer, compiled program, stepper.

A program is data. The stepper takes a program's state and the last reply, and returns the next
state and the next request, so that a running program can be frozen, forked, interleaved with
others and stepped backwards.

The way of a text, and the modules it passes:

    text -> grammar (+ build) -> tree -> compiler (+ words, simple, assembler) -> instructions
    program, reply -> stepper (+ run: flow, calls, plumbing, builtins) -> program, what it asks

`explain` and `mistakes` say what is wrong with a text, `diagnostics` how that looks; `live` keeps
generators of commands at hand; `expansion` computes words; `actions` and `commands` are what a
session has to provide for.

Rule: stands on `abi` and `machine` alone. There is no kernel in here and no command: commands
come in a table that `session` hands to the stepper.
"""
