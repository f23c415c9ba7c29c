"""Services, their deployments and task sets."""
