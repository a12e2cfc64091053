"""The Textual interface: every pane a view of the same machine at the same moment.

A key press becomes a line or a step asked of the session; the changes that come back tell the
widgets what to repaint. One way round: a widget never touches a kernel.

Rule: stands on `session` and `views`; never sees the line shell or its library.
"""
