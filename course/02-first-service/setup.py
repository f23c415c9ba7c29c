"""The starting state: a network, a load balancer with nothing behind it, a role, a log group. No cluster yet."""

from ecslab.lab import scenery

PORTS = (8080, 8000, 3000)
HEALTH_PATHS = ("/health", "/healthz", "/ping")


def variant(seed):
    """The container port, the health path and the VPC's range differ."""
    return {
        "port": PORTS[seed % len(PORTS)],
        "health_path": HEALTH_PATHS[(seed // 2) % len(HEALTH_PATHS)],
        "cidr": f"10.{16 + seed % 64}.0.0/16",
    }


def setup(cloud, seed):
    values = variant(seed)
    port = values["port"]
    net = scenery.network(cloud, second_octet=16 + seed % 64, port=port)
    front = scenery.balancer(
        cloud, net, port=port, health_path=values["health_path"], deregistration_delay_s=30
    )
    role = scenery.execution_role(cloud)
    logs = scenery.log_group(cloud, "/ecs/web")
    return {
        "vpc_id": net["vpc_id"],
        "subnets": net["subnets"],
        "web_security_group": net["web_security_group"],
        **front,
        **role,
        **logs,
        "port": port,
    }
