"""The service scheduler: what a service needs between deployments as well as during one."""
