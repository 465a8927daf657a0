"""One file a widget: what Python sees of a view of the panel in a cell."""
