"""Amazon S3: browse and move objects."""
