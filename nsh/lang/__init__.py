"""Text to program: grammar, syntax tree, diagnostics, lexer, compiled program, stepper.

A program is data. The stepper takes a program's state and the last reply, and returns the next
state and the next request, so that a running program can be frozen, forked, interleaved with
others and stepped backwards.

Rule: stands on `abi` and `machine` alone. There is no kernel in here and no command: commands
come in a table that `session` hands to the stepper.
"""
