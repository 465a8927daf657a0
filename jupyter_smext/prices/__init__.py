"""What AWS charges, as far as dated sources say it. Knows no other room, so that every room may ask."""
