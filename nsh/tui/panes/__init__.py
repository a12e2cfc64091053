"""The panes: each a view of the scene, drawn line by line.  None knows how the machine works."""
