"""SageMaker's own API: one file a resource, all kept in one table of resources."""
