"""Checkpoint and restart of containers (S2, S3; C1-C15).

A checkpoint is taken of what is in one pid space, a namespace or a flat container, while that is
frozen.  Each mechanism has a *part* here that registers a pair of functions, one to save what it
keeps and one to make it again (S2: "keep it on the side for the moment <subsys>_cr.c"); what
goes through them is an intermediate representation, line by line (:mod:`.image`), in the numbers
that the container itself sees.  What no part answers for cannot be saved, and a checkpoint says so.
"""
