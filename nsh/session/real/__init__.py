"""A run on the kernel under our feet: the same programs and commands, performed by puppets.

Which task may take the next step is decided here as the model decides it, one request at a time,
so that both runs of a script can be laid side by side.  What a request does, and whom it wakes,
is Linux's to say.
"""
