"""SageMaker Studio: domains, user profiles, spaces, apps, images, storage, and where this server runs."""
