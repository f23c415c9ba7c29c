"""ecsim: a simulated AWS in which ECS behaves."""
