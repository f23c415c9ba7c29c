"""ecslab: a course on Amazon ECS whose labs run."""
