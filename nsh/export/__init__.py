"""A demo as a file: still and animated pictures, recordings, a page that plays, a transcript.

``film`` has the interface's own screens photographed, one per moment that shows something; each
format is one module that makes text or bytes of them, or of the machine's own tables.  No browser,
no terminal and no clock has a part in it: the same script gives the same bytes everywhere.

Rule: stands on `tui`, `session` and `views`; only the doors stand on it.
"""
