"""Roll-out of this extension to a domain: one lifecycle configuration, planned, attached, watched and taken back."""
