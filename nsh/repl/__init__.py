"""The line shell: what a person types at a prompt, and what comes of it.

Stands on `session`, and on prompt_toolkit; never on Textual. One file per concept: the loop, what
the keys do, colours, completion, the lines around the prompt, the keyboard while a program runs.

Rule: what tasks write reaches the terminal through `console` alone, which obeys none of it.
"""
